import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TextError } from '../model/text.ts';
import type { WorkTold } from '../model/work-told.ts';
import { type RecordStore, RecordsAway, type RecordsTaken, type RecordsWentBack } from '../ports/records.ts';
import { dataFiles } from './data-files.ts';
import type { PostgresOptions } from './postgres/client.ts';
import type { OwnerLogger } from './postgres/owner.ts';
import { type CopiedRecords, countSqlite } from './records/copy.ts';
import { type LoadOptions, type PostgresRecordStore, postgresRecords } from './records-postgres.ts';
import { sqliteRecords } from './records-sqlite.ts';
import { lockSqliteFile } from './sqlite/file.ts';
import { integrityProblems } from './sqlite/side-work.ts';

/** What the configuration says about where the records are. */
export interface RecordsPlace {
  readonly dataDir: string;
  readonly store: {
    readonly records: 'sqlite' | 'postgres';
    readonly postgres?: PostgresPlace | undefined;
  };
}

type PostgresPlace = Omit<PostgresOptions, 'tls'> & { readonly tls?: PostgresOptions['tls'] | undefined };

export interface RecordsHost {
  /** An archiver copies the write-ahead log of the file. */
  readonly archived?: boolean;
  readonly logger: OwnerLogger;
  /** Another process took the records over, or they know less than was acknowledged: this one must stop. */
  readonly taken: (error: RecordsTaken | RecordsWentBack) => void;
}

/** The records that the configuration chose, not opened yet. */
export function recordsAt({ dataDir, store }: RecordsPlace, host?: RecordsHost): RecordStore {
  if (store.records === 'sqlite')
    return sqliteRecords({ file: dataFiles(dataDir).records, archived: false, ...host });
  return postgresAt(store.postgres, host);
}

/** @throws Error if the configuration does not say where PostgreSQL is */
export function postgresAt(place: PostgresPlace | undefined, host?: RecordsHost): PostgresRecordStore {
  return postgresRecords({ ...postgresOptions(place), ...host });
}

/** @throws Error if the configuration does not say where PostgreSQL is */
export function postgresOptions(place: PostgresPlace | undefined): PostgresOptions {
  if (!place)
    throw new TextError({
      zh: 'store.postgres 没有写明 PostgreSQL 服务器的地址',
      en: 'store.postgres does not say where the PostgreSQL server is',
    });
  return { ...place, tls: place.tls ?? usualTls(place.url) };
}

const usualTls = (url: string): PostgresOptions['tls'] =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname) ? 'off' : 'verified';

/** For people: which records these are. */
export const placeName = ({ dataDir, store }: RecordsPlace): string =>
  store.records === 'sqlite'
    ? join(dataDir, 'records.db')
    : `${store.postgres?.url ?? 'PostgreSQL'} (${store.postgres?.partition ?? ''})`;

/** A server that starts together with the service, after a power cut, takes its time to be there. */
const PATIENCE_MS = 120_000;
const AGAIN_MS = 1_000;
const SAID_EVERY_MS = 10_000;

/**
 * Opens the records for a service; where they are on a server that is not there yet, waits for it for two minutes.
 * @param stop ends the waiting
 * @throws RecordsTaken if another process has them; RecordsAway if the server did not come; RecordsMoved
 */
export async function openPatiently(
  records: RecordStore,
  logger: OwnerLogger,
  stop?: AbortSignal,
): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += AGAIN_MS) {
    try {
      await records.open();
      break;
    } catch (error) {
      if (!(error instanceof RecordsAway) || waitedMs >= PATIENCE_MS || stop?.aborted) throw error;
      if (waitedMs % SAID_EVERY_MS === 0)
        logger.warn(
          { why: error.message, waitedSeconds: waitedMs / 1_000, atMostSeconds: PATIENCE_MS / 1_000 },
          'the records are not there yet; waiting',
        );
    }
    await pause(AGAIN_MS, undefined, stop && { signal: stop }).catch(() => undefined);
  }
  try {
    await refuseMoved(records);
  } catch (error) {
    await records.close();
    throw error;
  }
}

/** @throws RecordsMoved if these open records are what stayed behind of others */
export async function refuseMoved(records: Pick<RecordStore, 'meta'>): Promise<void> {
  const moved = await records.meta(MOVED);
  if (moved === undefined) return;
  throw new RecordsMoved({
    zh: `这些记录已搬到 ${moved.replace(' at ', '，于 ')}：若在此处继续，将丢失之后的内容`,
    en: `these records were moved to ${moved}: a service that went on here would forget what came since`,
  });
}

/** Under this key of `meta` stands where the records went. */
export const MOVED = 'moved.to';

/** The records go on elsewhere. */
export class RecordsMoved extends TextError {}

/** There are records already where others were to go. */
export class MoveRefused extends TextError {}

/** There is nothing that could be moved. */
export class NoRecords extends TextError {}

/**
 * Copies all records from one engine to the other and marks those that stay behind, so that no service goes on with
 * them by mistake. Both must be free.
 * @throws MoveRefused if something is there already and `replace` is not set; NoRecords
 */
export async function moveRecords(
  place: RecordsPlace,
  to: RecordsPlace['store']['records'],
  { replace, told }: { readonly replace: boolean; readonly told?: WorkTold | undefined },
): Promise<CopiedRecords> {
  const { records: file } = dataFiles(place.dataDir);
  const sqlite: RecordsPlace = { ...place, store: { ...place.store, records: 'sqlite' } };
  const server: RecordsPlace = { ...place, store: { ...place.store, records: 'postgres' } };
  const [from, into] = to === 'postgres' ? [sqlite, server] : [server, sqlite];
  if (to === 'sqlite' && existsSync(file) && !replace)
    throw new MoveRefused({ zh: `${file} 已存在`, en: `${file} exists` });
  if (to === 'postgres' && !existsSync(file))
    throw new NoRecords({
      zh: `没有 ${file}：数据文件夹（--data）写对了吗？`,
      en: `there is no ${file}: is the data folder (--data) the right one?`,
    });
  const between = `${file}.moving`;
  await removeSqliteFile(between);
  const source: Pick<PostgresRecordStore, 'open' | 'close' | 'backup' | 'saveMeta'> =
    to === 'postgres' ? recordsAt(from) : postgresAt(place.store.postgres);
  await source.open();
  try {
    told?.step({ zh: `正在复制 ${placeName(from)}`, en: `copying ${placeName(from)}` });
    await source.backup(between, told?.rows);
    told?.step({ zh: `正在写入 ${placeName(into)}`, en: `writing ${placeName(into)}` });
    const copied =
      to === 'postgres'
        ? await loadInto(server, between, { replace, told: told?.rows })
        : await put(between, file);
    await source.saveMeta(MOVED, `${placeName(into)} at ${new Date().toISOString()}`);
    return copied;
  } finally {
    await source.close();
    await removeSqliteFile(between);
  }
}

async function loadInto({ store }: RecordsPlace, file: string, options: LoadOptions): Promise<CopiedRecords> {
  const target = postgresAt(store.postgres);
  await target.open();
  try {
    return await target.load(file, options);
  } finally {
    await target.close();
  }
}

/** In the place of what is there, if nobody has that open. */
async function put(from: string, to: string): Promise<CopiedRecords> {
  const problems = await integrityProblems([from]);
  if (problems.length > 0)
    throw new TextError({
      zh: `副本已损坏：${problems.join('; ')}`,
      en: `the copy is damaged: ${problems.join('; ')}`,
    });
  const copied = await countSqlite(from);
  const lock = lockSqliteFile(to);
  try {
    for (const ending of ['-wal', '-shm']) await rm(`${to}${ending}`, { force: true });
    await rename(from, to);
  } finally {
    lock.close();
  }
  return copied;
}

async function removeSqliteFile(file: string): Promise<void> {
  for (const ending of ['', '-wal', '-shm', '.lock']) await rm(`${file}${ending}`, { force: true });
}
