import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivateFile, PRIVATE_FOLDER } from '../../lib/private-file.ts';
import { type Text, TextError } from '../../model/text.ts';
import { CLEAN_AS_WRITTEN } from './wipe.ts';

/** SQLITE_BUSY and SQLITE_LOCKED: somebody else holds the file. */
const BUSY_CODES = new Set([5, 6]);
/** The log is cut to this after something (a copy that was being made) let it grow. */
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

/** Another process, or another store in this one, has this file open. */
export class StoreLocked extends TextError {
  readonly file: string;
  constructor(file: string) {
    super({
      zh: `${file} 正被另一个进程使用。服务是否已在此数据文件夹上运行？同一时间只能有一个进程。`,
      en: `${file} is in use by another process. Is the service already running on this data folder? Only one process may hold it.`,
    });
    this.file = file;
  }
}

/** Why SQLite does nothing with a file, by its result code: its own words name neither the file nor what to do. */
const UNUSABLE: Readonly<Record<number, Text>> = {
  3: { zh: '没有权限', en: 'no permission' },
  8: { zh: '只能读，不能写', en: 'it can be read and not written' },
  11: {
    zh: '已损坏：请保留一份副本，再从备份或归档恢复',
    en: 'it is damaged: keep a copy of it, and restore a backup or the archive',
  },
  13: { zh: '磁盘已满', en: 'the disk is full' },
  14: {
    zh: '无法打开；文件夹是否存在且可写？',
    en: 'it cannot be opened: is the folder there, and may we write to it?',
  },
  26: { zh: '不是数据库文件', en: 'it is no database' },
};

/** This file cannot be used, for a reason that lies with the file or its folder. */
export class StoreUnusable extends TextError {}

/** What went wrong with this file, with its name where the reason lies with the file or its folder. */
export function named(file: string, error: unknown): unknown {
  const why = UNUSABLE[codeOf(error)];
  if (!why) return error;
  return new StoreUnusable({ zh: `${file}：${why.zh}`, en: `${file}: ${why.en}` }, { cause: error });
}

export interface SqliteFileOptions {
  readonly pageSize?: number;
  /** Pages in the write-ahead log at which they are carried over into the file; 0: somebody else does it. */
  readonly walPages?: number;
}

export interface SqliteFile {
  readonly path: string;
  readonly db: DatabaseSync;
  close(): void;
}

/**
 * Opens a database for one process alone, durable at each commit. Creates the folder.
 *
 * The lock is one of the operating system on a file beside it, so that it ends with the process, however that ends.
 * It is not on the database itself, because a copy of the running store is read over a second connection.
 * @throws StoreLocked if the file is in use, StoreUnusable if it cannot be.
 */
export function openSqliteFile(file: string, options: SqliteFileOptions = {}): SqliteFile {
  mkdirSync(dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
  const lock = lockSqliteFile(file);
  try {
    makePrivateFile(file);
    const db = new DatabaseSync(file, { timeout: 0 });
    db.exec(`PRAGMA page_size = ${options.pageSize ?? 4096}; PRAGMA journal_mode = WAL;`);
    db.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};`);
    db.exec(`PRAGMA wal_autocheckpoint = ${options.walPages ?? 1000}; PRAGMA cache_size = -16000;`);
    // What is deleted is written over where that costs no further page; for the rest see wipe.ts.
    db.exec(CLEAN_AS_WRITTEN);
    const close = (): void => {
      db.close();
      lock.close();
    };
    return { path: file, db, close };
  } catch (error) {
    lock.close();
    throw named(file, error);
  }
}

export const lockFileOf = (file: string): string => `${file}.lock`;

/**
 * Takes the lock of a database without opening it. An empty database in an exclusive transaction that never ends is a
 * lock on every system that SQLite runs on.
 * @throws StoreLocked if the file is in use, StoreUnusable if it cannot be.
 */
export function lockSqliteFile(file: string): { close(): void } {
  const lock = opened(lockFileOf(file));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
    return lock;
  } catch (error) {
    lock.close();
    throw isBusy(error) ? new StoreLocked(file) : named(lockFileOf(file), error);
  }
}

/** Carries the log over and cuts it off: what was deleted stands in it until then. Where a reader holds it, the next time does. */
export function cutLog({ db }: { readonly db: DatabaseSync }): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Runs `work` in a transaction; rolls back and throws what it throws. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // After a full disk or an I/O error SQLite may have rolled back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function opened(file: string): DatabaseSync {
  try {
    makePrivateFile(file);
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw named(file, error);
  }
}

/** The primary result code of SQLite; 0 for any other error. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;

const isBusy = (error: unknown): boolean => BUSY_CODES.has(codeOf(error));
