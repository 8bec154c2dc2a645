import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import type { EvidenceReading } from '../../model/alert.ts';
import { countOf, pointAt, shownAt } from '../../model/counter-block.ts';
import { defineRule, type RuleContext } from '../define.ts';
import { type Limit, SHORTEST_LIMIT_HOURS } from '../gap-limit.ts';
import { lastSign } from '../last-sign.ts';
import { GAP_CAP } from '../milder.ts';
import { ordinaryDays, softener, stillDay, watchedDays } from '../routine-examples.ts';
import {
  drawnAfter,
  dueWithin,
  type Gap,
  gapAt,
  keepLearned,
  limitOf,
  type Meter,
  metersOf,
  noteHeard,
  noteSensors,
  readUntil,
  seenAfter,
} from '../routine-home.ts';
import { NO_SIGN, routineText, tenths, usualText } from '../routine-words.ts';
import { learningOf, type Routine } from '../usual-gaps.ts';

const params = z.strictObject({
  daysPerFalseAlarm: z.number().min(7).max(365).default(60).meta({
    title: 'Days for one false alarm',
    unit: 'd',
    description: 'about so many days of ordinary life pass in a home until it alerts for nothing',
  }),
  historyDays: z.number().int().min(14).max(60).default(21).meta({
    title: 'History before it speaks',
    unit: 'd',
    description: 'until then it makes no claim, and the reference rule stands alone',
  }),
  capHours: z.number().min(12).max(48).default(24).meta({
    title: 'At the latest after',
    unit: 'h',
    description: 'however irregular the home: so long without a draw always alerts',
  }),
  drawLitres: z.number().min(1).max(20).default(1).meta({
    title: 'A draw',
    unit: 'L',
    description:
      'at least so much above what leaks between two readings is a sign of life; more where an appliance draws a little by itself, or the meter counts in larger steps. The routine is learned anew when it changes',
  }),
});
type Params = z.output<typeof params>;
type Context = RuleContext<Params, Routine>;

/**
 * Where whoever draws water is seen to move, the rule does not wait for the next reading of the meter: so long may it not
 * have been read. Hourly readings come a little late at times.
 */
const UNREAD_MAX_MS = 90 * MINUTE;

/**
 * Learns how long this home goes without water at each time of day, and alerts when the present gap would happen less
 * than once in the chosen number of days. Only on measured time: up to the newest reading of each water meter.
 */
export default defineRule<Params, Routine>({
  kind: 'personal-routine',
  title: { zh: '异于平常地未用水', en: 'No water for longer than usual here' },
  summary: {
    zh: '学习每户在一天各时段通常多久不用水；当前间隔明显超过平常时告警，再次用水即解除。装有门磁、人体感应器的住户，活动和开门也算动静。灵敏度以“多少天一次误报”设定。历史不足或表计读数太疏时不作判断，由“用水过少”规则兜底；无论作息多不规律，到上限时长必定告警。外出期间不告警也不学习。',
    en: 'Learns how long each home usually goes without water at each time of day; raises when the present gap is clearly longer, and ends with the next draw. How sensitive it is is set as days for one false alarm. In homes with door contacts and motion sensors, movement and the front door count as well. With little history or sparse readings it makes no claim, and "very low water use" stands alone; however irregular a home, it raises at the cap. While the home is away it neither raises nor learns.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  supply: 'water',
  params,
  needs: ['water_index_m3'],
  reads: () => ({ metrics: ['water_index_m3', 'motion_bool', 'door_open_bool'] }),
  hears: ({ metrics }) =>
    metrics.includes('water_index_m3') ||
    metrics.includes('motion_bool') ||
    metrics.includes('door_open_bool'),
  learning: learningOf,
  usual: usualText,
  onReport(context, report) {
    noteSensors(context, report);
    if (!context.device?.metrics.includes('water_index_m3')) return;
    const meters = metersOf(context);
    if (!meters) return;
    const { state } = context;
    // Late readings may have changed the days learned from.
    if (context.late && state) state.day = -1;
    if (context.late && context.open) reconsider(context, meters, context.open.at);
    const at = readUntil(context, meters);
    if (at === undefined) return;
    noteHeard(context, at);
    judge(context, meters, at);
  },
  onTimer(context) {
    // Due while the service was down: what was said meanwhile comes first, and the next reading decides.
    const meters = context.open || context.listeningSince > context.now ? undefined : metersOf(context);
    const read = meters && readUntil(context, meters);
    if (!meters || read === undefined || context.now - read > UNREAD_MAX_MS) return;
    const gap = gapAt(context, meters, context.now);
    const limit = gap?.seesDraws ? limitOf(context, meters, gap) : undefined;
    if (gap && limit && gap.hours >= limit.hours) raise(context, meters, gap, limit);
  },
  milder: [GAP_CAP],
  examples: [
    {
      name: 'a morning without water raises it, long before a day is over',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), { at: 384, every: 1, until: 410, values: { water_index_m3: 2.2 } }],
      until: 410,
      expect: [{ raised: 393, since: 393 }],
    },
    {
      name: 'three days without water are one alert, though the history lets go of the last draw',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), { at: 384, every: 1, until: 456, values: { water_index_m3: 2.2 } }].map(
        ({ at, until, ...input }) => ({
          ...input,
          at: at + 0.4,
          ...(until === undefined ? {} : { until: until + 0.4 }),
        }),
      ),
      until: 456,
      expect: [{ raised: 393.4, since: 393.4 }],
    },
    {
      name: 'the next draw ends it',
      params: { historyDays: 14 },
      inputs: [
        ...ordinaryDays(16),
        { at: 384, every: 1, until: 400, values: { water_index_m3: 2.2 } },
        { at: 400, every: 1, until: 402, values: { water_index_m3: 2.206 } },
      ],
      until: 402,
      expect: [{ raised: 393, cleared: 400, reason: 'recovered' }],
    },
    {
      name: 'a leak of two litres an hour does not blind it',
      params: { historyDays: 14 },
      inputs: [
        ...ordinaryDays(16, 0.002),
        { at: 384, every: 1, until: 400, values: { water_index_m3: 2.968 }, step: { water_index_m3: 0.002 } },
      ],
      until: 400,
      expect: [{ raised: 393 }],
    },
    {
      name: 'a day of readings that comes at once is judged by when it was measured',
      params: { historyDays: 14 },
      inputs: [
        ...ordinaryDays(16),
        { at: 384, every: 1, until: 408, receivedAt: 408.5, values: { water_index_m3: 2.2 } },
      ],
      until: 409,
      expect: [{ raised: 408.5, since: 393 }],
    },
    {
      name: 'a draw that becomes known late withdraws it',
      params: { historyDays: 14 },
      inputs: [
        ...ordinaryDays(16),
        { at: 384, every: 1, until: 394, values: { water_index_m3: 2.2 } },
        { at: 393, receivedAt: 393.5, values: { water_index_m3: 2.206 } },
      ],
      until: 394,
      expect: [{ raised: 393, cleared: 393.5, reason: 'late-data' }],
    },
    {
      name: 'two litres that an appliance draws each third hour blind it, as long as they pass for a draw',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), ...softener()],
      until: 410,
      expect: [],
    },
    {
      name: 'where a draw is at least three litres they do not',
      params: { historyDays: 14, drawLitres: 3 },
      inputs: [...ordinaryDays(16), ...softener()],
      until: 410,
      expect: [{ raised: 393, since: 393 }],
    },
    {
      name: 'must not fire: somebody moves in the home, though no water is drawn',
      params: { historyDays: 14 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' } },
      inputs: [
        ...ordinaryDays(16),
        { at: 384, every: 1, until: 410, values: { water_index_m3: 2.2 } },
        { device: 'hall', at: 384, every: 4, until: 410, values: { motion_bool: 1 } },
      ],
      until: 410,
      expect: [],
    },
    {
      name: 'nobody moves either, and the front door stays shut: eight hours by day are enough',
      params: { historyDays: 14 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' }, door: { model: 'door-contact' } },
      inputs: [...ordinaryDays(16), ...watchedDays(16), ...stillDay()],
      until: 410,
      expect: [{ raised: 403, since: 403 }],
    },
    {
      name: 'a front door that stands open says so again and again: no sign of life',
      params: { historyDays: 14 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' }, door: { model: 'door-contact' } },
      inputs: [
        ...ordinaryDays(16),
        ...watchedDays(16),
        ...stillDay().filter(({ device }) => device !== 'door'),
        { device: 'door', at: 391, every: 1, until: 411, values: { door_open_bool: 1 } },
      ],
      until: 410,
      expect: [{ raised: 403, since: 403 }],
    },
    {
      name: 'must not fire: the front door opened after the last movement, and the day is not over',
      params: { historyDays: 14 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' }, door: { model: 'door-contact' } },
      inputs: [
        ...ordinaryDays(16),
        ...watchedDays(16),
        ...stillDay(),
        { device: 'door', at: 394.7, values: { door_open_bool: 1 } },
        { device: 'door', at: 394.71, values: { door_open_bool: 0 } },
      ],
      until: 410,
      expect: [],
    },
    {
      name: 'a silent sensor may have missed somebody: the routine of the water alone holds',
      params: { historyDays: 14 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' }, door: { model: 'door-contact' } },
      inputs: [
        ...ordinaryDays(16),
        ...watchedDays(16),
        ...stillDay().filter(({ device, at }) => device !== 'hall' || at < 395),
      ],
      until: 410,
      expect: [{ raised: 405, since: 405 }],
    },
    {
      name: 'must not fire: ordinary days, each with a night of nine hours',
      params: { historyDays: 14 },
      inputs: ordinaryDays(18),
      until: 432,
      expect: [],
    },
    {
      name: 'must not fire: too little history, the reference rule stands alone',
      inputs: [...ordinaryDays(10), { at: 240, every: 1, until: 270, values: { water_index_m3: 1.75 } }],
      until: 270,
      expect: [],
    },
    {
      name: 'must not fire: a register that begins anew after two silent days says nothing of what was drawn in them',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), { at: 432, every: 1, until: 440, values: { water_index_m3: 0 } }],
      until: 440,
      expect: [],
    },
    {
      name: 'where a register began anew the gap is counted from there on',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), { at: 432, every: 1, until: 456, values: { water_index_m3: 0 } }],
      until: 456,
      expect: [{ raised: 443, since: 443 }],
    },
    {
      name: 'must not fire: a meter that is silent is not a home without use',
      params: { historyDays: 14 },
      inputs: ordinaryDays(16),
      until: 460,
      expect: [],
    },
  ],
});

/** The meters are read up to this instant. */
function judge(context: Context, meters: readonly Meter[], at: number): void {
  const gap = gapAt(context, meters, at);
  if (!gap) return;
  keepLearned(context, meters, at);
  const { state } = context;
  // A draw that the history has let go of is known by its hour alone, and is no new one.
  const isNew = state?.draw !== undefined && gap.lifeAt > state.draw && gap.lifeFrom >= state.draw;
  const seen = seenAfter(context, at) || drawnAfter(context, meters, at);
  if (isNew || seen) {
    delete state?.draw;
    context.clear('recovered');
  }
  if (context.open || seen) return;
  if (gap.hours <= SHORTEST_LIMIT_HOURS) return;
  const limit = limitOf(context, meters, gap);
  if (limit && gap.hours >= limit.hours) {
    raise(context, meters, gap, limit);
    return;
  }
  if (!gap.seesDraws) return;
  const due = dueWithin(context, meters, gap, at, at + UNREAD_MAX_MS);
  if (due !== undefined) context.wakeAt(Math.max(due, context.now + 1));
}

/** Late data came while the alert is open: was the gap as long as was said then? */
function reconsider(context: Context, meters: readonly Meter[], at: number): void {
  const gap = gapAt(context, meters, at);
  const limit = gap && limitOf(context, meters, gap);
  if (gap && (!limit || gap.hours > limit.hours)) return;
  if (context.state) delete context.state.draw;
  context.clear('late-data');
}

function raise(context: Context, meters: readonly Meter[], gap: Gap, limit: Limit): void {
  const since = firstBeyond(context, meters, gap);
  if (context.state) context.state.draw = Math.max(gap.lifeAt, gap.drawnTo);
  const { daysPerFalseAlarm, capHours } = context.params;
  context.raise({
    since,
    at: gap.at,
    from: gap.from,
    ...(gap.bySigns ? { title: NO_SIGN } : {}),
    evidence: {
      text: routineText(gap, limit, capHours, context.timeZone),
      readings: meters.flatMap((meter) => edgesOf(meter, gap)),
      coverage: 'measured',
      freshnessMs: context.now - gap.readTo,
      values: {
        gapHours: tenths(gap.hours),
        usualHours: tenths(limit.usual),
        limitHours: tenths(limit.hours),
        daysPerFalseAlarm,
        ...lastSign(context, gap.lifeAt),
      },
    },
  });
}

/** The first reading at which the gap was too long: the same whether readings came one by one or all at once. */
function firstBeyond(context: Context, meters: readonly Meter[], gap: Gap): number {
  if (gap.seesDraws)
    return dueWithin(context, meters, gap, gap.from + SHORTEST_LIMIT_HOURS * HOUR, gap.at) ?? gap.at;
  const { history } = meters[0] as Meter;
  for (let index = 0; index < countOf(history); index++) {
    const at = pointAt(history, index);
    if (at <= gap.from || at >= gap.at) continue;
    const limit = limitOf(context, meters, gap, at);
    if (limit && (at - gap.from) / HOUR > limit.hours) return at;
  }
  return gap.at;
}

/** The reading that showed the last draw, and the newest one. */
function edgesOf({ id, history, view }: Meter, gap: Gap): EvidenceReading[] {
  return [gap.drawnTo, gap.readTo].flatMap((at) => {
    const shown = shownAt(history, at);
    if (shown === undefined) return [];
    const value = shown / 1_000_000;
    return [{ device: id, metric: 'water_index_m3' as const, value, at, receivedAt: view.state.heardAt }];
  });
}
