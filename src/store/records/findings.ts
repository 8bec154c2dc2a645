import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import { type Alert, PRIORITIES, type Priority } from '../../model/alert.ts';
import { CASE_STATUSES, type Case, type CaseEntry, type CaseStatus, type Doer } from '../../model/case.ts';
import { COUNTED_KINDS } from '../../model/case-kind.ts';
import { NOTICE_STATES, type NoticeState } from '../../model/notice.ts';
import type {
  AlertFilter,
  CaseEntriesRequest,
  CaseFilter,
  NumberedCase,
  Page,
  PageRequest,
  RecordCounts,
} from '../../ports/records.ts';
import { keptQuery } from './kept-query.ts';
import { covered, decodeCursor, pageOf } from './paging.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** Newest first. */
export async function listAlerts(db: Db, filter: AlertFilter, page: PageRequest): Promise<Page<Alert>> {
  const after = decodeCursor(page.cursor, 'alerts', [0, '']);
  let query = db.selectFrom('alerts').select(['raised_at', 'id', 'doc']);
  query = query.where((eb) => covered(eb, 'path', filter.paths));
  query = query.where('shadow', '=', filter.shadow ? 1 : 0);
  if (filter.open !== undefined) query = query.where('cleared_at', filter.open ? 'is' : 'is not', null);
  for (const column of ['home', 'rule', 'about', 'priority'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  if (filter.raisedFrom !== undefined) query = query.where('raised_at', '>=', filter.raisedFrom);
  if (filter.raisedTo !== undefined) query = query.where('raised_at', '<', filter.raisedTo);
  if (after) query = query.where((eb) => eb(eb.refTuple('raised_at', 'id'), '<', eb.tuple(...after)));
  const rows = await query
    .orderBy('raised_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    rows,
    page.limit,
    'alerts',
    (row) => [row.raised_at, row.id],
    (row) => JSON.parse(row.doc) as Alert,
  );
}

export async function findAlert(db: Db, id: string): Promise<Alert | undefined> {
  const row = await db.selectFrom('alerts').select('doc').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.doc) as Alert);
}

/** The work list, the gravest and what is due first; or the ledger, newest first. */
export async function listCases(db: Db, filter: CaseFilter, page: PageRequest): Promise<Page<NumberedCase>> {
  return filter.order === 'newest' ? casesNewest(db, filter, page) : casesByUrgency(db, filter, page);
}

/** The status in words that no index has. */
const STATUS = sql<string>`coalesce(status, '')`;

/**
 * Whether the index of statuses is the one to go by. Not where one home is asked for, which has few cases; nor for the
 * newest of those that are over: nearly all are, and would be put in order for one page.
 */
const goesByStatus = ({ home, order, status = [] }: CaseFilter): boolean =>
  home === undefined && !(order === 'newest' && status.includes('struck-off'));

function selectCases(db: Db, filter: CaseFilter) {
  let query = db.selectFrom('cases').select(['number', 'status', 'priority', 'opened_at', 'due_at', 'doc']);
  const { held, theirs } = filter;
  query = query.where((eb) =>
    eb.or([covered(eb, 'path', filter.paths), ...(held ? [isHeld(eb, held)] : [])]),
  );
  if (theirs) query = query.where((eb) => eb.or([isOf(eb, 'owner', theirs), isOf(eb, 'assigned', theirs)]));
  if (filter.status?.length)
    query = query.where(goesByStatus(filter) ? 'status' : STATUS, 'in', filter.status);
  if (filter.priority?.length) query = query.where('priority', 'in', filter.priority);
  if (filter.openedFrom !== undefined) query = query.where('opened_at', '>=', filter.openedFrom);
  if (filter.openedTo !== undefined) query = query.where('opened_at', '<', filter.openedTo);
  const { owner } = filter;
  if (owner !== undefined)
    query = query.where((eb) => eb.or([eb('owner', '=', owner), eb('assigned', '=', owner)]));
  for (const column of ['kind', 'home'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return query;
}

type Cases = ExpressionBuilder<RecordTables, 'cases'>;

/** As `accountsWith` has it. */
const isHeld = (eb: Cases, { account, within }: NonNullable<CaseFilter['held']>): Expression<SqlBool> =>
  eb.and([
    eb('status', '=', 'acknowledged'),
    eb.or([eb('owner_account', '=', account), eb('assigned_account', '=', account)]),
    covered(eb, 'path', within),
  ]);

/** As `isSamePerson` has it: by account where both are known, else by id of the staff, else by name. */
function isOf(eb: Cases, whose: 'owner' | 'assigned', { name, account, staff }: Doer): Expression<SqlBool> {
  const [ofAccount, ofStaff] = [`${whose}_account`, `${whose}_staff`] as const;
  const named = name === undefined || name === '' ? sql<SqlBool>`1 = 0` : eb(whose, '=', name);
  const byStaff =
    staff === undefined ? named : eb.or([eb(ofStaff, '=', staff), eb.and([eb(ofStaff, '=', ''), named])]);
  return account === undefined
    ? byStaff
    : eb.or([eb(ofAccount, '=', account), eb.and([eb(ofAccount, '=', ''), byStaff])]);
}

/** As people work: what is over comes last; of a priority what nobody has taken first, then what is due first. */
const RANK = { open: 0, acknowledged: 1, resolved: 2, 'struck-off': 3 } as const satisfies Record<
  CaseStatus,
  number
>;
const isOver = (rank: number): boolean => rank >= RANK.resolved;

type Place = {
  readonly status: string;
  readonly priority: string;
  readonly due_at: number;
  readonly number: number;
};
const rankOf = ({ status }: Pick<Place, 'status'>): number => RANK[status as CaseStatus];
const byUrgency = (a: Place, b: Place): number =>
  Number(isOver(rankOf(a))) - Number(isOver(rankOf(b))) ||
  compare(a.priority, b.priority) ||
  rankOf(a) - rankOf(b) ||
  a.due_at - b.due_at ||
  a.number - b.number;

/** What stands behind a row, among the cases of one status. */
function behind(
  eb: Cases,
  rank: number,
  [of, priority, due, number]: readonly [number, string, number, number],
): Expression<SqlBool> {
  if (isOver(rank) !== isOver(of)) return isOver(rank) ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`;
  if (rank !== of) return eb('priority', rank > of ? '>=' : '>', priority);
  return eb(eb.refTuple('priority', 'due_at', 'number'), '>', eb.tuple(priority, due, number));
}

/**
 * A part for each status, put together in order: each walks its own stretch of the index. Asked for several statuses at
 * once, the engine would walk past all cases that are over, which are a hundred times as many. One question all the same:
 * between two of them a case could change its status, and stand in both parts or in none.
 */
async function casesByUrgency(db: Db, filter: CaseFilter, page: PageRequest): Promise<Page<NumberedCase>> {
  const after = decodeCursor(page.cursor, 'urgency', [0, '', 0, 0]);
  const part = (status: CaseStatus) => {
    let query = selectCases(db, { ...filter, status: [status] });
    if (after) query = query.where((eb) => behind(eb, RANK[status], after));
    const inOrder = query
      .orderBy('priority')
      .orderBy('due_at')
      .orderBy('number')
      .limit(page.limit + 1);
    return db.selectFrom(inOrder.as('part')).selectAll();
  };
  const wanted = filter.status?.length ? filter.status : CASE_STATUSES;
  const [first, ...others] = wanted.map(part);
  const rows = await others
    .reduce((all, one) => all.unionAll(one), first as ReturnType<typeof part>)
    .execute();
  rows.sort(byUrgency);
  return pageOf(
    rows,
    page.limit,
    'urgency',
    (row) => [rankOf(row), row.priority, row.due_at, row.number],
    numbered,
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function casesNewest(db: Db, filter: CaseFilter, page: PageRequest): Promise<Page<NumberedCase>> {
  const after = decodeCursor(page.cursor, 'newest', [0, 0]);
  let query = selectCases(db, filter);
  if (after) query = query.where((eb) => eb(eb.refTuple('opened_at', 'number'), '<', eb.tuple(...after)));
  const rows = await query
    .orderBy('opened_at', 'desc')
    .orderBy('number', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows, page.limit, 'newest', (row) => [row.opened_at, row.number], numbered);
}

const numbered = (row: { number: number; doc: string }): NumberedCase => ({
  ...(JSON.parse(row.doc) as Case),
  number: row.number,
});

const caseById = keptQuery((db, id: string) =>
  db.selectFrom('cases').select(['number', 'doc']).where('id', '=', id),
);

export async function findCase(db: Db, id: string): Promise<NumberedCase | undefined> {
  const [row] = await caseById(db, id);
  return row && numbered(row);
}

export async function listCaseEntries(
  db: Db,
  id: string,
  { before, limit }: CaseEntriesRequest = {},
): Promise<CaseEntry[]> {
  const all = db.selectFrom('case_entries').select('doc').where('case_id', '=', id);
  const some = before === undefined ? all : all.where('n', '<', before);
  const newest = some.orderBy('n', 'desc');
  const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
  return rows.map((row) => JSON.parse(row.doc) as CaseEntry).reverse();
}

/** Those that somebody has to do something about, by priority. */
export async function countOpenCases(db: Db, paths: readonly string[]): Promise<RecordCounts['openCases']> {
  const cases = await db
    .selectFrom('cases')
    .select((eb) => ['priority', eb.fn.countAll<number>().as('count')])
    .where('status', 'in', ['open', 'acknowledged'])
    .where('kind', 'in', [...COUNTED_KINDS])
    .where((eb) => covered(eb, 'path', paths))
    .groupBy('priority')
    .execute();
  return tally(
    PRIORITIES,
    cases.map((row) => [row.priority as Priority, row.count]),
  );
}

export async function countOpen(db: Db, paths: readonly string[]): Promise<RecordCounts> {
  const openCases = await countOpenCases(db, paths);
  const awaiting = await db
    .selectFrom('cases')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('status', '=', 'resolved')
    .where('kind', 'in', [...COUNTED_KINDS])
    .where((eb) => covered(eb, 'path', paths))
    .executeTakeFirstOrThrow();
  const alerts = await db
    .selectFrom('alerts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('cleared_at', 'is', null)
    .where('shadow', '=', 0)
    .where((eb) => covered(eb, 'path', paths))
    .executeTakeFirstOrThrow();
  const notices = await db
    .selectFrom('notices')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where((eb) => covered(eb, 'path', paths))
    .groupBy('state')
    .execute();
  return {
    openCases,
    awaitingCallBack: Number(awaiting.count),
    openAlerts: Number(alerts.count),
    notices: tally(
      NOTICE_STATES,
      notices.map((row) => [row.state as NoticeState, row.count]),
    ),
  };
}

/** A number for every name, zero where nothing was counted. */
function tally<N extends string>(names: readonly N[], counted: readonly [N, number][]): Record<N, number> {
  const zero = names.map((name) => [name, 0] as const);
  const found = counted.map(([name, count]) => [name, Number(count)] as const);
  return Object.fromEntries([...zero, ...found]) as Record<N, number>;
}
