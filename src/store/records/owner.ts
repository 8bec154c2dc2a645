import type { Kysely } from 'kysely';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** The name of the partition where there is only one. */
export const ONLY_PARTITION = 'main';

/** Puts the row of the owner where there is none yet: new tables, or those of a version that had none. */
export async function ensureOwner(db: Db, partition: string): Promise<void> {
  const known = await db.selectFrom('owner').select('partition').executeTakeFirst();
  if (known) return;
  await db
    .insertInto('owner')
    .values({ partition, epoch: 0, holder: '', last_case: 0, last_event: 0, last_rejection: 0 })
    .execute();
}

/** Counts a new epoch, for an engine that holds its file by a lock of the operating system. */
export async function beginEpoch(db: Db, holder: string): Promise<void> {
  await db
    .updateTable('owner')
    .set((eb) => ({ epoch: eb('epoch', '+', 1), holder }))
    .execute();
}
