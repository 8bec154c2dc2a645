import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { copyPrivately } from '../lib/make-folder.ts';
import type { Text } from '../model/text.ts';
import { type RecordStore, RecordsAway } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles } from '../store/data-files.ts';
import { type RecordsPlace, recordsAt } from '../store/records.ts';
import { sqliteRecords } from '../store/records-sqlite.ts';
import { sqliteTelemetry } from '../store/telemetry-sqlite.ts';
import { TelemetryFeed } from './telemetry-feed.ts';

/** What is to be said when readings may be missing that stand in the journal alone. */
export type SayMissing = (why: Text) => void;

/**
 * A `telemetry.db` that no service runs on, with the newest readings as well: those stand in the journal, in the
 * `records.db` beside it, until they are sealed. Nothing is written to either: a backup stays what its manifest says.
 */
export async function historyIn(file: string, missing: SayMissing): Promise<TelemetryStore> {
  const telemetry = sqliteTelemetry({ file, hardPoints: Number.POSITIVE_INFINITY });
  const { sealedSeq } = await telemetry.open();
  sayElsewhere(telemetry, missing);
  const { records } = dataFiles(dirname(file));
  if (!existsSync(records)) {
    missing({
      zh: `${file} 旁边没有 records.db：最新的读数可能缺失`,
      en: `there is no records.db beside ${file}: its newest readings may be missing`,
    });
    return telemetry;
  }
  // Opened, an older file is brought up to date: so it is a copy that is opened.
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-history-'));
  try {
    const copy = dataFiles(dir).records;
    for (const ending of ['', '-wal'])
      if (existsSync(`${records}${ending}`)) await copyPrivately(`${records}${ending}`, `${copy}${ending}`);
    await handOver(sqliteRecords({ file: copy }), telemetry, sealedSeq);
    return telemetry;
  } catch (error) {
    await telemetry.close();
    throw error;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Says which readings of an open store were sent to another one and are not in it. */
export function sayElsewhere(telemetry: Pick<TelemetryStore, 'localFrom'>, missing: SayMissing): void {
  const localFrom = telemetry.localFrom?.() ?? Number.NEGATIVE_INFINITY;
  if (!Number.isFinite(localFrom)) return;
  const since = new Date(localFrom).toISOString();
  missing({
    zh: `${since} 以前的读数在外部数据库中，此处缺失`,
    en: `readings of before ${since} are with a store outside, and missing here`,
  });
}

/** Hands an open store what the journal of a service that does not run holds and the store does not, as a start would. */
export async function completeHistory(
  place: RecordsPlace,
  telemetry: TelemetryStore,
  sealedSeq: number,
  missing: SayMissing,
): Promise<void> {
  if (place.store.records === 'sqlite' && !existsSync(dataFiles(place.dataDir).records)) return;
  try {
    await handOver(recordsAt(place), telemetry, sealedSeq);
  } catch (error) {
    if (!(error instanceof RecordsAway)) throw error;
    missing({
      zh: `无法读取记录库，最新的读数可能缺失：${error.message}`,
      en: `the records cannot be read, and the newest readings may be missing: ${error.message}`,
    });
  }
}

async function handOver(records: RecordStore, telemetry: TelemetryStore, sealedSeq: number): Promise<void> {
  await records.open();
  try {
    const { journal, lastSeq } = await records.recover();
    const feed = new TelemetryFeed(telemetry, pino({ level: 'silent' }));
    feed.catchUp(journal, sealedSeq, lastSeq);
    await feed.caughtUp();
  } finally {
    await records.close();
  }
}
