import { z } from 'zod';
import { DAY, HOUR } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import { useInWindow } from '../../model/counter-history.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import { guestsBetween } from '../gates.ts';
import { figureOf } from '../milder.ts';
import {
  dailyLitres,
  freshForMs,
  freshReadingAt,
  medianDailyLitres,
  readingsAt,
  round,
} from '../water-flow.ts';

const params = z.strictObject({
  windowHours: z.number().min(6).max(48).default(24).meta({ title: 'Window', unit: 'h' }),
  aboveLitres: z.number().min(100).max(100_000).default(2000).meta({ title: 'Alert above', unit: 'L' }),
  timesUsual: z.number().min(1.5).max(100).default(5).meta({
    title: 'Or above so many times what is usual here',
    description: 'the median of the days before; not judged before 14 of them are known',
  }),
  atLeastLitres: z
    .number()
    .min(0)
    .max(100_000)
    .default(500)
    .meta({ title: 'But never below', unit: 'L', description: 'a wash day in a home that uses little' }),
  usualDays: z
    .number()
    .int()
    .min(14)
    .max(60)
    .default(28)
    .meta({ title: 'Usual is learned from so many days' }),
});
type Params = z.output<typeof params>;

/** A window may begin this much before its time: more of it would claim what was not drawn in it. */
const START_SLACK_MS = 2 * HOUR;
/** It ends when use falls this far below the limit: the window moves by one reading at a time. */
const CLEAR_SHARE = 0.8;
const USUAL_DAYS_MIN = 14;

/** Far more water than a home needs: a pipe, a cistern, a garden hose, or many guests. */
export default defineRule<Params, never>({
  kind: 'high-consumption',
  title: { zh: '用水过多', en: 'Very high water use' },
  summary: {
    zh: '时间窗内用水量超过固定上限，或超过该户平时日用水量的若干倍时告警；回落到上限的八成以下即解除。登记有客人期间只看固定上限。',
    en: 'Raises when the water used within the window is above a fixed limit, or many times what this home usually uses in a day; ends when it falls to four fifths of that. While guests are registered the fixed limit alone counts.',
  },
  about: 'home',
  priority: 'P3',
  scope: 'home',
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  learning(home) {
    const day = usualUntil(home.now, home.params);
    const known = dailyLitres(home, day - home.params.usualDays, day).length;
    return known < USUAL_DAYS_MIN ? { known, needed: USUAL_DAYS_MIN } : undefined;
  },
  onReport(context) {
    const { params: limits, open, waterMeters } = context;
    if (context.late && open) {
      const then = useOf(waterMeters, open.at, limits);
      if (then && then.litres <= limitOf(context, open.at).litres) context.clear('late-data');
    }
    const at = freshReadingAt(context);
    if (at === 0) return;
    const use = useOf(waterMeters, at, limits);
    if (!use) return;
    const { litres } = use;
    // Nearly always: what is usual need not be looked up.
    if (litres <= Math.min(limits.aboveLitres, limits.atLeastLitres) * CLEAR_SHARE) {
      context.clear('recovered');
      return;
    }
    const limit = limitOf(context, at);
    if (litres > limit.litres) {
      if (!context.open) context.raise(finding(context, at, use, limit));
    } else if (litres <= limit.litres * CLEAR_SHARE) context.clear('recovered');
  },
  milder: [
    {
      param: 'aboveLitres',
      title: { zh: '用水高于', en: 'Alert above' },
      toward: 'up',
      step: 100,
      measured: (alert, { aboveLitres }) =>
        figureOf(alert, 'limitLitres') === aboveLitres ? figureOf(alert, 'usedLitres') : undefined,
    },
    {
      param: 'atLeastLitres',
      title: { zh: '且不低于', en: 'But never below' },
      toward: 'up',
      step: 50,
      measured: (alert, { aboveLitres }) =>
        (figureOf(alert, 'limitLitres') ?? aboveLitres) < aboveLitres
          ? figureOf(alert, 'usedLitres')
          : undefined,
    },
  ],
  examples: [
    {
      name: 'more than two cubic metres in a day raise, and a calm day ends it',
      inputs: [
        { at: 0, every: 1, until: 24, values: { water_index_m3: 5 }, step: { water_index_m3: 0.01 } },
        { at: 24, every: 1, until: 32, values: { water_index_m3: 5.5 }, step: { water_index_m3: 0.3 } },
        { at: 32, every: 1, until: 60, values: { water_index_m3: 7.6 } },
      ],
      until: 60,
      expect: [{ raised: 30, cleared: 50, reason: 'recovered', priority: 'P3' }],
    },
    {
      name: 'six times what is usual in this home raises',
      inputs: [
        { at: 0, every: 1, until: 480, values: { water_index_m3: 5 }, step: { water_index_m3: 0.005 } },
        { at: 480, every: 1, until: 490, values: { water_index_m3: 7.5 }, step: { water_index_m3: 0.1 } },
      ],
      until: 490,
      // 120 L a day are usual; what lies above 600 L in 24 hours is five times as much.
      expect: [{ raised: 485 }],
    },
    {
      name: 'must not fire: the same amount while guests are there',
      inputs: [
        { at: 0, every: 1, until: 480, values: { water_index_m3: 5 }, step: { water_index_m3: 0.005 } },
        { at: 480, every: 1, until: 490, values: { water_index_m3: 7.5 }, step: { water_index_m3: 0.1 } },
      ],
      people: [{ at: 470, away: 'visitors', until: 500 }],
      until: 490,
      expect: [],
    },
    {
      name: 'must not fire: the same amount before anything is known of what is usual',
      inputs: [
        { at: 0, every: 1, until: 48, values: { water_index_m3: 5 }, step: { water_index_m3: 0.005 } },
        { at: 48, every: 1, until: 58, values: { water_index_m3: 5.34 }, step: { water_index_m3: 0.1 } },
      ],
      until: 58,
      expect: [],
    },
    {
      name: 'must not fire: a silent week, and all of its water in one reading',
      inputs: [
        { at: 0, every: 1, until: 30, values: { water_index_m3: 5 }, step: { water_index_m3: 0.02 } },
        { at: 198, every: 1, until: 210, values: { water_index_m3: 9 }, step: { water_index_m3: 0.02 } },
      ],
      until: 210,
      expect: [],
    },
    {
      name: 'a reading that is corrected downwards withdraws it',
      inputs: [
        { at: 0, every: 1, until: 24, values: { water_index_m3: 5 }, step: { water_index_m3: 0.01 } },
        { at: 24, values: { water_index_m3: 7.3 } },
        { at: 24, receivedAt: 24.2, values: { water_index_m3: 5.24 } },
      ],
      until: 25,
      expect: [{ raised: 24, cleared: 24.2, reason: 'late-data' }],
    },
  ],
});

/** What the home used, and since when: from reading to reading, more than the window of the rule where one is missing. */
interface Use {
  readonly litres: number;
  readonly from: number;
}

/** What all meters of the home counted; undefined where the window is not measured. */
function useOf(meters: readonly DeviceView[], at: number, limits: Params): Use | undefined {
  let litres = 0;
  let from = at;
  for (const device of meters) {
    const history = device.state.water;
    if (!history) return undefined;
    const slack = Math.max(START_SLACK_MS, device.intervalMs);
    const window = useInWindow(history, at, limits.windowHours * HOUR, slack);
    if (!window.covered || at - window.to > freshForMs(device)) return undefined;
    litres += window.amount / 1000;
    from = Math.min(from, window.from);
  }
  return meters.length > 0 ? { litres, from } : undefined;
}

interface Limit {
  readonly litres: number;
  /** What is usual in a window, if that set the limit. */
  readonly usual: number | undefined;
}

/** The UTC day before which it is learned what is usual: the window itself is none of it. */
const usualUntil = (at: number, { windowHours }: Params): number =>
  Math.floor((at - windowHours * HOUR) / DAY);

function limitOf(context: RuleContext<Params, never>, at: number): Limit {
  const { params: limits } = context;
  const windowMs = limits.windowHours * HOUR;
  const day = usualUntil(at, limits);
  const isUsual = !guestsBetween(context.home.away, at - windowMs, at);
  const daily = isUsual ? medianDailyLitres(context, day - limits.usualDays, day, USUAL_DAYS_MIN) : undefined;
  const usual = daily === undefined ? undefined : (daily * windowMs) / DAY;
  const litres =
    usual === undefined
      ? limits.aboveLitres
      : Math.min(limits.aboveLitres, Math.max(limits.atLeastLitres, limits.timesUsual * usual));
  return { litres, usual };
}

function finding(
  context: RuleContext<Params, never>,
  at: number,
  { litres, from }: Use,
  { litres: limit, usual }: Limit,
): Finding {
  const { timeZone, devices } = context;
  const [used, bound] = [Math.round(litres), Math.round(limit)];
  const to = shortLocal(at, timeZone);
  const hours = round((at - from) / HOUR);
  const usualZh = usual === undefined ? '' : `（平时约 ${Math.round(usual)} 升）`;
  const usualEn = usual === undefined ? '' : ` (about ${Math.round(usual)} L is usual here)`;
  return {
    since: at,
    at,
    evidence: {
      text: {
        zh: `截至 ${to} 的 ${hours} 小时用水 ${used} 升，超过 ${bound} 升${usualZh}`,
        en: `${used} L of water in the ${hours} h until ${to}, above ${bound} L${usualEn}`,
      },
      readings: devices.flatMap((device) => readingsAt(device, [at])),
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: {
        measuredHours: hours,
        usedLitres: round(litres),
        limitLitres: bound,
        ...(usual === undefined ? {} : { usualLitres: Math.round(usual) }),
      },
    },
  };
}
