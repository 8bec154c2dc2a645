import { z } from 'zod';
import { DAY, HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { ClearReason } from '../../model/alert.ts';
import type { Text } from '../../model/text.ts';
import { MAJOR_CHANGE_TITLES, VISIT_CLASS_TITLES } from '../../model/visit.ts';
import { defineRule, type RuleContext } from '../define.ts';
import { daysOf, type VisitDue, visitDue } from '../visit-due.ts';
import { VISIT_EXAMPLES } from '../visit-examples.ts';

const days = (preset: number, title: string) =>
  z.number().min(1).max(366).default(preset).meta({ title, unit: 'd' });
const params = z.strictObject({
  highDays: days(7, 'High risk: a visit at least every so many days'),
  keyDays: days(30, 'Key homes: a visit at least every so many days'),
  otherDays: days(90, 'All other homes: a visit at least every so many days'),
  majorChangeHours: z.number().min(1).max(720).default(24).meta({
    title: 'After a major change: a visit within',
    unit: 'h',
    description: 'discharge from hospital, bereavement, a new illness',
  }),
  againDays: days(3, 'A case that was resolved without a visit is told again after so many days'),
});
type Params = z.output<typeof params>;
/** What the days were counted from when it was raised. `again`: people resolved it without a visit; it waits so long. */
interface State {
  readonly from: number;
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
    zh: '按走访类别（高风险、重点、一般），超过规定天数没有见到本人或与其交谈即提醒；发生出院、丧亲等重大变化后，规定小时内没有走访也提醒。登记走访后解除，未见到本人不算走访；补登的走访按实际时间计算。处置事项时见到本人，同样算走访。事项处置了但没有走访，过几天再提醒。住户设了类别，或有人登记过走访、重大变化之后才启用：从不登记走访的社区不会收到提醒。外出、住院期间停计，搬走、去世的住户不提醒。',
    en: 'Raises when nobody has seen or spoken to the person for longer than the class of the home allows (high risk, key, other), or so many hours after a major change such as a discharge from hospital. Ends with a visit; one in which the person was not met does not count, one that is recorded late counts from when it was. To see the person while handling a case is a visit too; a case that is resolved without one comes again after some days. Only where the home has a class, or a visit or a change was ever recorded: a community that logs no visits hears nothing. Absences and stays in hospital stop the clock; who moved out or died is not visited.',
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
  onHome: look,
  milder: 'duty',
  examples: VISIT_EXAMPLES,
});

function look(context: RuleContext<Params, State>): void {
  const { now, away, home, params: intervals } = context;
  const due = visitDue(home, intervals);
  if (due && away) {
    // It goes on from where it stood: what is overdue already is so again when they are back.
    end(context, 'recovered');
    context.wakeAt(Math.max(away.until, due.at));
    return;
  }
  if (!due || now < due.at) {
    end(context, whyEnded(context));
    return;
  }
  const waits = patience(context, due);
  if (waits !== undefined) {
    context.state = { from: due.from, again: waits };
    context.wakeAt(waits);
    return;
  }
  context.raise({
    since: due.at,
    at: now,
    evidence: { text: textOf(context, due), readings: [], values: valuesOf(context, due) },
  });
  context.state = context.open ? { from: due.from } : undefined;
  const leaves = home.away.find(({ from }) => from > now)?.from ?? 0;
  context.wakeAt(context.open ? leaves : context.waits ? 0 : now + RECHECK_MS);
}

/** Until when whoever resolved it is not told again; undefined: nobody did, or it is time. */
function patience(context: RuleContext<Params, State>, due: VisitDue): number | undefined {
  const { now, open, state, params: intervals } = context;
  if (open || state?.from !== due.from) return undefined;
  const again = state.again ?? now + intervals.againDays * DAY - (context.waits ? 0 : LATCH_MS);
  return now < again ? again : undefined;
}

function end(context: RuleContext<Params, State>, reason: ClearReason): void {
  context.clear(reason);
  context.state = undefined;
  context.wakeAt(0);
}

/** A visit ended it; one of before it was overdue, told late, shows that it never was. Without any, another class did. */
function whyEnded({ open, home: { visits }, state }: RuleContext<Params, State>): ClearReason {
  const met = visits?.met ?? 0;
  if (open === undefined || met <= (state?.from ?? 0)) return 'rule-changed';
  return met < open.since ? 'late-data' : 'recovered';
}

function textOf({ home, timeZone, params: intervals }: RuleContext<Params, State>, due: VisitDue): Text {
  const from = shortLocal(due.from, timeZone);
  if (due.change) {
    const { majorChangeHours: hours } = intervals;
    const { zh, en } = MAJOR_CHANGE_TITLES[due.change];
    return {
      zh: `${from} 登记的重大变化：${zh}，应在 ${hours} 小时内走访，尚无走访记录`,
      en: `A visit is wanted within ${hours} h of ${en} at ${from}, and none is recorded`,
    };
  }
  const n = daysOf(due.class, intervals);
  const { zh, en } = VISIT_CLASS_TITLES[due.class];
  const last =
    home.visits?.met === due.from
      ? { zh: `上次见到或交谈是 ${from}`, en: `the last was at ${from}` }
      : { zh: `${from} 以来没有走访记录`, en: `none is recorded since ${from}` };
  return {
    zh: `${zh}住户应每 ${n} 天走访一次，${last.zh}`,
    en: `Homes of the class “${en}” are visited every ${n} d; ${last.en}`,
  };
}

const valuesOf = ({ params: intervals }: RuleContext<Params, State>, due: VisitDue) => ({
  class: due.class,
  from: due.from,
  ...(due.change
    ? { change: due.change, hours: intervals.majorChangeHours }
    : { days: daysOf(due.class, intervals) }),
});
