import { DatabaseSync } from 'node:sqlite';
import { DAY, HOUR, MINUTE, SECOND } from '../src/lib/clock.ts';
import { seededRandom } from '../src/lib/random.ts';
import type { Alert, Priority } from '../src/model/alert.ts';
import type { Case, Outcome } from '../src/model/case.ts';
import {
  firstQuarterOf,
  looksOf,
  monthOf,
  quarterOf,
  WATCH_BEGAN,
  writeLooks,
} from '../src/model/watch-record.ts';
import { alertRow, caseRow } from '../src/store/records/rows.ts';

/** What a rule raises in this month: how often beside the others, and what it turns out to be. */
interface Sort {
  readonly rule: string;
  readonly kind: string;
  readonly share: number;
  readonly priority: Priority;
  readonly about: Alert['about'];
  readonly lateMs: number;
  readonly values: Alert['evidence']['values'];
  readonly outcomes: readonly Outcome[];
}
const SORTS: readonly Sort[] = [
  sort('B1', 'event', 0.06, 'P1', 'person', 0, { event: 'sos' }, [
    'pressed-by-mistake',
    'pressed-by-mistake',
    'true-emergency',
  ]),
  sort('W3', 'no-draw', 0.2, 'P2', 'person', 8 * HOUR, { gapHours: 16 }, [
    'away',
    'asleep',
    'away',
    'true-need',
  ]),
  sort('W5', 'continuous-flow', 0.14, 'P3', 'home', HOUR, {}, ['leak', 'recovered']),
  sort('M1', 'silence', 0.45, 'P4', 'device', 0, {}, ['recovered', 'device']),
  sort('M2-battery', 'low-battery', 0.15, 'P4', 'device', 0, {}, ['repaired']),
];

function sort(
  rule: string,
  kind: string,
  share: number,
  priority: Priority,
  about: Alert['about'],
  lateMs: number,
  values: Sort['values'],
  outcomes: Sort['outcomes'],
): Sort {
  return { rule, kind, share, priority, about, lateMs, values, outcomes };
}

export interface MonthOptions {
  readonly homes: readonly { readonly id: string; readonly path: string }[];
  readonly from: number;
  readonly days: number;
  readonly alerts: number;
  /** Names of those who take cases. */
  readonly staff: readonly string[];
  readonly seed?: number;
}

/**
 * A month of alerts and cases, written into the records beside a service that runs: a quiet month, one afternoon on which a gateway
 * fails and twenty meters are silent within minutes, a meter that comes and goes all day, and two people who were found in need.
 */
export function layMonth(file: string, options: MonthOptions): void {
  const { homes, from, days } = options;
  const db = new DatabaseSync(file);
  const random = seededRandom(options.seed ?? 7);
  const write = writer(db);
  db.exec('BEGIN');
  const at = (): number => from + Math.floor(random.next() * days * DAY);
  const anyHome = () => homes[Math.floor(random.next() * homes.length)] as (typeof homes)[number];
  for (let n = 0; n < options.alerts; n++)
    write(options, random.next(), sortOf(random.next()), anyHome(), at());
  const flood = from + 12 * DAY + 14 * HOUR;
  for (let n = 0; n < 20; n++)
    write(
      options,
      0.9,
      SORTS[3] as Sort,
      homes[n % homes.length] as (typeof homes)[number],
      flood + n * 20 * SECOND,
    );
  for (let n = 0; n < 5; n++)
    write(options, 0.9, SORTS[3] as Sort, homes[0] as (typeof homes)[number], from + 20 * DAY + n * 2 * HOUR);
  const found = sort(
    'asked-by-people',
    'service',
    0,
    'P1',
    'person',
    0,
    { event: 'help-asked', found: 'yes' },
    ['true-emergency'],
  );
  for (let n = 0; n < 2; n++)
    write(
      options,
      0.1,
      found,
      homes[homes.length - 1 - n] as (typeof homes)[number],
      from + (9 + 9 * n) * DAY + 10 * HOUR,
    );
  layLooks(db, options);
  db.exec('COMMIT');
  db.close();
}

function sortOf(chance: number): Sort {
  let left = chance;
  for (const one of SORTS) {
    left -= one.share;
    if (left < 0) return one;
  }
  return SORTS[0] as Sort;
}

function writer(db: DatabaseSync) {
  const insert = (table: string, row: Record<string, unknown>): void => {
    const names = Object.keys(row);
    const of = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    statements[table] ??= db.prepare(of);
    statements[table].run(...(Object.values(row) as never[]));
  };
  const statements: Record<string, ReturnType<DatabaseSync['prepare']>> = {};
  let n = 0;
  return (
    { staff }: MonthOptions,
    chance: number,
    of: Sort,
    home: { id: string; path: string },
    raisedAt: number,
  ) => {
    n++;
    const id = `${home.id}.m${n}`;
    const clearedAt =
      of.kind === 'low-battery' && chance < 0.2 ? undefined : raisedAt + (1 + 40 * chance) * 12 * MINUTE;
    insert('alerts', alertRow(alertOf(of, home, { id, raisedAt, clearedAt })) as Record<string, unknown>);
    insert(
      'cases',
      caseRow(caseOf(of, home, { id, raisedAt, chance, staff: staff[n % staff.length] ?? '' })) as Record<
        string,
        unknown
      >,
    );
  };
}

function alertOf(
  of: Sort,
  home: { id: string; path: string },
  { id, raisedAt, clearedAt }: { id: string; raisedAt: number; clearedAt: number | undefined },
): Alert {
  const since = raisedAt - of.lateMs;
  return {
    ...{ id, subject: home.id, home: home.id, path: home.path, rule: of.rule, ruleKind: of.kind },
    ...{ ruleSetVersion: 'month', about: of.about, priority: of.priority, since, raisedAt, case: id },
    ...{ title: { zh: of.rule, en: of.rule }, count: 1, version: 1, history: [] },
    ...(clearedAt === undefined ? {} : { clearedAt, clearReason: 'recovered' as const }),
    evidence: {
      text: {
        zh: '某月的一条告警，长度同平常的一样，用来看统计的样子',
        en: 'an alert of a month, as long as they usually are',
      },
      readings: [{ device: `wm-${home.id}`, metric: 'water_index_m3', value: 12.345, at: since - HOUR }],
      values: of.values,
    },
  };
}

function caseOf(
  of: Sort,
  home: { id: string; path: string },
  { id, raisedAt, chance, staff }: { id: string; raisedAt: number; chance: number; staff: string },
): Case {
  const kind = of.about === 'device' ? 'technical' : 'safety';
  const acknowledge = raisedAt + (of.priority === 'P1' ? MINUTE : 5 * MINUTE);
  const takenAt = raisedAt + Math.floor(chance * 8 * MINUTE);
  const isTaken = chance < 0.95;
  const resolvedAt = takenAt + HOUR;
  const due = { acknowledge };
  return {
    ...{
      id,
      kind,
      status: isTaken ? 'struck-off' : 'open',
      priority: of.priority,
      subject: home.id,
      home: home.id,
    },
    ...{ path: home.path, title: { zh: of.rule, en: of.rule }, openedAt: raisedAt, dueAt: acknowledge },
    ...{ due, promised: due, alerts: [id], version: 1, entries: 0 },
    ...(isTaken
      ? {
          ...{ acknowledgedAt: takenAt, acknowledgedBy: staff, takenAt, resolvedAt, resolvedBy: staff },
          ...(kind === 'safety' ? { onSiteAt: takenAt + 30 * MINUTE } : {}),
          outcome: of.outcomes[Math.floor(chance * 40) % of.outcomes.length] as Outcome,
        }
      : {}),
  } as Case;
}

/** The service ran all the time but for five hours. */
function layLooks(db: DatabaseSync, { from, days }: MonthOptions): void {
  const meta = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const end = quarterOf(from + days * DAY);
  meta.run(WATCH_BEGAN, String(quarterOf(from)));
  for (let first = quarterOf(from); first < end; ) {
    const month = monthOf(first);
    const start = firstQuarterOf(month);
    const next = Math.min(end, firstQuarterOf(monthOf(start + 31 * 96 + 1)));
    meta.run(
      looksOf(month),
      writeLooks([
        [first - start, 500],
        [520, next - start],
      ]),
    );
    first = next;
  }
}
