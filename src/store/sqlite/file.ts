import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY and SQLITE_LOCKED: somebody else holds the file. */
const BUSY_CODES = new Set([5, 6]);

/** Another process, or another store in this one, has this file open. */
export class StoreLocked extends Error {
  readonly file: string;
  constructor(file: string) {
    super(
      `${file} is in use by another process. Is the service already running on this data folder? ` +
        'Only one process may hold it.',
    );
    this.file = file;
  }
}

export interface SqliteFileOptions {
  readonly pageSize?: number;
  /** Pages in the write-ahead log at which they are carried over into the file. */
  readonly walPages?: number;
}

/**
 * Opens a database for one process alone, durable at each commit. The lock is the operating system's: it ends with the
 * process, however that ends. Creates the folder.
 * @throws StoreLocked if the file is in use.
 */
export function openSqliteFile(file: string, options: SqliteFileOptions = {}): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    // The exclusive lock is taken when the log is entered, so the mode of locking has to be set before that of the log.
    db.exec(`PRAGMA page_size = ${options.pageSize ?? 4096}; PRAGMA locking_mode = EXCLUSIVE;`);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    db.exec(`PRAGMA wal_autocheckpoint = ${options.walPages ?? 1000}; PRAGMA cache_size = -16000;`);
    db.exec('BEGIN IMMEDIATE; COMMIT;');
    return db;
  } catch (error) {
    db.close();
    throw isBusy(error) ? new StoreLocked(file) : error;
  }
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

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && BUSY_CODES.has(Number(error.errcode) & 0xff);
}
