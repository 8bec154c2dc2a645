import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import type { EvidenceReading } from '../../model/alert.ts';
import { type CounterHistory, countOf, newestAt, pointAt, shownAt } from '../../model/counter-block.ts';
import { baseFlowBefore, baseFlowPerHour } from '../../model/counter-history.ts';
import { DRAW_MILLILITRES, lastDrawAt, type WaterBook } from '../../model/water-book.ts';
import { type DeviceView, defineRule, type RuleContext } from '../define.ts';
import { gapLimit, type Limit, SHORTEST_LIMIT_HOURS } from '../gap-limit.ts';
import { signsOfLife } from '../signs-of-life.ts';
import { learnedSince, learnGaps, type Routine, shareDrawn, type UsualGaps } from '../usual-gaps.ts';

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
});
type Params = z.output<typeof params>;

/** How a home's last draw stands to what is usual. Hours, but for the instants. */
interface Gap {
  readonly at: number;
  /** The last draw lies between these readings. */
  readonly drawnFrom: number;
  readonly drawnTo: number;
  /** The last draw, or the last movement in the home if that is later. */
  readonly lifeAt: number;
  /** From when it counts: the last sign of life, or the return of people who were away. */
  readonly from: number;
  /** After the last sign of life the front door opened: nobody is at home, most likely. */
  readonly left: boolean;
  readonly hours: number;
}

/** A meter that has said something. */
interface Meter {
  readonly id: string;
  readonly history: CounterHistory;
  readonly book: WaterBook;
  readonly view: DeviceView;
}

/** It learns from so many days, from the same weeks for some days on end. */
const LEARN_DAYS = 35;
const RELEARN_DAYS = 3;
/** Over so many hours up to the last draw it is told whether people are at home more than usual. */
const PRESENT_SPAN_HOURS = 24;
/** A leak that began some days ago is taken for draws unless it is left out; a drip below this cannot be one. */
const FRESH_LEAK_PER_HOUR = DRAW_MILLILITRES;

/**
 * Learns how long this home goes without water at each time of day, and alerts when the present gap would happen less
 * than once in the chosen number of days. Only on measured time: up to the newest reading of each water meter.
 */
export default defineRule<Params, Routine>({
  kind: 'personal-routine',
  title: { zh: '异于平常地未用水', en: 'No water for longer than usual here' },
  summary: {
    zh: '学习每户在一天各时段通常多久不用水；当前间隔明显超过平常时告警，再次用水即解除。灵敏度以“多少天一次误报”设定。历史不足或表计读数太疏时不作判断，由“用水过少”规则兜底；无论作息多不规律，到上限时长必定告警。外出期间不告警也不学习。',
    en: 'Learns how long each home usually goes without water at each time of day; raises when the present gap is clearly longer, and ends with the next draw. How sensitive it is is set as days for one false alarm. With little history or sparse readings it makes no claim, and "very low water use" stands alone; however irregular a home, it raises at the cap. While the home is away it neither raises nor learns.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  supply: 'water',
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  isLearning: (state) => state?.usual === undefined,
  onReport(context) {
    const meters = metersOf(context);
    if (!meters) return;
    const { state } = context;
    // Late readings may have changed the days learned from.
    if (context.late && state) state.day = -1;
    if (context.late && context.open) reconsider(context, meters, context.open.at);
    const at = readUntil(context, meters);
    if (at === undefined) return;
    const gap = gapAt(context, meters, at);
    if (!gap) return;
    if (state?.draw !== undefined && gap.lifeAt > state.draw) {
      delete state.draw;
      context.clear('recovered');
    }
    if (context.open || gap.hours <= SHORTEST_LIMIT_HOURS) return;
    const limit = limitOf(context, meters, gap);
    if (limit && gap.hours > limit.hours) raise(context, meters, gap, limit);
  },
  examples: [
    {
      name: 'a morning without water raises it, long before a day is over',
      params: { historyDays: 14 },
      inputs: [...ordinaryDays(16), { at: 384, every: 1, until: 410, values: { water_index_m3: 2.2 } }],
      until: 410,
      expect: [{ raised: 393, since: 393 }],
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
      name: 'must not fire: a meter that is silent is not a home without use',
      params: { historyDays: 14 },
      inputs: ordinaryDays(16),
      until: 460,
      expect: [],
    },
  ],
});

/** Each day the same: read each hour, five litres drawn in each from 8 to 22, none in the night; `leak` m³ an hour. */
function ordinaryDays(days: number, leak = 0) {
  return Array.from({ length: days }, (_, day) => {
    const start = day * 24;
    const index = (hour: number, drawn: number) => ({
      water_index_m3: 1 + 0.075 * day + drawn + leak * (start + hour),
    });
    const still = { water_index_m3: leak };
    return [
      { at: start, every: 1, until: start + 8, values: index(0, 0), step: still },
      {
        at: start + 8,
        every: 1,
        until: start + 23,
        values: index(8, 0.005),
        step: { water_index_m3: 0.005 + leak },
      },
      { at: start + 23, values: index(23, 0.075) },
    ];
  }).flat();
}

/** All water meters of the home; undefined if one of them has not spoken yet, or counts in steps larger than a draw. */
function metersOf(context: RuleContext<Params, Routine>): Meter[] | undefined {
  const meters: Meter[] = [];
  for (const view of context.waterMeters) {
    const { water, waterBook } = view.state;
    if (!water || !waterBook || (view.counter?.resolution ?? 0) * 1_000_000 > DRAW_MILLILITRES)
      return undefined;
    meters.push({ id: view.state.id, history: water, book: waterBook, view });
  }
  return meters.length > 0 ? meters : undefined;
}

/** Up to when all meters have been read; undefined where that is so long ago that it says nothing about now. */
function readUntil({ now }: RuleContext<Params, Routine>, meters: readonly Meter[]): number | undefined {
  let at = Number.POSITIVE_INFINITY;
  for (const { history, view } of meters) {
    const newest = newestAt(history);
    if (now - newest > staleAfter(view)) return undefined;
    at = Math.min(at, newest);
  }
  return at;
}

/** Data older than this says nothing about now. */
const staleAfter = ({ intervalMs }: DeviceView): number => 2 * intervalMs + 30 * MINUTE;

/** How long nobody had drawn water by this instant; undefined if no draw is known at all. */
function gapAt(context: RuleContext<Params, Routine>, meters: readonly Meter[], at: number): Gap | undefined {
  let drawnFrom = 0;
  let drawnTo = 0;
  for (const { history, book } of meters) {
    const draw = lastDrawAt(book, history, at, leakOf(history, at));
    if (!draw || draw.to <= drawnTo) continue;
    drawnFrom = draw.from;
    drawnTo = draw.to;
  }
  if (drawnTo === 0) return undefined;
  // Whoever moves is not in need, however long no water is drawn; what sensors said after this instant is of later.
  const { moved, left } = signsOfLife(context.devices);
  const lifeAt = Math.max(drawnTo, moved <= at ? moved : 0);
  const from = Math.max(lifeAt, context.presentSince);
  return {
    at,
    drawnFrom,
    drawnTo,
    lifeAt,
    from,
    left: left > drawnTo && left <= at,
    hours: (at - from) / HOUR,
  };
}

/** What leaks, in millilitres an hour: what ran for two weeks, and what began lately if it would pass for draws. */
function leakOf(history: CounterHistory, at: number): number {
  const settled = baseFlowBefore(history, Math.floor((at - 1) / DAY));
  const lately = baseFlowPerHour(history);
  return lately >= FRESH_LEAK_PER_HOUR ? Math.max(settled, lately) : settled;
}

/** The longest gap that passes for usual, or undefined while too little is known. */
function limitOf(
  context: RuleContext<Params, Routine>,
  meters: readonly Meter[],
  gap: Gap,
  at = gap.at,
): Limit | undefined {
  const { params: set, timeZone } = context;
  const usual = usualGaps(context, meters, at);
  if (!usual) return undefined;
  if (gap.left) return { hours: set.capHours, usual: set.capHours };
  return gapLimit(usual, {
    at,
    from: gap.from,
    timeZone,
    capHours: set.capHours,
    daysPerFalseAlarm: set.daysPerFalseAlarm,
    livelier: livelierThan(usual, meters, gap),
  });
}

/** How much livelier than usual the home was up to its last draw: 1 at twice the use or more, -1 without any. */
function livelierThan({ lively }: UsualGaps, meters: readonly Meter[], { drawnTo }: Gap): number {
  if (lively === 0) return 0;
  const until = Math.ceil(drawnTo / HOUR);
  const books = meters.map(({ book }) => book);
  return Math.min(1, shareDrawn(books, until - PRESENT_SPAN_HOURS, until) / lively - 1);
}

/**
 * What was usual up to some days ago: a day that is fixed beforehand, so that it makes no difference when anybody asks.
 * Homes learn on different days.
 */
function usualGaps(
  context: RuleContext<Params, Routine>,
  meters: readonly Meter[],
  at: number,
): UsualGaps | undefined {
  const today = Math.floor((at - 1) / DAY);
  const phase = Math.floor((meters[0] as Meter).view.enrolledAt / DAY) % RELEARN_DAYS;
  const day = today - ((today + phase) % RELEARN_DAYS);
  const known = context.state;
  if (known?.day === day) return known.usual;
  const books = meters.map(({ book }) => book);
  const { historyDays, daysPerFalseAlarm } = context.params;
  const since = learnedSince(books);
  const usual =
    day * 24 - since < historyDays * 24
      ? undefined
      : learnGaps(books, {
          from: Math.max(since, (day - LEARN_DAYS) * 24),
          until: day * 24,
          timeZone: context.timeZone,
          rank: Math.max(1, Math.round(LEARN_DAYS / daysPerFalseAlarm)),
          wasAway: (from, to) => context.wasAway(from, to),
        });
  context.state = { ...known, day, usual };
  return usual;
}

/** Late data came while the alert is open: was the gap as long as was said then? */
function reconsider(context: RuleContext<Params, Routine>, meters: readonly Meter[], at: number): void {
  const gap = gapAt(context, meters, at);
  const limit = gap && limitOf(context, meters, gap);
  if (gap && (!limit || gap.hours > limit.hours)) return;
  if (context.state) delete context.state.draw;
  context.clear('late-data');
}

function raise(
  context: RuleContext<Params, Routine>,
  meters: readonly Meter[],
  gap: Gap,
  limit: Limit,
): void {
  const { timeZone, params: set } = context;
  const [hours, usual, most] = [gap.hours, limit.usual, limit.hours].map((value) =>
    Number(value.toFixed(1)),
  ) as [number, number, number];
  const drawn = shortLocal(gap.drawnTo, timeZone);
  const moved = gap.lifeAt > gap.drawnTo ? shortLocal(gap.lifeAt, timeZone) : undefined;
  const zhMoved = moved ? `，最近一次活动 ${moved}` : '';
  const enMoved = moved ? `, last movement ${moved}` : '';
  const newest = shortLocal(gap.at, timeZone);
  const atCap = limit.hours >= set.capHours;
  const since = firstBeyond(context, meters, gap);
  if (context.state) context.state.draw = gap.lifeAt;
  context.raise({
    since,
    at: gap.at,
    from: gap.from,
    evidence: {
      text: {
        zh: atCap
          ? `已 ${hours} 小时没有用水（上次用水 ${drawn}${zhMoved}，读数至 ${newest}）。这户作息不规律，最长等到 ${most} 小时`
          : `已 ${hours} 小时没有用水（上次用水 ${drawn}${zhMoved}，读数至 ${newest}）。这户这个时间通常最长约 ${usual} 小时不用水，超过 ${most} 小时即告警`,
        en: atCap
          ? `No water for ${hours} h (last draw ${drawn}${enMoved}, read until ${newest}). This home has no firm routine at this time: ${most} h is the longest wait`
          : `No water for ${hours} h (last draw ${drawn}${enMoved}, read until ${newest}). At this time this home usually goes at most about ${usual} h without, and ${most} h is the limit`,
      },
      readings: meters.flatMap((meter) => edgesOf(meter, gap)),
      coverage: 'measured',
      freshnessMs: context.now - gap.at,
      values: {
        gapHours: hours,
        usualHours: usual,
        limitHours: most,
        daysPerFalseAlarm: set.daysPerFalseAlarm,
      },
    },
  });
}

/** The first reading at which the gap was too long: the same whether readings came one by one or all at once. */
function firstBeyond(context: RuleContext<Params, Routine>, meters: readonly Meter[], gap: Gap): number {
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
  return [gap.drawnTo, gap.at].flatMap((at) => {
    const shown = shownAt(history, at);
    if (shown === undefined) return [];
    const value = shown / 1_000_000;
    return [{ device: id, metric: 'water_index_m3' as const, value, at, receivedAt: view.state.heardAt }];
  });
}
