import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { ServiceConfig } from '../config/service-schema.ts';
import type { Clock } from '../lib/clock.ts';
import { TextError } from '../model/text.ts';
import type { RecordStore, RecordsTaken } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles, spoolFolder } from '../store/data-files.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../store/outside/outside-store.ts';
import { oweOutside, renumberSpool } from '../store/outside/spool.ts';
import { openPatiently, placeName, recordsAt } from '../store/records.ts';
import { lowerSealedSeq, sealedSeqOf } from '../store/telemetry/tables.ts';
import { telemetryAt } from '../store/telemetry.ts';
import { type Archiving, startArchiving } from './archiving.ts';

/** What the service keeps, open. */
export interface OpenStores {
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  /** The last input that the telemetry does not need again. */
  readonly sealedSeq: number;
  readonly archiving: Archiving | undefined;
}

/** There are readings of a service that has run here, and its records are empty: they are lost, or somewhere else. */
export class RecordsLost extends TextError {}

/**
 * Opens both stores where the configuration says that they are, and begins their archive if there is one.
 * @throws RecordsLost, and what openPatiently throws
 */
export async function openStores(
  config: ServiceConfig,
  clock: Clock,
  logger: Logger,
  stop?: AbortSignal,
): Promise<OpenStores> {
  const archived = config.archive !== undefined;
  const records = recordsAt(config, { logger, taken: endsWith(logger), archived });
  const telemetry = await telemetryAt(config.dataDir, config.store, logger, archived);
  await openPatiently(records, logger, stop);
  const { lastSeq } = await records.recover();
  const readings = dataFiles(config.dataDir).telemetry;
  if (!isFilled(readings)) sayReadingsNew(lastSeq, readings, logger);
  else if (lastSeq === 0) await refuseLost(records, config, readings);
  // A server that was restored, or taken over by a replica that was behind, may know less than our telemetry does.
  if (config.store.records === 'postgres') numberAfter(lastSeq, config.dataDir);
  const { sealedSeq } = await telemetry.open();
  if (config.store.telemetry === 'sqlite') leaveOutside(config.dataDir, telemetry, logger);
  const archiving = await startArchiving(config, clock, logger);
  return { records, telemetry, sealedSeq, archiving };
}

/**
 * Readings stay on this machine from now on. Where they went to a store outside before, what it alone has is told; and
 * whoever goes back to it sends what came meanwhile, which its spool never saw: all that is here then.
 */
export function leaveOutside(
  dataDir: string,
  telemetry: Pick<TelemetryStore, 'localFrom'>,
  logger: Pick<Logger, 'warn' | 'error'>,
): void {
  try {
    oweOutside(spoolFolder(dataDir), { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX });
  } catch (error) {
    // Nobody is left unwatched for a server that is not asked any more.
    logger.error(
      { err: error },
      'what comes now could not be noted for the store outside that was used before',
    );
  }
  const before = telemetry.localFrom?.() ?? Number.NEGATIVE_INFINITY;
  if (Number.isFinite(before))
    logger.warn(
      { before: new Date(before).toISOString() },
      'older readings are with a store outside, and store.telemetry names none: bring them back with import-history, or say --give-up-outside there',
    );
}

const isFilled = (file: string): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Charts and baselines of before are gone with it, and nothing else would ever say so. */
function sayReadingsNew(lastSeq: number, file: string, logger: Logger): void {
  if (lastSeq > 0)
    logger.error(
      { file, recordsUpTo: lastSeq },
      'the readings of before are not there: a new file was begun beside records that go on. Restore a backup if they were lost',
    );
}

/**
 * A service that began anew would watch over the homes of the sample instead of those of the city, call itself well, and
 * take its first readings for known ones, since they bear numbers of before.
 */
async function refuseLost(records: RecordStore, config: ServiceConfig, readings: string): Promise<void> {
  const upTo = sealedSeqOf(readings);
  if (upTo === 0) return;
  await records.close();
  const place = placeName(config);
  throw new RecordsLost({
    zh: `${place} 是空的，而 ${readings} 中有此前的读数（直到输入 ${upTo}）：记录库丢失了，或 store.records 指向了别处。请恢复备份或改正配置；确要从头开始，请换一个空的数据文件夹`,
    en: `${place} is empty, and ${readings} has readings of a service that ran before (up to input ${upTo}): the records are lost, or \`store.records\` names another place. Restore a backup, or correct that; to begin anew take an empty data folder`,
  });
}

/** The next inputs get the numbers after the records' last: readings under these must not pass for known. */
function numberAfter(lastSeq: number, dataDir: string): void {
  const { telemetry } = dataFiles(dataDir);
  if (isFilled(telemetry)) lowerSealedSeq(telemetry, lastSeq);
  renumberSpool(spoolFolder(dataDir), lastSeq);
}

/** Whoever has the records now watches over these homes. What this process still believes is out of date: it ends. */
const endsWith =
  (logger: Logger) =>
  (error: RecordsTaken): void => {
    logger.fatal({ err: error }, 'another process has taken over the records');
    setImmediate(() => {
      throw error;
    });
  };
