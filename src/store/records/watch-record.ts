import { type Kysely, sql } from 'kysely';
import {
  isPart,
  monthOf,
  ofMonth,
  quarterOf,
  readPart,
  WATCH_RECORD,
  writePart,
} from '../../model/watch-record.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/**
 * Of how homes were watched: months that are too old go, and of the others what is written of homes that are in the registry no
 * more. Rows that were changed.
 */
export async function retainWatchRecord(db: Db, before: number, pause: () => Promise<void>): Promise<number> {
  let changed = 0;
  // Instants that are no dates any more: nothing is as old as that.
  if (before > 0) {
    const old = await db
      .deleteFrom('meta')
      .where('key', '>=', WATCH_RECORD)
      .where('key', '<', ofMonth(monthOf(quarterOf(before))))
      .executeTakeFirst();
    changed += Number(old.numDeletedRows);
  }
  const rows = await db
    .selectFrom('meta')
    .select('key')
    .where(sql<boolean>`key like ${`${WATCH_RECORD}%`}`)
    .execute();
  for (const { key } of rows) {
    if (!isPart(key)) continue;
    changed += await forgetIn(db, key);
    await pause();
  }
  return changed;
}

/** Homes that are asked for in one go. */
const HOMES_AT_ONCE = 500;

async function forgetIn(db: Db, key: string): Promise<number> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  if (!row) return 0;
  const homes = readPart(row.value);
  const gone = new Set(homes.keys());
  const ids = [...gone];
  for (let at = 0; at < ids.length; at += HOMES_AT_ONCE) {
    const stay = await db
      .selectFrom('registry')
      .select('key')
      .where('noun', '=', 'home')
      .where('key', 'in', ids.slice(at, at + HOMES_AT_ONCE))
      .execute();
    for (const home of stay) gone.delete(home.key);
  }
  if (gone.size === 0) return 0;
  for (const home of gone) homes.delete(home);
  // What was looked at meanwhile is newer than what is written here; the next night comes.
  const written = await db
    .updateTable('meta')
    .set({ value: writePart(homes) })
    .where('key', '=', key)
    .where('value', '=', row.value)
    .executeTakeFirst();
  return Number(written.numUpdatedRows);
}
