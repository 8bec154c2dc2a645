import { PRIORITIES, type Priority } from '../../model/alert.ts';
import { CASE_STATUSES, type CaseStatus, type Doer, isTheirs } from '../../model/case.ts';
import { CASE_KINDS, type CaseKind } from '../../model/case-kind.ts';
import type { NumberedCase } from '../../ports/records.ts';

/**
 * The list of cases as it stands on screen while the world goes on. A row that is shown changes in place but does not
 * move: whoever is about to touch it must hit what they saw. New cases wait beside the list until it is settled, which
 * happens when nobody is pointing at it, or when the person asks for it.
 */
export interface Filter {
  readonly status: readonly CaseStatus[];
  readonly priority: readonly Priority[];
  readonly kind?: CaseKind;
  /** Path of a node; only what it covers. */
  readonly area?: string;
  /** Only what this person has taken, or was asked to take. */
  readonly owner?: Doer;
}

export interface WorkList {
  readonly rows: readonly NumberedCase[];
  /** New cases that match the filter and are not shown yet. */
  readonly waiting: readonly NumberedCase[];
  /** Ids of rows to be pointed out for a moment: they came or rose by the last settling, or had another grave finding since. */
  readonly fresh: ReadonlySet<string>;
  /** Ids of rows that grew graver, or lost whoever had them, since the last settling: they stand too low, perhaps out of sight. */
  readonly risen: ReadonlySet<string>;
}

export const EMPTY: WorkList = { rows: [], waiting: [], fresh: new Set(), risen: new Set() };

const covers = (node: string, path: string): boolean =>
  node === '' || path === node || path.startsWith(`${node}/`);

export function matches(filter: Filter, one: NumberedCase): boolean {
  return (
    filter.status.includes(one.status) &&
    (filter.priority.length === 0 || filter.priority.includes(one.priority)) &&
    (filter.kind === undefined || filter.kind === one.kind) &&
    (filter.area === undefined || covers(filter.area, one.path)) &&
    (filter.owner === undefined || isTheirs(one, filter.owner))
  );
}

/** Is this a list of what is over (newest first) rather than the work list (gravest and oldest first)? */
export const isLedger = (filter: Filter): boolean => filter.status.every((one) => one === 'struck-off');

export const isDone = ({ status }: NumberedCase): boolean => status === 'resolved' || status === 'struck-off';

const STATUS_RANK: Record<CaseStatus, number> = { open: 0, acknowledged: 1, resolved: 2, 'struck-off': 3 };

/**
 * What is at work before what waits for its call-back or is over, the gravest first, of these what nobody has taken, then
 * what was due first: overdue before what has time. As `order=urgency` of the service, so that its pages join.
 */
export const byUrgency = (a: NumberedCase, b: NumberedCase): number =>
  Number(isDone(a)) - Number(isDone(b)) ||
  a.priority.localeCompare(b.priority) ||
  STATUS_RANK[a.status] - STATUS_RANK[b.status] ||
  a.dueAt - b.dueAt ||
  a.number - b.number;

const byNewest = (a: NumberedCase, b: NumberedCase): number => b.openedAt - a.openedAt || b.number - a.number;

const inOrder = (filter: Filter) => (isLedger(filter) ? byNewest : byUrgency);

/** A page of the service's answer: what is shown already stays the newer of both. */
export function load(
  list: WorkList,
  filter: Filter,
  items: readonly NumberedCase[],
  append: boolean,
): WorkList {
  const known = new Map([...list.rows, ...list.waiting].map((one) => [one.id, one]));
  const kept = append ? list.rows : [];
  const shown = new Set(kept.map((one) => one.id));
  const arrived = items
    .filter((one) => !shown.has(one.id))
    .map((one) => newer(known.get(one.id), one))
    .filter((one) => matches(filter, one));
  const came = new Set(arrived.map((one) => one.id));
  return {
    rows: [...kept, ...arrived].sort(inOrder(filter)),
    waiting: append ? list.waiting.filter((one) => !came.has(one.id)) : [],
    fresh: new Set(),
    risen: append ? list.risen : new Set(),
  };
}

/**
 * The same while nothing may move: rows change in place, a further page comes below them, and what is new waits. Of what
 * has left the list unheard the row stays until it is loaded again.
 */
export function loadInPlace(
  list: WorkList,
  filter: Filter,
  items: readonly NumberedCase[],
  append: boolean,
): WorkList {
  if (!append) return items.reduce((all, one) => take(all, filter, one), list);
  const shown = new Set(list.rows.map((one) => one.id));
  const known = items.filter((one) => shown.has(one.id));
  const further = items.filter((one) => !shown.has(one.id));
  const { rows, waiting } = load({ ...EMPTY, waiting: list.waiting }, filter, further, true);
  const changed = known.reduce((all, one) => take(all, filter, one), list);
  return { ...changed, rows: [...changed.rows, ...rows], waiting };
}

const newer = (a: NumberedCase | undefined, b: NumberedCase): NumberedCase =>
  a !== undefined && a.version > b.version ? a : b;

/** A case as the stream tells it: its row changes in place, or it waits, or it is none of this list's business. */
export function take(list: WorkList, filter: Filter, changed: NumberedCase): WorkList {
  const shown = list.rows.find((one) => one.id === changed.id);
  if (shown) {
    if (newer(shown, changed) === shown) return list;
    return {
      ...list,
      rows: list.rows.map((one) => (one === shown ? changed : one)),
      risen: hasRisen(shown, changed) ? new Set(list.risen).add(changed.id) : list.risen,
      fresh: hasMore(shown, changed) ? new Set(list.fresh).add(changed.id) : list.fresh,
    };
  }
  const waiting = list.waiting.find((one) => one.id === changed.id);
  if (waiting && newer(waiting, changed) === waiting) return list;
  const others = list.waiting.filter((one) => one !== waiting);
  if (!matches(filter, changed)) return waiting ? { ...list, waiting: others } : list;
  return { ...list, waiting: [...others, changed] };
}

/** It is none of the reader's any more: its row goes, whoever is about to touch it. */
export function drop(list: WorkList, id: string): WorkList {
  const others = (all: readonly NumberedCase[]) => all.filter((one) => one.id !== id);
  return { ...list, rows: others(list.rows), waiting: others(list.waiting) };
}

const hasRisen = (before: NumberedCase, after: NumberedCase): boolean =>
  PRIORITIES.indexOf(after.priority) < PRIORITIES.indexOf(before.priority) ||
  STATUS_RANK[after.status] < STATUS_RANK[before.status];

/** Whoever has it must see that something else has happened. */
const hasMore = (before: NumberedCase, after: NumberedCase): boolean =>
  (after.priority === 'P1' || after.priority === 'P2') && after.alerts.length > before.alerts.length;

/** What the person has to be told of because it does not stand where it belongs: new, graver, or nobody's again. */
export const newsOf = ({ rows, waiting, risen }: WorkList): readonly NumberedCase[] => [
  ...waiting,
  ...rows.filter((one) => risen.has(one.id) && one.status === 'open'),
];

/** Would settling change anything: is something waiting, out of place, or gone? */
export const isUnsettled = (list: WorkList, filter: Filter): boolean =>
  list.waiting.length > 0 ||
  list.risen.size > 0 ||
  list.rows.some((one) => !matches(filter, one)) ||
  list.rows.some((one, index) => index > 0 && inOrder(filter)(list.rows[index - 1] ?? one, one) > 0);

/** Lets the new ones in, drops what no longer matches, restores the order. */
export function settle(list: WorkList, filter: Filter): WorkList {
  const rows = [...list.rows.filter((one) => matches(filter, one)), ...list.waiting].sort(inOrder(filter));
  const fresh = new Set(newsOf(list).map((one) => one.id));
  return { rows, waiting: [], fresh, risen: new Set() };
}

/** The gravest of some cases. */
export const gravest = (cases: readonly NumberedCase[]): Priority | undefined =>
  cases.map((one) => one.priority).sort()[0];

/** What is still to be done. */
export const USUAL: readonly CaseStatus[] = ['open', 'acknowledged'];
const PRIORITY_NAMES = ['P1', 'P2', 'P3', 'P4'] as const satisfies readonly Priority[];

/** What the person wants to see, read from the address of the page: it can be kept, sent, and walked back to. */
export function filterFrom(query: URLSearchParams, me: Doer): Filter {
  const status = CASE_STATUSES.filter((one) => query.getAll('status').includes(one));
  const kind = query.get('kind');
  const area = query.get('area');
  return {
    status: status.length > 0 ? status : USUAL,
    priority: PRIORITY_NAMES.filter((one) => query.getAll('priority').includes(one)),
    ...(isKind(kind) ? { kind } : {}),
    ...(area ? { area } : {}),
    ...(query.get('mine') === '1' ? { owner: me } : {}),
  };
}

const isKind = (text: string | null): text is CaseKind => CASE_KINDS.some((kind) => kind === text);

/** The address of a filter; the usual one has none. */
export function filterQuery(filter: Filter): string {
  const query = new URLSearchParams();
  const usual = filter.status.length === USUAL.length && USUAL.every((one) => filter.status.includes(one));
  if (!usual) for (const one of filter.status) query.append('status', one);
  for (const one of filter.priority) query.append('priority', one);
  if (filter.kind) query.append('kind', filter.kind);
  if (filter.area) query.append('area', filter.area);
  if (filter.owner !== undefined) query.append('mine', '1');
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}
