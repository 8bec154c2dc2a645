import { type Kysely, type SqlBool, sql } from 'kysely';
import { readableBytes } from '../../lib/readable-bytes.ts';
import type { RejectionReason } from '../../model/rejection.ts';
import type { Page, PageRequest, RejectionCount, StoredRejection, StreamEvent } from '../../ports/records.ts';
import { covered, decodeCursor, pageOf } from './paging.ts';
import type { RecordTables } from './schema.ts';
import { accountsIn } from './told.ts';

type Db = Kysely<RecordTables>;

export async function listEvents(
  db: Db,
  after: number,
  paths: readonly string[],
  limit: number,
  account?: string,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<StreamEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where((eb) => eb.or([covered(eb, 'path', paths), ...(account ? [isFor(account)] : [])]))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ accounts, ...row }) => {
    const event = { ...row } as StreamEvent;
    return accounts === '' ? event : { ...event, accounts: accountsIn(accounts) };
  });
}

/** Ids of accounts may hold the one sign that means any other. */
const isFor = (account: string) =>
  sql<SqlBool>`accounts like ${`% ${account.replaceAll(/[\\_%]/g, '\\$&')} %`} escape '\\'`;

export async function spanOfEvents(db: Db): Promise<{ first: number; last: number }> {
  // Two queries, since each is one look into the primary key and both together would read the table.
  const first = await db
    .selectFrom('events')
    .select((eb) => eb.fn.min('id').as('id'))
    .executeTakeFirst();
  const last = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  return { first: first?.id ?? 0, last: last?.id ?? 0 };
}

/** Newest first. */
export async function listRejections(
  db: Db,
  filter: { reason?: RejectionReason; device?: string },
  page: PageRequest,
): Promise<Page<StoredRejection>> {
  const after = decodeCursor(page.cursor, 'rejections', [0]);
  let query = db.selectFrom('rejections').selectAll();
  if (filter.reason !== undefined) query = query.where('reason', '=', filter.reason);
  if (filter.device !== undefined) query = query.where('device', '=', filter.device);
  if (after) query = query.where('id', '<', after[0]);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows, page.limit, 'rejections', (row) => [row.id], storedRejection);
}

function storedRejection(row: {
  id: number;
  at: number;
  reason: string;
  topic: string;
  sender: string;
  device: string | null;
  detail: string | null;
  payload: Uint8Array;
  payload_bytes: number;
}): StoredRejection {
  return {
    id: row.id,
    at: row.at,
    reason: row.reason as RejectionReason,
    topic: row.topic,
    from: row.sender,
    ...(row.device !== null && { device: row.device }),
    ...(row.detail !== null && { detail: row.detail }),
    ...readableBytes(row.payload, row.payload_bytes),
    payloadBytes: row.payload_bytes,
  };
}

/** The most frequent first. */
export async function listRejectionCounts(db: Db): Promise<RejectionCount[]> {
  const rows = await db
    .selectFrom('rejection_counts')
    .selectAll()
    .orderBy('count', 'desc')
    .orderBy('reason')
    .execute();
  return rows.map((row) => ({
    reason: row.reason as RejectionReason,
    count: row.count,
    lastAt: row.last_at,
  }));
}
