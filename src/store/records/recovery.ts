import type { Kysely } from 'kysely';
import type { Checkpoint, JournalRow, Recovery } from '../../ports/records.ts';
import { findMeta } from './accounts.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** Rows that one query of the replay brings: each holds a whole batch. */
const JOURNAL_ROWS_PER_PAGE = 64;

/** Under this key of `meta` stands the input up to which the journal was dropped: numbering goes on after it. */
export const TRIMMED_SEQ = 'journal.trimmedSeq';

export async function readRecovery(db: Db, subjects: Recovery['subjects']): Promise<Recovery> {
  const checkpoint = await findCheckpoint(db);
  const lastSeq = await findLastSeq(db);
  return { checkpoint, subjects, journal: (after) => eachJournalRow(db, after), lastSeq };
}

async function findCheckpoint(db: Db): Promise<Checkpoint | undefined> {
  const row = await db.selectFrom('checkpoint').select(['seq', 'shared']).executeTakeFirst();
  return row && { seq: row.seq, shared: row.shared };
}

/** The last input of which anything is known. */
export async function findLastSeq(db: Db): Promise<number> {
  const checkpoint = await findCheckpoint(db);
  const newest = await db
    .selectFrom('journal')
    .select('last_seq')
    .orderBy('first_seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const trimmed = Number((await findMeta(db, TRIMMED_SEQ)) ?? 0);
  return Math.max(newest?.last_seq ?? 0, trimmed, checkpoint?.seq ?? 0);
}

async function* eachJournalRow(db: Db, seenSeq: number): AsyncGenerator<JournalRow> {
  for (let after = await findRowBefore(db, seenSeq); ; ) {
    const rows = await db
      .selectFrom('journal')
      .selectAll()
      .where('first_seq', '>', after)
      .orderBy('first_seq')
      .limit(JOURNAL_ROWS_PER_PAGE)
      .execute();
    for (const row of rows) yield { firstSeq: row.first_seq, lastSeq: row.last_seq, bytes: row.bytes };
    if (rows.length < JOURNAL_ROWS_PER_PAGE) return;
    after = rows.at(-1)?.first_seq as number;
  }
}

/** The first input of the last row that holds nothing after `seq`; 0 where there is none. Rows follow each other. */
async function findRowBefore(db: Db, seq: number): Promise<number> {
  const row = await db
    .selectFrom('journal')
    .select('first_seq')
    .where('first_seq', '<=', seq)
    .where('last_seq', '<=', seq)
    .orderBy('first_seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.first_seq ?? 0;
}

export async function saveCheckpoint(db: Db, { seq, shared }: Checkpoint): Promise<void> {
  await db
    .insertInto('checkpoint')
    .values({ id: 1, seq, shared })
    .onConflict((at) => at.column('id').doUpdateSet({ seq, shared }))
    .execute();
}

/** Runs work in a transaction, in which whatever fences a store off stands first. */
export type Transact = <T>(work: (trx: Db) => Promise<T>) => Promise<T>;

/**
 * Drops journal rows that hold nothing after `seq`, a few in each transaction, so that batches get in between.
 * @throws Error if no checkpoint stands for `seq`: what is dropped then could never be restored.
 */
export async function dropJournal(
  db: Db,
  seq: number,
  pause: () => Promise<void>,
  transact: Transact = (work) => db.transaction().execute(work),
): Promise<void> {
  const checkpoint = await findCheckpoint(db);
  if (seq > (checkpoint?.seq ?? 0)) throw new Error(`journal: no checkpoint stands for input ${seq}`);
  for (;;) {
    const dropped = await transact(async (trx) => {
      const rows = await trx
        .selectFrom('journal')
        .select(['first_seq', 'last_seq'])
        .where('last_seq', '<=', seq)
        .where('first_seq', '<=', seq)
        .orderBy('first_seq')
        .limit(JOURNAL_ROWS_PER_PAGE)
        .execute();
      const last = rows.at(-1);
      if (!last) return 0;
      await trx.deleteFrom('journal').where('first_seq', '<=', last.first_seq).execute();
      const value = String(last.last_seq);
      await trx
        .insertInto('meta')
        .values({ key: TRIMMED_SEQ, value })
        .onConflict((at) => at.column('key').doUpdateSet({ value }))
        .execute();
      return rows.length;
    });
    if (dropped < JOURNAL_ROWS_PER_PAGE) return;
    await pause();
  }
}
