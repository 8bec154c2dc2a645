import { setImmediate as pause } from 'node:timers/promises';
import { DAY } from '../../lib/clock.ts';
import { type About, type Alert, PRIORITIES, type Priority } from '../../model/alert.ts';
import { type Desk, LOAD_MARKS, type LoadAbout } from '../../model/alert-load.ts';
import { type CaseKind, definitionOf } from '../../model/case-kind.ts';
import { callsForHelp } from '../../model/finding-weight.ts';
import { LIMITS } from '../../model/limits.ts';
import type { AlertFilter, RecordStore } from '../../ports/records.ts';
import type { RegistryView } from '../../ports/service.ts';
import { casesOf } from '../ledger.ts';
import { type AnswerFigures, Answers, type OverdueFigures, overdueNow, StaffByName } from './answers.ts';
import { readAttendance } from './attendance.ts';
import { type AwayMarks, awayMarks } from './away-marks.ts';
import { type DeskFigures, Desks, type LoadOfDesk } from './desks.ts';
import { type NeedFigures, Needs } from './needs.ts';
import { type RuleLoad, Rules } from './rules.ts';
import { Sources } from './sources.ts';

export interface LoadAsked {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** What is asked for, as far as it may be seen. */
  readonly nodes: readonly string[];
  readonly desk: Desk;
  readonly about: LoadAbout;
  /** At most so many of what stands in lists. */
  readonly shown: number;
}

/** An alert that has stood for longer than a day, at this moment. */
export interface StandingAlert extends Pick<Alert, 'home' | 'path' | 'rule' | 'priority' | 'raisedAt'> {
  readonly kind: string;
  readonly said: Alert['title'];
  readonly case: string;
}

export interface AlertLoad {
  /** What of the period is over. */
  readonly until: number;
  /** There are more than are counted: the newest were, from here on. */
  readonly countedFrom?: number;
  /** Since when it is written down whether the service ran; absent: it never was. */
  readonly recordedFrom?: number;
  /** In which it ran. Of these alone there are figures for an hour. */
  readonly hours: number;
  readonly alerts: number;
  readonly byPriority: Readonly<Record<Priority, number>>;
  /** Of them, calls for help, which nobody has set up to be few. */
  readonly calls: number;
  readonly homes: number;
  /** Of a home in thirty days. */
  readonly perHomeMonth?: number;
  readonly desks: LoadOfDesk & { readonly desks: number; readonly above: number };
  readonly ofDesks: readonly DeskFigures[];
  readonly stale: {
    readonly raised: number;
    readonly now: number;
    readonly urgentNow: number;
    readonly oldest: readonly StandingAlert[];
  };
  readonly sources: Awaited<ReturnType<Sources['figures']>>;
  readonly rules: readonly RuleLoad[];
  readonly alone: RuleLoad['alone'];
  readonly needs: NeedFigures;
  readonly answers: readonly AnswerFigures[];
  readonly overdue: readonly OverdueFigures[];
  readonly away: AwayMarks;
}

/** Of those that are read one by one. */
const CASES_PER_TURN = 50;

type Records = Pick<RecordStore, 'alerts' | 'cases' | 'case' | 'meta'>;

const ABOUTS: Readonly<Record<LoadAbout, readonly About[]>> = {
  all: ['person', 'home', 'device', 'area'],
  people: ['person', 'home'],
  things: ['device', 'area'],
};

/** Does a case of this kind gather such alerts? */
const isOf = (about: LoadAbout, kind: CaseKind): boolean =>
  ABOUTS[about].some((one) => definitionOf(kind).abouts.includes(one));

/** The newest first, page by page: between two pages others have their turn. */
async function* alertsOf(records: Pick<RecordStore, 'alerts'>, filter: AlertFilter): AsyncGenerator<Alert> {
  let cursor: string | undefined;
  let left: number = LIMITS.alertLoadMax;
  do {
    const page = await records.alerts(filter, {
      limit: Math.min(left, LIMITS.pageLengthMax),
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.items;
    left -= page.items.length;
    cursor = page.next;
    if (cursor !== undefined) await pause();
  } while (cursor !== undefined && left > 0);
}

/** How much came to those who answer, whether they can keep up with it, and what was missed all the same. */
export async function alertLoad(
  service: { readonly records: Records; readonly registry: RegistryView },
  asked: LoadAsked,
): Promise<AlertLoad> {
  const { records, registry } = service;
  const { from, now, nodes } = asked;
  const until = Math.max(from, Math.min(asked.to, now));
  const attendance = await readAttendance(records, asked);
  const desks = await Desks.of({ registry, nodes }, asked.desk, attendance);
  const found = await ofAlerts(records, asked, desks);
  const { alerts, byPriority, rules, needs, sources, countedFrom } = found;
  const staff = new StaffByName(registry.staff());
  const answers = new Answers(staff, now);
  const since = countedFrom ?? from;
  const cases = casesOf(
    records,
    { paths: nodes, openedFrom: since, openedTo: asked.to },
    LIMITS.alertLoadMax,
  );
  for await (const one of cases) {
    rules.taken(one.id, one.takenAt ?? one.acknowledgedAt);
    if (!isOf(asked.about, one.kind)) continue;
    answers.count(one);
    await needs.count(one);
  }
  // Cases that were opened before, and go on.
  for (const [i, id] of rules.cases().entries()) {
    const one = await records.case(id);
    rules.taken(id, one && (one.takenAt ?? one.acknowledgedAt));
    if (i % CASES_PER_TURN === 0) await pause();
  }
  const counted = countedFrom === undefined ? attendance : attendance.from(countedFrom);
  const { total, desks: ofDesks } = await desks.figures(counted);
  const homeMonths = (desks.homes * (until - since)) / (30 * DAY);
  return {
    until,
    ...(countedFrom === undefined ? {} : { countedFrom }),
    ...(counted.recordedFrom === undefined ? {} : { recordedFrom: counted.recordedFrom }),
    hours: counted.hours,
    alerts,
    byPriority,
    calls: found.calls,
    homes: desks.homes,
    ...(homeMonths > 0 ? { perHomeMonth: alerts / homeMonths } : {}),
    desks: { ...total, above: desks.above },
    ofDesks,
    stale: { raised: found.stale, ...(await standing(records, asked)) },
    sources: await sources.figures(asked.shown),
    ...rules.figures(),
    needs: needs.figures(),
    answers: answers.figures(),
    overdue: await overdueNow(
      records,
      { paths: nodes, staff, now },
      (kind) => asked.about === 'all' || isOf(asked.about, kind),
    ),
    away: await awayMarks(registry, asked),
  };
}

async function ofAlerts(records: Records, { from, to, now, nodes, about }: LoadAsked, desks: Desks) {
  const byPriority = Object.fromEntries(PRIORITIES.map((one) => [one, 0])) as Record<Priority, number>;
  const [rules, needs, sources] = [new Rules(), new Needs(records), new Sources()];
  let [seen, alerts, calls, stale] = [0, 0, 0, 0];
  let oldest = to;
  for await (const one of alertsOf(records, { paths: nodes, raisedFrom: from, raisedTo: to })) {
    seen++;
    oldest = one.raisedAt;
    if (!ABOUTS[about].includes(one.about)) continue;
    alerts++;
    byPriority[one.priority]++;
    if (callsForHelp(one)) calls++;
    if (Math.min(one.clearedAt ?? now, now) - one.raisedAt > LOAD_MARKS.staleMs) stale++;
    for (const tally of [desks, rules, needs, sources]) tally.add(one);
  }
  const isCut = seen >= LIMITS.alertLoadMax;
  return {
    alerts,
    calls,
    stale,
    byPriority,
    rules,
    needs,
    sources,
    ...(isCut ? { countedFrom: oldest } : {}),
  };
}

/** Whatever was raised more than a day ago and is so still. */
async function standing(records: Records, { now, nodes, about, shown }: LoadAsked) {
  const filter = { paths: nodes, open: true, raisedTo: now - LOAD_MARKS.staleMs };
  let [count, urgentNow] = [0, 0];
  const oldest: StandingAlert[] = [];
  for await (const one of alertsOf(records, filter)) {
    if (!ABOUTS[about].includes(one.about)) continue;
    count++;
    const { home, path, rule, ruleKind, priority, raisedAt, title } = one;
    if (priority === 'P1' || priority === 'P2') urgentNow++;
    oldest.push({ home, path, rule, kind: ruleKind, priority, raisedAt, said: title, case: one.case });
    // They come with the newest first.
    if (oldest.length > shown) oldest.shift();
  }
  oldest.reverse();
  return { now: count, urgentNow, oldest };
}
