import type { Logger } from 'pino';
import type { ServiceConfig } from '../config/service-schema.ts';
import type { Clock } from '../lib/clock.ts';
import { type RecordStore, type RecordsTaken, RecordsWentBack } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles, spoolFolder } from '../store/data-files.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../store/outside/outside-store.ts';
import { oweOutside, renumberSpool } from '../store/outside/spool.ts';
import { openPatiently, recordsAt } from '../store/records.ts';
import { lowerSealedSeq } from '../store/telemetry/tables.ts';
import { telemetryAt } from '../store/telemetry.ts';
import { type Archiving, startArchiving } from './archiving.ts';
import { isFilled, knowEachOther, refuseMissing } from './same-data.ts';

/** What the service keeps, open. */
export interface OpenStores {
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  /** The last input that the telemetry does not need again. */
  readonly sealedSeq: number;
  readonly archiving: Archiving | undefined;
  /** Nothing was ever stored here: a first start, or a folder that is not the one it should be. */
  readonly isNew: boolean;
}

/**
 * Opens both stores where the configuration says that they are, and begins their archive if there is one.
 * @throws what refuseMissing, openPatiently and knowEachOther throw
 */
export async function openStores(
  config: ServiceConfig,
  clock: Clock,
  logger: Logger,
  stop?: AbortSignal,
): Promise<OpenStores> {
  await refuseMissing(config);
  const archived = config.archive !== undefined;
  const records = recordsAt(config, { logger, taken: endsWith(logger), archived });
  const telemetry = await telemetryAt(config.dataDir, config.store, logger, archived);
  await openPatiently(records, logger, stop);
  const { lastSeq } = await records.recover();
  const { isNew } = await knowEachOther(records, lastSeq, config, logger);
  // A server that was restored, or taken over by a replica that was behind, may know less than our telemetry does.
  if (config.store.records === 'postgres') numberAfter(lastSeq, config.dataDir);
  const { sealedSeq } = await telemetry.open();
  if (config.store.telemetry === 'sqlite') leaveOutside(config.dataDir, telemetry, logger);
  const archiving = await startArchiving(config, clock, logger);
  return { records, telemetry, sealedSeq, archiving, isNew };
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

/** The next inputs get the numbers after the records' last: readings under these must not pass for known. */
function numberAfter(lastSeq: number, dataDir: string): void {
  const { telemetry } = dataFiles(dataDir);
  if (isFilled(telemetry)) lowerSealedSeq(telemetry, lastSeq);
  renumberSpool(spoolFolder(dataDir), lastSeq);
}

/**
 * Whoever has the records now watches over these homes, or they are not what this process still believes: it ends, and what
 * starts it again has it go on from what is there.
 */
const endsWith =
  (logger: Logger) =>
  (error: RecordsTaken | RecordsWentBack): void => {
    logger.fatal(
      { err: error },
      error instanceof RecordsWentBack
        ? 'the records have forgotten what they had acknowledged'
        : 'another process has taken over the records',
    );
    setImmediate(() => {
      throw error;
    });
  };
