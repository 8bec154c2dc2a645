import { z } from 'zod';
import { DAY, HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { ClearReason } from '../../model/alert.ts';
import { isAbsence } from '../../model/away-kinds.ts';
import type { Text } from '../../model/text.ts';
import { unansweredIn } from '../../model/visit.ts';
import { MAJOR_CHANGE_TITLES, VISIT_CLASS_TITLES } from '../../model/visit-words.ts';
import { defineRule, type RuleContext } from '../define.ts';
import { type DueSince, daysOf, type VisitDue, visitDue } from '../visit-due.ts';
import { VISIT_EXAMPLES } from '../visit-examples.ts';

const days = (preset: number, title: string) =>
  z.number().min(1).max(366).default(preset).meta({ title, unit: 'd' });
const params = z
  .strictObject({
    highDays: days(7, 'High risk: a visit at least every so many days'),
    keyDays: days(30, 'Key homes: a visit at least every so many days'),
    otherDays: days(90, 'All other homes: a visit at least every so many days'),
    majorChangeHours: z.number().min(1).max(720).default(24).meta({
      title: 'After a major change: a visit within',
      unit: 'h',
      description: 'discharge from hospital, bereavement, a new illness',
    }),
    againDays: days(3, 'A case that was resolved without a visit is told again after so many days'),
  })
  .refine(({ highDays, keyDays }) => highDays <= keyDays, {
    message: 'is more than keyDays: homes at high risk are visited at least as often',
    path: ['highDays'],
  })
  .refine(({ keyDays, otherDays }) => keyDays <= otherDays, {
    message: 'is more than otherDays: key homes are visited at least as often',
    path: ['keyDays'],
  });
type Params = z.output<typeof params>;
/**
 * What its open alert tells of: from when the days were counted, where they had passed (else 0), and when the changes were.
 * `again`: people resolved it without a visit; it waits so long.
 */
interface State {
  readonly from: number;
  readonly known?: readonly number[];
  readonly again?: number;
}

/** What a gate kept back is looked at again after this long. */
const RECHECK_MS = HOUR;
/** When the engine asks again about what people resolved. */
const LATCH_MS = 12 * HOUR;

/** How often homes of each class are visited is a matter of the authorities; the figures follow a regional opinion of 2022. */
export default defineRule<Params, State>({
  kind: 'visit-overdue',
  title: { zh: '走访超期', en: 'Visit overdue' },
  summary: {
    zh: '按走访类别（高风险、重点、一般），超过规定天数没有见到本人或与其交谈即提醒；发生出院、丧亲等重大变化后，规定小时内没有走访也提醒：多次变化从最早一次算起，提醒期间又有变化则告知处置人。登记走访后解除，未见到本人不算走访；补登的走访按实际时间计算。处置事项时见到本人，同样算走访。事项处置了但没有走访，过几天再提醒。住户设了类别，或有人登记过走访、重大变化之后才启用：从不登记走访的社区不会收到提醒。外出、住院期间停计，搬走、去世的住户不提醒。',
    en: 'Raises when nobody has seen or spoken to the person for longer than the class of the home allows (high risk, key, other), or so many hours after a major change such as a discharge from hospital: of several the oldest counts, and one that comes while it is open is told to whoever has the case. Ends with a visit; one in which the person was not met does not count, one that is recorded late counts from when it was. To see the person while handling a case is a visit too; a case that is resolved without one comes again after some days. Only where the home has a class, or a visit or a change was ever recorded: a community that logs no visits hears nothing. Absences and stays in hospital stop the clock; who moved out or died is not visited.',
  },
  about: 'home',
  priority: 'P4',
  scope: 'home',
  inactivity: true,
  params,
  reads: () => ({}),
  homeDeadline: (home, intervals) => visitDue(home, intervals)?.at,
  lacks: ({ home }, intervals) => (visitDue(home, intervals) ? undefined : 'no-visits'),
  onTimer: look,
  looksAnew: true,
  onHome: look,
  milder: 'duty',
  examples: VISIT_EXAMPLES,
});

function look(context: RuleContext<Params, State>): void {
  const { now, away, home, params: intervals } = context;
  const due = visitDue(home, intervals);
  if (due && away) {
    // It goes on from where it stood: what is overdue already is so again when they are back. Who was away by then was not.
    end(context, due.at > now ? 'late-data' : 'recovered');
    context.wakeAt(Math.max(away.until, due.at));
    return;
  }
  if (!due || now < due.at) {
    end(context, whyEnded(context));
    return;
  }
  const news = newsIn(due, context.state);
  const waits = patience(context, news);
  if (waits !== undefined) {
    context.state = { ...(context.state as State), again: waits };
    context.wakeAt(Math.min(waits, ...news.map(({ at }) => at)));
    return;
  }
  tell(context, due, news);
  context.state = context.open ? knowing(due, now) : undefined;
  const leaves = home.away.find((period) => period.from > now && isAbsence(period))?.from ?? 0;
  // What is overdue by the class as well is added when it is.
  const next = Math.min(...[leaves, due.usual?.at ?? 0].filter((at) => at > now));
  if (context.open) context.wakeAt(Number.isFinite(next) ? next : 0);
  else context.wakeAt(context.waits ? 0 : now + RECHECK_MS);
}

type Part = DueSince | VisitDue['changes'][number];

/** Raises what is overdue, or brings the open alert up to date: whoever has the case is told of a change that it did not name. */
function tell(context: RuleContext<Params, State>, due: VisitDue, news: readonly Part[]): void {
  const { now, open } = context;
  const evidence = { text: textOf(context, due), readings: [], values: valuesOf(context, due) };
  const finding = { since: due.at, at: now, evidence };
  const change = due.changes.findLast((one) => news.includes(one));
  if (open) context.amend(finding, change && newsText(context, change));
  else {
    // What people resolved was something else.
    if (context.waits && news.some(({ at }) => at <= now)) context.clear('recovered');
    context.raise(finding);
  }
}

/** All that is to be done, or is overdue, but for what the last alert told of. */
function newsIn({ usual, changes }: VisitDue, state: State | undefined): readonly Part[] {
  const { from, known = [] } = state ?? {};
  const parts: readonly Part[] = usual ? [usual, ...changes] : changes;
  return parts.filter((part) => part.from !== from && !known.includes(part.from));
}

function knowing({ usual, changes }: VisitDue, now: number): State {
  const known = changes.map(({ from }) => from);
  const from = usual && usual.at <= now ? usual.from : 0;
  return { from, ...(known.length > 0 ? { known } : {}) };
}

/** Until when whoever resolved it is not told again; undefined: nobody did, or it is time, or something else is overdue. */
function patience(context: RuleContext<Params, State>, news: readonly Part[]): number | undefined {
  const { now, open, state, params: intervals } = context;
  if (open || !state || news.some(({ at }) => at <= now)) return undefined;
  const again = state.again ?? now + intervals.againDays * DAY - (context.waits ? 0 : LATCH_MS);
  return now < again ? again : undefined;
}

function end(context: RuleContext<Params, State>, reason: ClearReason): void {
  context.clear(reason);
  context.state = undefined;
  context.wakeAt(0);
}

/**
 * A visit ended it; one of before it was overdue, told late, shows that it never was, and so does an absence that was told
 * late, or a change that was taken back. Without any of these another class did.
 */
function whyEnded({ now, open, home, state, params: intervals }: RuleContext<Params, State>): ClearReason {
  if (open === undefined || !state) return 'rule-changed';
  const { met = 0 } = home.visits ?? {};
  const { from, known = [] } = state;
  if ((from > 0 && met > from) || known.some((at) => met >= at))
    return met < open.since ? 'late-data' : 'recovered';
  const left = unansweredIn(home.visits ?? {}).map(({ at }) => at);
  if (known.some((at) => !left.includes(at))) return 'late-data';
  const all = visitDue({ visits: home.visits, away: [] }, intervals);
  return all && all.at <= now ? 'late-data' : 'rule-changed';
}

function textOf(context: RuleContext<Params, State>, due: VisitDue): Text {
  const { usual, changes } = due;
  const parts: Text[] = [];
  if (usual && usual.at <= context.now) parts.push(usualText(context, due, usual));
  if (changes.length > 0) parts.push(changesText(context, changes));
  return { zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('. ') };
}

function usualText(
  { home, timeZone, params: intervals }: RuleContext<Params, State>,
  { class: given }: VisitDue,
  usual: DueSince,
): Text {
  const from = shortLocal(usual.from, timeZone);
  const n = daysOf(given, intervals);
  const { zh, en } = VISIT_CLASS_TITLES[given];
  const last =
    home.visits?.met === usual.from
      ? { zh: `上次见到或交谈是 ${from}`, en: `the last was at ${from}` }
      : { zh: `${from} 以来没有走访记录`, en: `none is recorded since ${from}` };
  return {
    zh: `${zh}住户应每 ${n} 天走访一次，${last.zh}`,
    en: `Homes of the class “${en}” are visited every ${n} d; ${last.en}`,
  };
}

function changesText(
  { timeZone, params: { majorChangeHours: hours } }: RuleContext<Params, State>,
  changes: VisitDue['changes'],
): Text {
  const said = changes.map(({ from, what }) => ({
    at: shortLocal(from, timeZone),
    ...MAJOR_CHANGE_TITLES[what],
  }));
  const [first] = said;
  const zh =
    first && said.length === 1
      ? `${first.at} 登记的重大变化：${first.zh}`
      : `登记的重大变化：${said.map((one) => `${one.at} ${one.zh}`).join('、')}`;
  return {
    zh: `${zh}，应在 ${hours} 小时内走访，尚无走访记录`,
    en: `A visit is wanted within ${hours} h of ${said.map((one) => `${one.en} at ${one.at}`).join(' and of ')}, and none is recorded`,
  };
}

/** What whoever has the case is told. */
function newsText(
  { timeZone, params: { majorChangeHours: hours } }: RuleContext<Params, State>,
  { from, what }: VisitDue['changes'][number],
): Text {
  const { zh, en } = MAJOR_CHANGE_TITLES[what];
  const at = shortLocal(from, timeZone);
  return {
    zh: `新登记重大变化：${zh}（${at}），应在 ${hours} 小时内走访`,
    en: `A major change was recorded: ${en} (${at}). A visit is wanted within ${hours} h of it`,
  };
}

function valuesOf({ now, params: intervals }: RuleContext<Params, State>, due: VisitDue) {
  const { usual, changes } = due;
  const [first] = changes;
  const overdue = usual && usual.at <= now;
  return {
    class: due.class,
    from: (overdue ? usual : first)?.from ?? 0,
    ...(overdue ? { days: daysOf(due.class, intervals) } : {}),
    ...(first
      ? {
          change: first.what,
          changedAt: first.from,
          changes: changes.length,
          hours: intervals.majorChangeHours,
        }
      : {}),
  };
}
