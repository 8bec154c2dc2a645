import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { named, openSqliteFile } from '../sqlite/file.ts';
import { migrate, PAGE_SIZE } from './tables.ts';

/** What a file of readings knows of the records that it belongs to. */
export interface Witness {
  /** Up to which input it was fed, with what is sealed. */
  readonly sealedSeq: number;
  /** The number that the records of this service bear; 0: nobody has said it yet. */
  readonly recordsId: number;
}

/** Of a file that nobody has open; undefined where there is none. @throws StoreUnusable */
export function witnessOf(file: string): Witness | undefined {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined;
  try {
    // Only looked at: to open it as a store does would carry its log over twice at each start.
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const isThere = db.prepare("select 1 from sqlite_master where type = 'table' and name = 'meta'");
      const value = (key: string): number =>
        Number(db.prepare('select value from meta where key = ?').get(key)?.['value'] ?? 0);
      if (!isThere.get()) return { sealedSeq: 0, recordsId: 0 };
      return { sealedSeq: value('sealedSeq'), recordsId: value('recordsId') };
    } finally {
      db.close();
    }
  } catch (error) {
    throw named(file, error);
  }
}

/** Says in a file that nobody has open, or that is not there yet, to which records it belongs. */
export function setRecordsId(file: string, recordsId: number): void {
  const own = openSqliteFile(file, { pageSize: PAGE_SIZE });
  try {
    migrate(own.db);
    own.db
      .prepare(
        "insert into meta (key, value) values ('recordsId', ?) on conflict (key) do update set value = excluded.value",
      )
      .run(recordsId);
  } catch (error) {
    throw named(file, error);
  } finally {
    own.close();
  }
}
