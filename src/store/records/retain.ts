import { type Kysely, sql } from 'kysely';
import type { RecordRetention } from '../../ports/records.ts';
import { forgetLeft, forgetNotes, forgetRemoved } from './forget.ts';
import type { RecordTables } from './schema.ts';
import { retainWatchRecord } from './watch-record.ts';

type Db = Kysely<RecordTables>;

/** Rows that one transaction deletes at most: others want to write meanwhile. */
const ROWS_PER_STEP = 500;

/**
 * Deletes what is older than its retention: cleared alerts, cases that are over with their time line, photos and notices, visits, raw
 * rejections, events, answers, expired sessions, where devices were that left, how homes were watched. Nothing that is still open goes, however old. Rows deleted by table.
 */
export async function retainRecords(
  db: Db,
  policy: RecordRetention,
  now: number,
  pause: () => Promise<void>,
): Promise<Record<string, number>> {
  const repeat = async (step: () => Promise<number>): Promise<number> => {
    let total = 0;
    for (;;) {
      const deleted = await step();
      total += deleted;
      if (deleted < ROWS_PER_STEP) return total;
      await pause();
    }
  };
  return {
    alerts: await repeat(() => dropAlerts(db, now - policy.alertsMs)),
    cases: await repeat(() => dropCases(db, now - policy.casesMs)),
    photos: await repeat(() => dropPhotos(db, now - policy.photosMs)),
    visits: await repeat(() => dropVisits(db, now - policy.visitsMs)),
    notices: await repeat(() => dropLooseNotices(db, now - policy.casesMs)),
    rejections:
      (await keepNewest(db, 'rejections', policy.rejectionsKept, repeat)) +
      (await repeat(() => dropOldest(db, 'rejections', now - policy.rejectionsMs))),
    events:
      (await keepNewest(db, 'events', policy.eventsKept, repeat)) +
      (await repeat(() => dropOldest(db, 'events', now - policy.eventsMs))) +
      (await forgetRemoved(db, pause)),
    idempotency: await repeat(() => dropAnswers(db, now - policy.idempotencyMs)),
    sessions: await repeat(() => dropSessions(db, now)),
    links: await forgetNotes(db),
    left: await forgetLeft(db, now, pause),
    watched: await retainWatchRecord(db, now - policy.casesMs, pause),
  };
}

async function dropAlerts(db: Db, before: number): Promise<number> {
  const old = db.selectFrom('alerts').select('id').where('cleared_at', '<', before).limit(ROWS_PER_STEP);
  return deletedRows(await db.deleteFrom('alerts').where('id', 'in', old).executeTakeFirst());
}

/** Not by the index of statuses: years of cases have this one, and all of them would be looked at each night. */
const isOver = sql<boolean>`coalesce(status, '') = 'struck-off'`;

async function dropCases(db: Db, before: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('cases')
      .select('id')
      .where('resolved_at', '<', before)
      .where(isOver)
      .limit(ROWS_PER_STEP)
      .execute();
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return 0;
    await trx.deleteFrom('case_entries').where('case_id', 'in', ids).execute();
    await trx.deleteFrom('notices').where('case_id', 'in', ids).execute();
    await trx.deleteFrom('photos').where('case_id', 'in', ids).execute();
    await trx.deleteFrom('cases').where('id', 'in', ids).execute();
    return ids.length;
  });
}

async function dropPhotos(db: Db, before: number): Promise<number> {
  const old = db.selectFrom('photos').select('id').where('at', '<', before).limit(ROWS_PER_STEP);
  return deletedRows(await db.deleteFrom('photos').where('id', 'in', old).executeTakeFirst());
}

async function dropVisits(db: Db, before: number): Promise<number> {
  const keys = ['home', 'at', 'by_name', 'kind'] as const;
  const old = db.selectFrom('visits').select(keys).where('at', '<', before).limit(ROWS_PER_STEP);
  const deleting = db
    .deleteFrom('visits')
    .where((eb) => eb(eb.refTuple(...keys), 'in', old.$asTuple(...keys)));
  return deletedRows(await deleting.executeTakeFirst());
}

/**
 * Notices of no case that is kept, such as tests of a channel; never one that still has to go out. Not `not in`: where the
 * ids of all cases are more than PostgreSQL holds in its memory for a query, it reads them anew for each notice.
 */
async function dropLooseNotices(db: Db, before: number): Promise<number> {
  const old = db
    .selectFrom('notices')
    .select('id')
    .where('created_at', '<', before)
    .where('state', '!=', 'queued')
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('cases').select('id').whereRef('cases.id', '=', 'notices.case_id'))),
    )
    .limit(ROWS_PER_STEP);
  return deletedRows(await db.deleteFrom('notices').where('id', 'in', old).executeTakeFirst());
}

/** Ids count up one by one, so the newest n are those above the last id less n. */
async function keepNewest(
  db: Db,
  table: 'rejections' | 'events',
  kept: number,
  repeat: (step: () => Promise<number>) => Promise<number>,
): Promise<number> {
  const newest = await db
    .selectFrom(table)
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  const upTo = (newest?.id ?? 0) - kept;
  return repeat(async () => {
    const old = db.selectFrom(table).select('id').where('id', '<=', upTo).limit(ROWS_PER_STEP);
    return deletedRows(await db.deleteFrom(table).where('id', 'in', old).executeTakeFirst());
  });
}

/**
 * They stand in the order of their coming, so the old ones are the first. The newest event stays however old it is: by it
 * a reader knows that it has missed nothing.
 */
async function dropOldest(db: Db, table: 'rejections' | 'events', before: number): Promise<number> {
  const first = await db
    .selectFrom(table)
    .select(['id', 'at'])
    .orderBy('id')
    .limit(ROWS_PER_STEP + 1)
    .execute();
  const rows = table === 'events' ? first.slice(0, -1) : first.slice(0, ROWS_PER_STEP);
  const old = rows.filter(({ at }) => at < before).map(({ id }) => id);
  if (old.length === 0) return 0;
  return deletedRows(await db.deleteFrom(table).where('id', 'in', old).executeTakeFirst());
}

async function dropAnswers(db: Db, before: number): Promise<number> {
  const old = db.selectFrom('idempotency').select('key').where('at', '<', before).limit(ROWS_PER_STEP);
  return deletedRows(await db.deleteFrom('idempotency').where('key', 'in', old).executeTakeFirst());
}

async function dropSessions(db: Db, now: number): Promise<number> {
  const old = db
    .selectFrom('sessions')
    .select('token_hash')
    .where('expires_at', '<', now)
    .limit(ROWS_PER_STEP);
  return deletedRows(await db.deleteFrom('sessions').where('token_hash', 'in', old).executeTakeFirst());
}

const deletedRows = (result: { numDeletedRows: bigint } | undefined): number =>
  Number(result?.numDeletedRows ?? 0);
