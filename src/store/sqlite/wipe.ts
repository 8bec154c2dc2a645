import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as rest } from 'node:timers/promises';

/**
 * What was deleted lies in the file until something else is written over it: its pages are only marked as free. Here they are
 * written over. `secure_delete = ON` would do that at once, and twice what is written for each message: its journal is deleted, too. So
 * pages that are in use are kept clean as they are written (FAST), and those that are free are wiped at night.
 */

/** A megabyte or two: what comes meanwhile waits for one of them. */
const PAGES_PER_STEP = 256;

/** An archiver copies all of that, and lets the log go where it grows faster than it is carried over: four megabytes a second. */
export const wipingSlowly = (): Promise<void> => rest(250);

export interface Wiping {
  readonly db: DatabaseSync;
  /** Does this in one transaction, when nothing else is being done. */
  readonly write: (work: () => void) => Promise<void>;
  readonly pause: () => Promise<void>;
}

/** Takes all free pages into a table of nothing, and gives them back. @returns pages that were wiped */
export async function wipeFreed({ db, write, pause }: Wiping): Promise<number> {
  await write(() => dropWiping(db));
  const usable = numberOf(db, 'page_size') - 4;
  let wiped = 0;
  await write(() => db.exec(`create table ${WIPING} (zeros blob)`));
  for (let free = freeOf(db); free > 0; free = freeOf(db)) {
    const pages = Math.min(free, PAGES_PER_STEP);
    await write(() => db.prepare(`insert into ${WIPING} values (zeroblob(?))`).run(pages * usable));
    wiped += pages;
    await pause();
  }
  const rows = db.prepare(`select rowid from ${WIPING}`).all() as { rowid: number }[];
  // The ends of pages that a row did not fill hold what was there before.
  db.exec('PRAGMA secure_delete = ON');
  try {
    // Row by row: to give back a large table is to read all of it.
    for (const { rowid } of rows) {
      await write(() => db.prepare(`delete from ${WIPING} where rowid = ?`).run(rowid));
      await pause();
    }
    await write(() => dropWiping(db));
  } finally {
    db.exec(CLEAN_AS_WRITTEN);
  }
  return wiped;
}

/** How a connection is set by itself. */
export const CLEAN_AS_WRITTEN = 'PRAGMA secure_delete = FAST';

const WIPING = 'wiping';

/** One that a crash left holds what was free, and nothing else. */
const dropWiping = (db: DatabaseSync): void => db.exec(`drop table if exists ${WIPING}`);

const freeOf = (db: DatabaseSync): number => numberOf(db, 'freelist_count');

const numberOf = (db: DatabaseSync, pragma: string): number =>
  Number(Object.values(db.prepare(`pragma ${pragma}`).get() ?? {})[0]);
