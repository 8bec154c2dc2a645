import { type Kysely, sql } from 'kysely';
import type { Notice } from '../../model/notice.ts';
import type { NoticeFilter, Page, PageRequest } from '../../ports/records.ts';
import { keptQuery } from './kept-query.ts';
import { covered, decodeCursor, pageOf } from './paging.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** Newest first is an order that an index has. By that of places, with which they are counted, all of a town would be sorted for one page. */
const PLACE = sql<string>`coalesce(path, '')`;

/** Newest first. */
export async function listNotices(db: Db, filter: NoticeFilter, page: PageRequest): Promise<Page<Notice>> {
  const after = decodeCursor(page.cursor, 'notices', [0, '']);
  let query = db.selectFrom('notices').select(['created_at', 'id', 'doc']);
  query = query.where((eb) => covered(eb, PLACE, filter.paths));
  if (filter.case !== undefined) query = query.where('case_id', '=', filter.case);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (after) query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(...after)));
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    rows,
    page.limit,
    'notices',
    (row) => [row.created_at, row.id],
    (row) => JSON.parse(row.doc) as Notice,
  );
}

const noticeById = keptQuery((db, id: string) => db.selectFrom('notices').select('doc').where('id', '=', id));

export async function findNotice(db: Db, id: string): Promise<Notice | undefined> {
  const [row] = await noticeById(db, id);
  return row && (JSON.parse(row.doc) as Notice);
}

/** The newest, should a provider ever use an id again. */
export async function findByProvider(
  db: Db,
  channel: string,
  providerId: string,
): Promise<Notice | undefined> {
  const row = await db
    .selectFrom('notices')
    .select('doc')
    .where('provider_id', '=', providerId)
    .where('channel', '=', channel)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && (JSON.parse(row.doc) as Notice);
}

/** The most urgent first. */
const dueNotices = (db: Db, now: number, limit: number) =>
  db
    .selectFrom('notices')
    .select('doc')
    .where('state', '=', 'queued')
    .where('next_attempt_at', '<=', now)
    .orderBy('priority')
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit);
const keptDueNotices = keptQuery(dueNotices);

export async function listDueNotices(
  db: Db,
  now: number,
  limit: number,
  except: readonly string[],
  channel?: string,
): Promise<Notice[]> {
  const docs = (rows: readonly { doc: string }[]) => rows.map((row) => JSON.parse(row.doc) as Notice);
  if (except.length === 0 && channel === undefined) return docs(await keptDueNotices(db, now, limit));
  let query = dueNotices(db, now, limit);
  if (except.length > 0) query = query.where('channel', 'not in', except);
  if (channel !== undefined) query = query.where('channel', '=', channel);
  return docs(await query.execute());
}

const earliestNotice = (db: Db) =>
  db
    .selectFrom('notices')
    .select((eb) => eb.fn.min('next_attempt_at').as('at'))
    .where('state', '=', 'queued');
const keptEarliestNotice = keptQuery(earliestNotice);

export async function earliestNoticeAt(db: Db, except: readonly string[]): Promise<number | undefined> {
  const [row] =
    except.length === 0
      ? await keptEarliestNotice(db)
      : await earliestNotice(db).where('channel', 'not in', except).execute();
  return row?.at ?? undefined;
}
