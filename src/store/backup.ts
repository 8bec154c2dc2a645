import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { copyPrivately, makeFolder } from '../lib/make-folder.ts';
import { isDiskFull } from '../model/system-words.ts';
import { TextError } from '../model/text.ts';
import type { WorkTold } from '../model/work-told.ts';
import type { BackupManifest } from '../ports/backup-manifest.ts';
import type { RecordStore } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles, linkKeyFile, spoolFolder } from './data-files.ts';
import { type LoadOptions, type PostgresRecordStore, RecordsNotEmpty } from './records-postgres.ts';
import { sqliteRecords } from './records-sqlite.ts';
import { lockFileOf, lockSqliteFile } from './sqlite/file.ts';
import { integrityProblems } from './sqlite/side-work.ts';
import { syncPath } from './sqlite/sync.ts';
import { lowerSealedSeq } from './telemetry/tables.ts';

const MANIFEST = 'backup.json';

const manifestSchema = z.object({
  format: z.literal(1),
  at: z.number(),
  lastSeq: z.number().int().nonnegative(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

/** A backup that is not what it says, or a place where it must not go. */
export class BackupRefused extends TextError {}

/**
 * Copies both stores into this folder while they are in use, and checks the copies. The records are copied first: the
 * telemetry may know more than they do, but never lacks an input that they have dropped from the journal. The manifest
 * is written last; without it a folder is no backup.
 * @throws BackupRefused if the folder holds something, or a copy is not sound.
 */
export async function backupTo(
  dir: string,
  stores: { readonly records: RecordStore; readonly telemetry: TelemetryStore },
  at: number = Date.now(),
): Promise<BackupManifest> {
  await makeFolder(dir, 0o700);
  if ((await readdir(dir)).length > 0)
    throw new BackupRefused({ zh: `${dir} 不是空的`, en: `${dir} is not empty` });
  try {
    return await copyInto(dir, stores, at);
  } catch (error) {
    // Half a backup is none, and would be in the way of the next.
    for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
    throw orNoRoom(dir, error);
  }
}

/** Where it has no room the folder is named: the system names the file that it was copying from, SQLite none. */
export const orNoRoom = (dir: string, error: unknown): unknown =>
  isDiskFull(error)
    ? new BackupRefused({ zh: `${dir} 所在的磁盘已满`, en: `the disk of ${dir} is full` }, { cause: error })
    : error;

async function copyInto(
  dir: string,
  stores: { readonly records: RecordStore; readonly telemetry: TelemetryStore },
  at: number,
): Promise<BackupManifest> {
  const files = dataFiles(dir);
  await stores.records.backup(files.records);
  await stores.telemetry.backup(files.telemetry);
  await refuseUnsound(Object.values(files));
  const lastSeq = await lastSeqOf(files.records);
  // What the telemetry was given after the records were copied will be given to it again under the same numbers.
  lowerSealedSeq(files.telemetry, lastSeq);
  const described = await Promise.all(Object.values(files).map(describe));
  const manifest: BackupManifest = { format: 1, at, lastSeq, files: described };
  for (const file of Object.values(files)) {
    await rm(lockFileOf(file), { force: true });
    await syncPath(file);
  }
  await writeDurably(join(dir, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  await syncPath(dir);
  return manifest;
}

async function lastSeqOf(file: string): Promise<number> {
  const records = sqliteRecords({ file });
  await records.open();
  try {
    return (await records.recover()).lastSeq;
  } finally {
    await records.close();
  }
}

async function refuseUnsound(files: readonly string[]): Promise<void> {
  const problems = await integrityProblems(files);
  if (problems.length > 0)
    throw new BackupRefused({ zh: `已损坏：${problems.join('; ')}`, en: `damaged: ${problems.join('; ')}` });
}

async function describe(file: string): Promise<BackupManifest['files'][number]> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { name: basename(file), bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

export interface RestoreOptions {
  /** Replace what is there. */
  readonly force?: boolean;
  /** Where the records go instead of into the data folder: a store that is not open. */
  readonly records?: PostgresRecordStore | undefined;
  readonly told?: WorkTold | undefined;
}

/**
 * Puts a backup in the place of a data folder. The backup is checked before anything is touched, and the copy again
 * before it takes its place.
 * @throws BackupRefused if the backup is not sound, or the folder holds data and `force` is not set.
 * @throws StoreLocked or RecordsTaken if a service is running on the data.
 */
export async function restoreFrom(
  dir: string,
  dataDir: string,
  { force = false, records, told }: RestoreOptions = {},
): Promise<BackupManifest> {
  const manifest = await readManifest(dir);
  told?.step({ zh: '正在校验备份', en: 'checking the backup' });
  for (const file of manifest.files) await refuseChanged(dir, file);
  await makeFolder(dataDir, 0o700);
  // Held until the new files are in place, so that no service starts in between.
  const locks = lockBoth(dataDir);
  try {
    if (!force && (await readdir(dataDir)).some((name) => !/\.(lock|restoring)$/.test(name)))
      throw new BackupRefused({
        zh: `${dataDir} 不是空的；--force 将替换其中的数据`,
        en: `${dataDir} is not empty; --force replaces the data in it`,
      });
    const names = manifest.files.map(({ name }) => name);
    told?.step({ zh: `正在复制到 ${dataDir}`, en: `copying it into ${dataDir}` });
    for (const name of names) await copyPrivately(join(dir, name), arriving(join(dataDir, name)));
    told?.step({ zh: '正在校验副本', en: 'checking the copy' });
    await refuseUnsound(names.map((name) => arriving(join(dataDir, name))));
    for (const name of names) await syncPath(arriving(join(dataDir, name)));
    // First what is done whole or not at all: a telemetry that is older than the records takes what it lacks from them.
    if (records) {
      told?.step({ zh: '正在写入 PostgreSQL', en: 'writing the records into PostgreSQL' });
      const options = { replace: force, told: told?.rows };
      await loadRecords(records, arriving(dataFiles(dataDir).records), options);
    }
    for (const name of names)
      if (existsSync(arriving(join(dataDir, name)))) await replace(join(dataDir, name));
    // It was numbered by the records that go. What was in it and in the backup is sent out of the local store again.
    await rm(spoolFolder(dataDir), { recursive: true, force: true });
    // The records forget which links were withdrawn since: those must not open anything again.
    await rm(linkKeyFile(dataDir), { force: true });
    await syncPath(dataDir);
  } catch (error) {
    throw orNoRoom(dataDir, error);
  } finally {
    for (const { name } of manifest.files) await rm(arriving(join(dataDir, name)), { force: true });
    for (const lock of locks) lock.close();
  }
  return manifest;
}

/** Whether a backup was finished in this folder. */
export const isBackup = (dir: string): boolean => existsSync(join(dir, MANIFEST));

/** Out of a copy, which goes afterwards: the backup itself stays untouched. */
async function loadRecords(records: PostgresRecordStore, copy: string, options: LoadOptions): Promise<void> {
  await records.open();
  try {
    await records.load(copy, options);
  } catch (error) {
    throw error instanceof RecordsNotEmpty
      ? new BackupRefused({
          zh: `${error.text.zh}；--force 将替换它们`,
          en: `${error.text.en}; --force replaces them`,
        })
      : error;
  } finally {
    await records.close();
  }
  for (const ending of ['', '-wal', '-shm', '.lock']) await rm(`${copy}${ending}`, { force: true });
}

async function readManifest(dir: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(dir, MANIFEST), 'utf8');
  } catch {
    throw new BackupRefused({
      zh: `${dir} 不是完整的备份：缺少 ${MANIFEST}`,
      en: `${dir} is no complete backup: it has no ${MANIFEST}`,
    });
  }
  const parsed = manifestSchema.safeParse(parseJson(text));
  const names = Object.values(dataFiles('')).map((file) => basename(file));
  const isOurs = parsed.success && parsed.data.files.map(({ name }) => name).join() === names.join();
  const named = join(dir, MANIFEST);
  if (!isOurs)
    throw new BackupRefused({
      zh: `${named} 不是本版本认识的备份清单`,
      en: `${named} is not a manifest that this version knows`,
    });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function refuseChanged(dir: string, expected: BackupManifest['files'][number]): Promise<void> {
  const file = join(dir, expected.name);
  if (!existsSync(file)) throw new BackupRefused({ zh: `缺少 ${file}`, en: `${file} is missing` });
  const found = await describe(file);
  if (found.sha256 !== expected.sha256)
    throw new BackupRefused({
      zh: `${file} 与备份时不同：校验和不符`,
      en: `${file} is not what was backed up: its checksum differs`,
    });
}

function lockBoth(dataDir: string): { close(): void }[] {
  const locks: { close(): void }[] = [];
  try {
    for (const file of Object.values(dataFiles(dataDir))) locks.push(lockSqliteFile(file));
    return locks;
  } catch (error) {
    for (const lock of locks) lock.close();
    throw error;
  }
}

const arriving = (file: string): string => `${file}.restoring`;

/** The log of the file that goes must not be taken for that of the one that comes. */
async function replace(file: string): Promise<void> {
  for (const ending of ['-wal', '-shm']) await rm(`${file}${ending}`, { force: true });
  await rename(arriving(file), file);
}

async function writeDurably(file: string, text: string): Promise<void> {
  await writeFile(`${file}.partial`, text, { mode: 0o600 });
  await syncPath(`${file}.partial`);
  await rename(`${file}.partial`, file);
}
