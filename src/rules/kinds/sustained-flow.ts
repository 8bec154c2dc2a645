import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import {
  type CounterHistory,
  newestAt,
  pointAt,
  pointAtOrBefore,
  restartedWithin,
} from '../../model/counter-block.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { figureOf } from '../milder.ts';
import { freshReadingAt, hoursBetween, litresBetween, readingsAt, round } from '../water-flow.ts';

const params = z.strictObject({
  litresPerHour: z
    .number()
    .min(5)
    .max(5000)
    .default(60)
    .meta({ title: 'Flow in every interval above', unit: 'L/h', description: 'a tap that was left on' }),
  hours: z.number().min(0.5).max(24).default(2).meta({ title: 'For so long', unit: 'h' }),
  q3CubicMetresPerHour: z.number().min(0.5).max(100).default(2.5).meta({
    title: 'Permanent flow Q3 of the meter',
    unit: 'm³/h',
    description: 'stands on its dial: 2.5 for a home (DN15)',
  }),
  burstShare: z.number().min(0.01).max(1).default(0.2).meta({
    title: 'Or flow above this share of Q3',
    description: 'a burst pipe, a bath that runs over',
  }),
  burstMinutes: z.number().min(10).max(240).default(30).meta({ title: 'For so long', unit: 'min' }),
  readingsEveryMinutes: z.number().min(5).max(120).default(35).meta({
    title: 'Claims nothing where readings lie further apart than',
    unit: 'min',
    description: 'a bath and a wash in one long interval look like a tap left on',
  }),
});
type Params = z.output<typeof params>;

/**
 * Water that runs and runs: a tap left on, a bath nobody turned off, a burst pipe. Somebody may have fallen while it
 * ran. It needs readings each half hour: what flowed between
 * two of them is a mean, and over an hour a bath and a wash look like a tap left on.
 */
export default defineRule<Params, never>({
  kind: 'sustained-flow',
  title: { zh: '水一直在流', en: 'Water keeps running' },
  summary: {
    zh: '连续两小时每个计量间隔的流量都高于阈值，或半小时内超过 Q3 的设定比例时告警（水龙头未关、浴缸溢水、爆管）；流量降到一半以下即解除。读数间隔过长时不作判断。',
    en: 'Raises when flow stays above a limit in every interval for two hours, or above a share of Q3 for half an hour (tap left on, bath, burst pipe); ends when it falls below half of that. Claims nothing where readings lie far apart.',
  },
  about: 'person',
  priority: 'P2',
  scope: 'device',
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  readEveryMs: ({ readingsEveryMinutes }) => readingsEveryMinutes * MINUTE,
  lacks: ({ device }, limits) => (isSparse(device?.state.water, limits) ? 'too-sparse' : undefined),
  onReport(context) {
    const { params: limits, open } = context;
    const history = context.device?.state.water;
    if (!history) return;
    if (context.late && open && !runs(history, open.at, limits) && isMeasured(history, open.at, limits))
      context.clear('late-data');
    const at = freshReadingAt(context);
    if (at === 0) return;
    if (context.open) {
      if (newestFlow(history, at) < limits.litresPerHour / 2) context.clear('recovered');
      return;
    }
    const run = runs(history, at, limits);
    if (run) context.raise(finding(context, at, run));
    else if (context.waits && newestFlow(history, at) < limits.litresPerHour / 2) context.clear('recovered');
  },
  milder: [
    {
      param: 'litresPerHour',
      title: { zh: '每个间隔的流量高于', en: 'Flow in every interval above' },
      toward: 'up',
      step: 10,
      // Where each interval lay above the limit, one at least lies at or below their mean.
      measured: (alert, { litresPerHour }) =>
        figureOf(alert, 'limitLitresPerHour') === litresPerHour
          ? figureOf(alert, 'litresPerHour')
          : undefined,
    },
    {
      param: 'burstShare',
      title: { zh: '流量高于 Q3 的比例', en: 'Flow above this share of Q3' },
      toward: 'up',
      step: 0.05,
      measured: (alert, { q3CubicMetresPerHour }) => {
        const perHour = figureOf(alert, 'litresPerHour');
        return perHour === undefined ? undefined : perHour / 1000 / q3CubicMetresPerHour;
      },
    },
  ],
  examples: [
    {
      name: 'a tap left on raises after two hours, and ends when it is turned off',
      inputs: [
        { at: 0, every: 0.5, until: 3, values: { water_index_m3: 5 } },
        { at: 3, every: 0.5, until: 6, values: { water_index_m3: 5.04 }, step: { water_index_m3: 0.04 } },
        { at: 6, every: 0.5, until: 8, values: { water_index_m3: 5.24 } },
      ],
      until: 8,
      expect: [{ raised: 4.5, since: 2.5, cleared: 6, reason: 'recovered', priority: 'P2' }],
    },
    {
      name: 'a burst pipe raises after half an hour',
      inputs: [
        { at: 0, every: 0.5, until: 3, values: { water_index_m3: 5 } },
        { at: 3, every: 0.5, until: 4, values: { water_index_m3: 5.4 }, step: { water_index_m3: 0.4 } },
      ],
      until: 4,
      expect: [{ raised: 3, since: 2.5 }],
    },
    {
      name: 'must not fire: a shower and the washing machine, with a pause between them',
      inputs: [
        { at: 0, every: 0.5, until: 3, values: { water_index_m3: 5 } },
        { at: 3, every: 0.5, until: 4.5, values: { water_index_m3: 5.08 }, step: { water_index_m3: 0.04 } },
        { at: 4.5, values: { water_index_m3: 5.165 } },
        { at: 5, every: 0.5, until: 6.5, values: { water_index_m3: 5.2 }, step: { water_index_m3: 0.04 } },
        { at: 6.5, every: 0.5, until: 8, values: { water_index_m3: 5.28 } },
      ],
      until: 8,
      expect: [],
    },
    {
      name: 'must not fire: a lot within an interval of three hours shows no steady flow',
      inputs: [{ at: 0, every: 3, until: 24, values: { water_index_m3: 5 }, step: { water_index_m3: 0.4 } }],
      until: 24,
      expect: [],
    },
    {
      name: 'must not fire: it ran in the night, and the values come at noon',
      inputs: [
        {
          at: 0,
          every: 0.5,
          until: 6,
          receivedAt: 12,
          values: { water_index_m3: 5 },
          step: { water_index_m3: 0.2 },
        },
      ],
      until: 13,
      expect: [],
    },
    {
      name: 'must not fire: hourly readings, where a bath and a wash would look like a tap left on',
      inputs: [{ at: 0, every: 1, until: 6, values: { water_index_m3: 5 }, step: { water_index_m3: 0.2 } }],
      until: 6,
      expect: [],
    },
    {
      name: 'a late value that shows that it stood still in between withdraws it',
      params: { readingsEveryMinutes: 70 },
      inputs: [
        { at: 0, every: 1, until: 3, values: { water_index_m3: 5 } },
        { at: 3, every: 1, until: 5, values: { water_index_m3: 5.1 }, step: { water_index_m3: 0.1 } },
        { at: 3.5, receivedAt: 4.2, values: { water_index_m3: 5.19 } },
      ],
      until: 5,
      expect: [{ raised: 4, since: 2, cleared: 4.2, reason: 'late-data' }],
    },
  ],
});

interface RunningWater {
  readonly from: number;
  readonly litres: number;
  readonly burst: boolean;
}

/** The water that runs at `at` for long enough; undefined if there is none. Looks no further where the last interval was calm. */
function runs(history: CounterHistory, at: number, limits: Params): RunningWater | undefined {
  const burstFlow = limits.q3CubicMetresPerHour * 1000 * limits.burstShare;
  return (
    runAbove(history, at, burstFlow, limits.burstMinutes * MINUTE, true, limits) ??
    runAbove(history, at, limits.litresPerHour, limits.hours * HOUR, false, limits)
  );
}

/** Every interval back to `spanMs` before `at` had at least this flow, and none of them was too long to tell. */
function runAbove(
  history: CounterHistory,
  at: number,
  perHour: number,
  spanMs: number,
  burst: boolean,
  limits: Params,
): RunningWater | undefined {
  const last = pointAtOrBefore(history, at);
  const longest = limits.readingsEveryMinutes * MINUTE;
  for (let index = last; index > 0; index--) {
    const from = pointAt(history, index - 1);
    if (pointAt(history, index) - from > longest || flowBetween(history, index - 1, index) < perHour)
      return undefined;
    if (pointAt(history, last) - from >= spanMs)
      return { from, litres: litresBetween(history, index - 1, last), burst };
  }
  return undefined;
}

/** The newest interval is too long to tell anything. */
function isSparse(history: CounterHistory | undefined, { readingsEveryMinutes }: Params): boolean {
  if (!history) return false;
  const last = pointAtOrBefore(history, newestAt(history));
  return last > 0 && pointAt(history, last) - pointAt(history, last - 1) > readingsEveryMinutes * MINUTE;
}

const flowBetween = (history: CounterHistory, first: number, last: number): number =>
  litresBetween(history, first, last) / hoursBetween(history, first, last);

/** Flow of the interval that ends with the newest reading at or before `at`, in L/h; Infinity where that is not known. */
function newestFlow(history: CounterHistory, at: number): number {
  const index = pointAtOrBefore(history, at);
  if (index < 1 || restartedWithin(history, pointAt(history, index - 1), pointAt(history, index)))
    return Number.POSITIVE_INFINITY;
  return flowBetween(history, index - 1, index);
}

/** The history reaches back to before the run that was found at `at`. */
const isMeasured = (history: CounterHistory, at: number, limits: Params): boolean =>
  pointAtOrBefore(history, at - limits.hours * HOUR) >= 0;

function finding(
  context: RuleContext<Params, never>,
  at: number,
  { from, litres, burst }: RunningWater,
): Finding {
  const { params: limits, timeZone } = context;
  const perHour = Math.round((litres / (at - from)) * HOUR);
  const minutes = Math.round((at - from) / MINUTE);
  const bound = burst ? limits.q3CubicMetresPerHour * 1000 * limits.burstShare : limits.litresPerHour;
  const began = shortLocal(from, timeZone);
  return {
    since: from,
    at,
    ...(burst ? { title: { zh: '流量过大（疑似爆管）', en: 'Very high flow (burst pipe?)' } } : {}),
    evidence: {
      text: {
        zh: `自 ${began} 起水连续流了 ${minutes} 分钟，共 ${round(litres, 0)} 升（每小时约 ${perHour} 升），每次读数都高于 ${bound} 升/小时`,
        en: `Water has been running for ${minutes} min since ${began}: ${round(litres, 0)} L (about ${perHour} L/h), above ${bound} L/h in each interval of readings`,
      },
      readings: context.device ? readingsAt(context.device, [from, at]) : [],
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: {
        litres: round(litres),
        minutes,
        litresPerHour: perHour,
        limitLitresPerHour: bound,
      },
    },
  };
}
