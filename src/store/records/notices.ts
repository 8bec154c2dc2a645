import { type Kysely, sql } from 'kysely';
import { PRIORITIES, type Priority } from '../../model/alert.ts';
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

/** As the index of what waits has it: for a question with a parameter that is of no use. */
const QUEUED = sql.lit('queued');

interface Which {
  readonly except?: readonly string[];
  readonly channel?: string;
}

/** What waits with this priority. */
function waiting(db: Db, priority: Priority, { except = [], channel }: Which) {
  let query = db.selectFrom('notices').where('state', '=', QUEUED).where('priority', '=', sql.lit(priority));
  if (except.length > 0) query = query.where('channel', 'not in', except);
  return channel === undefined ? query : query.where('channel', '=', channel);
}

/** The most urgent first, of each priority what has been due for longest. */
export function dueNotices(db: Db, now: number, limit: number, which: Which = {}) {
  const [first, ...others] = PRIORITIES.map((priority) =>
    db
      .selectFrom(
        waiting(db, priority, which)
          .select(['priority', 'next_attempt_at', 'created_at', 'id', 'doc'])
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .orderBy('created_at')
          .orderBy('id')
          .limit(limit)
          .as('due'),
      )
      .selectAll(),
  );
  return others
    .reduce((all, one) => all.unionAll(one), first as NonNullable<typeof first>)
    .orderBy('priority')
    .orderBy('next_attempt_at')
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit);
}
const keptDueNotices = keptQuery((db, now: number, limit: number) => dueNotices(db, now, limit));

export async function listDueNotices(
  db: Db,
  now: number,
  limit: number,
  except: readonly string[],
  channel?: string,
): Promise<Notice[]> {
  const rows =
    except.length === 0 && channel === undefined
      ? await keptDueNotices(db, now, limit)
      : await dueNotices(db, now, limit, { except, ...(channel !== undefined && { channel }) }).execute();
  return rows.map((row) => JSON.parse(row.doc) as Notice);
}

export function earliestNotice(db: Db, except: readonly string[] = []) {
  const [first, ...others] = PRIORITIES.map((priority) =>
    waiting(db, priority, { except }).select((eb) => eb.fn.min('next_attempt_at').as('at')),
  );
  return others.reduce((all, one) => all.unionAll(one), first as NonNullable<typeof first>);
}
const keptEarliestNotice = keptQuery((db) => earliestNotice(db));

export async function earliestNoticeAt(db: Db, except: readonly string[]): Promise<number | undefined> {
  const rows =
    except.length === 0 ? await keptEarliestNotice(db) : await earliestNotice(db, except).execute();
  const times = rows.flatMap(({ at }) => (at === null ? [] : [at]));
  return times.length === 0 ? undefined : Math.min(...times);
}
