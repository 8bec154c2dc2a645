import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { shortLocal } from '../../lib/local-time.ts';
import {
  type CounterHistory,
  countOf,
  knownToFlow,
  newestAt,
  noteFlow,
  pointAt,
  pointAtOrBefore,
  restartedWithin,
} from '../../model/counter-block.ts';
import { type DeviceView, defineRule, type Finding, type RuleContext } from '../define.ts';
import {
  baseLitresPerHour,
  freshReadingAt,
  hoursBetween,
  litresBetween,
  readingsAt,
  round,
  stepLitres,
} from '../water-flow.ts';

const params = z.strictObject({
  litresPerHour: z
    .number()
    .min(0.1)
    .max(100)
    .default(0.5)
    .meta({ title: 'No hour with less than', unit: 'L', description: 'an hour with less is standstill' }),
  hours: z
    .number()
    .min(12)
    .max(48)
    .default(48)
    .meta({ title: 'For so long without standstill', unit: 'h', description: 'two days in a row' }),
  nightLitresPerHour: z.number().min(0.1).max(100).default(0.25).meta({
    title: 'Or never below, in any four hours',
    unit: 'L/h',
    description: 'finds a drip that is too slow to be counted in each hour',
  }),
  nightDays: z.number().min(2).max(30).default(5).meta({
    title: 'For so many days',
    unit: 'd',
    description: 'a slow drip is in no hurry; a restless week is none',
  }),
});
type Params = z.output<typeof params>;

/** Kept while the alert is open, or while a drip is watched. */
interface State {
  readonly by: 'hours' | 'nights';
  /** Since when. */
  readonly since: number;
}

/** With longer intervals between readings nobody can say that water flowed in each hour. */
const INTERVAL_MAX_MS = 2 * HOUR;
/** Nor, with longer ones, what passed in any four hours. */
const DRIP_INTERVAL_MAX_MS = 7 * HOUR;
/** Readings that come each hour come a little early now and then. */
const HOUR_AT_LEAST_MS = 50 * MINUTE;
/** A drip is looked for in so much of the history. */
const DRIP_SEEN_MS = 48 * HOUR;
/** From here on a window of 24 hours with less than 10 L cannot occur any more, whatever happens in the home. */
const BLIND_LITRES_PER_DAY = 10;

/**
 * A leak: a home in which nobody draws still uses no water now and then. Its open alert is the mark that rules on low
 * use see less in this home than they say. One meter each: the leak lies behind it.
 */
export default defineRule<Params, State>({
  kind: 'continuous-flow',
  title: { zh: '持续流水（漏水）', en: 'Water never stands still (leak)' },
  summary: {
    zh: '连续两天没有一小时停水，或连续五天任意四小时的最小流量都高于阈值时告警；停水一小时即解除。未解除期间，该户的低用水规则可能失灵。',
    en: 'Raises when water has not stood still for an hour in two days, or ran above a limit in any four hours of five days; standing still ends it. While it is open, rules on low use may be blind in this home.',
  },
  about: 'home',
  priority: 'P4',
  scope: 'device',
  masks: ({ values }) => (values['masksLowUse'] === 'yes' ? 'water' : undefined),
  params,
  reads: () => ({ metrics: ['water_index_m3'] }),
  readEveryMs: () => DRIP_INTERVAL_MAX_MS,
  lacks: ({ device }) => (isSparse(device?.state.water) ? 'too-sparse' : undefined),
  onReport(context) {
    const { params: limits, open } = context;
    const { device } = context;
    const history = device?.state.water;
    if (!device || !history) return;
    if (context.late && open && context.state?.by === 'hours') {
      if (flowSince(history, open.at, limits) === STILL) context.clear('late-data');
    }
    const at = freshReadingAt(context);
    if (at === 0) return;
    const byHours = flowSince(history, at, limits);
    if (byHours === UNKNOWN) return;
    if (byHours !== STILL) {
      if (context.open) return;
      context.raise(finding(context, history, at, byHours, 'hours'));
      context.state = { by: 'hours', since: byHours };
    } else if (dripsSteadily(device, history, at, limits)) {
      // What flowed in each hour and now only drips is open still: the leak is not over.
      context.state ??= { by: 'nights', since: at - DRIP_SEEN_MS };
      const { since } = context.state;
      if (!context.open && at - since >= limits.nightDays * DAY)
        context.raise(finding(context, history, at, since, 'nights'));
    } else {
      context.state = undefined;
      context.clear('recovered');
    }
  },
  milder: 'guards-others',
  examples: [
    {
      name: 'two days without a still hour raise, and an hour of standstill ends it',
      inputs: [
        { at: 0, every: 1, until: 5, values: { water_index_m3: 5 } },
        { at: 5, every: 1, until: 60, values: { water_index_m3: 5.002 }, step: { water_index_m3: 0.002 } },
        { at: 60, values: { water_index_m3: 5.11 } },
        { at: 61, values: { water_index_m3: 5.11 } },
      ],
      until: 62,
      expect: [{ raised: 52, since: 4, cleared: 60, reason: 'recovered', priority: 'P4' }],
    },
    {
      name: 'a drip of half a litre an hour, which a register of whole litres shows every other hour, is found',
      inputs: [
        { at: 0, every: 2, until: 140, values: { water_index_m3: 5 }, step: { water_index_m3: 0.001 } },
        { at: 1, every: 2, until: 140, values: { water_index_m3: 5 }, step: { water_index_m3: 0.001 } },
      ],
      until: 140,
      expect: [{ raised: 120, since: 0 }],
    },
    {
      name: 'must not fire: the nights are still',
      inputs: [
        { at: 0, every: 1, until: 17, values: { water_index_m3: 5 }, step: { water_index_m3: 0.02 } },
        { at: 17, every: 1, until: 23, values: { water_index_m3: 5.34 } },
        { at: 23, every: 1, until: 41, values: { water_index_m3: 5.36 }, step: { water_index_m3: 0.02 } },
        { at: 41, every: 1, until: 47, values: { water_index_m3: 5.72 } },
        { at: 47, every: 1, until: 65, values: { water_index_m3: 5.74 }, step: { water_index_m3: 0.02 } },
        { at: 65, every: 1, until: 71, values: { water_index_m3: 6.1 } },
      ],
      until: 72,
      expect: [],
    },
    {
      name: 'must not fire: somebody who gets up every three hours, night and day',
      inputs: [
        { at: 0, every: 3, until: 96, values: { water_index_m3: 5 }, step: { water_index_m3: 0.006 } },
        { at: 1, every: 3, until: 96, values: { water_index_m3: 5.006 }, step: { water_index_m3: 0.006 } },
        { at: 2, every: 3, until: 96, values: { water_index_m3: 5.006 }, step: { water_index_m3: 0.006 } },
      ],
      until: 96,
      expect: [],
    },
    {
      name: 'must not fire: readings every six hours do not show whether water stood still in between',
      inputs: [
        { at: 0, every: 6, until: 120, values: { water_index_m3: 5 }, step: { water_index_m3: 0.03 } },
      ],
      until: 120,
      expect: [],
    },
    {
      name: 'two days of values that come at once are judged by what they measured',
      inputs: [
        {
          at: 0,
          every: 1,
          until: 52,
          receivedAt: 51.5,
          values: { water_index_m3: 5 },
          step: { water_index_m3: 0.003 },
        },
      ],
      until: 53,
      expect: [{ raised: 51.5 }],
    },
    {
      name: 'a late value that shows a still hour withdraws it',
      inputs: [
        { at: 0, every: 1, until: 30, values: { water_index_m3: 5 }, step: { water_index_m3: 0.002 } },
        { at: 31, every: 1, until: 50, values: { water_index_m3: 5.062 }, step: { water_index_m3: 0.002 } },
        { at: 30, receivedAt: 49.5, values: { water_index_m3: 5.058 } },
      ],
      until: 50,
      expect: [{ raised: 48, cleared: 49.5, reason: 'late-data' }],
    },
  ],
});

/** The newest interval is too long to tell anything. */
function isSparse(history: CounterHistory | undefined): boolean {
  const last = history ? countOf(history) - 1 : 0;
  return (
    history !== undefined &&
    last > 0 &&
    pointAt(history, last) - pointAt(history, last - 1) > DRIP_INTERVAL_MAX_MS
  );
}

/** Water stood still within the time, or did not flow for long enough yet. */
const STILL = 0;
/** The time is not measured finely enough. */
const UNKNOWN = -1;

/**
 * Since when no hour before `at` had less than the limit, if that is long enough; else STILL or UNKNOWN. What was found
 * to flow at the reading before is not looked at again.
 */
function flowSince(history: CounterHistory, at: number, limits: Params): number {
  let index = pointAtOrBefore(history, at);
  if (index < 0) return UNKNOWN;
  const newest = pointAt(history, index);
  const from = newest - limits.hours * HOUR;
  const known = knownToFlow(history, limits.litresPerHour);
  let found: typeof FLOWS | typeof STILL | typeof UNKNOWN = FLOWS;
  let reading = newest;
  while (reading > from && found === FLOWS) {
    if (reading > known.from && reading <= known.to)
      index = pointAtOrBefore(history, Math.max(known.from, from));
    else {
      found = flowAt(history, index, limits);
      if (found === FLOWS) index--;
    }
    reading = pointAt(history, index);
  }
  if (newest === newestAt(history)) noteFlow(history, reading, newest, limits.litresPerHour);
  return found === FLOWS ? reading : found;
}

const FLOWS = 1;

/** What the hour before this reading shows. */
function flowAt(
  history: CounterHistory,
  index: number,
  limits: Params,
): typeof FLOWS | typeof STILL | typeof UNKNOWN {
  const reading = pointAt(history, index);
  const first = pointAtOrBefore(history, reading - HOUR_AT_LEAST_MS);
  if (first < 0) return STILL;
  if (reading - pointAt(history, index - 1) > INTERVAL_MAX_MS) return UNKNOWN;
  if (litresBetween(history, first, index) >= limits.litresPerHour * hoursBetween(history, first, index))
    return FLOWS;
  return restartedWithin(history, pointAt(history, first), reading) ? UNKNOWN : STILL;
}

/**
 * Something ran all the time, too slowly to be counted in each hour. A leak runs evenly: no stretch of time shows less
 * of it than it must, but for the step of the register. Who gets up every three hours does not pass for one.
 */
function dripsSteadily(device: DeviceView, history: CounterHistory, at: number, limits: Params): boolean {
  const perHour = baseLitresPerHour(history);
  // The base flow is of the newest reading: of an earlier one it says nothing.
  if (perHour < limits.nightLitresPerHour || at !== newestAt(history)) return false;
  const from = at - DRIP_SEEN_MS;
  let missing = 0;
  let index = pointAtOrBefore(history, at);
  for (; index > 0 && pointAt(history, index) > from; index--) {
    const passed = litresBetween(history, index - 1, index);
    missing = Math.max(0, missing + perHour * hoursBetween(history, index - 1, index) - passed);
    if (missing > stepLitres(device)) return false;
  }
  return pointAt(history, index) <= from && !restartedWithin(history, from, at);
}

function finding(
  context: RuleContext<Params, State>,
  history: CounterHistory,
  at: number,
  flowsSince: number,
  by: State['by'],
): Finding {
  const { timeZone } = context;
  const perHour = leakPerHour(history, at, context.params);
  const [hour, day] = [round(perHour), Math.round(perHour * 24)];
  const since = shortLocal(flowsSince, timeZone);
  const blind = perHour * 24 >= BLIND_LITRES_PER_DAY;
  const blindZh = blind ? '；低用水规则在该户可能失灵' : '';
  const blindEn = blind ? '; rules on low use may be blind here' : '';
  const what =
    by === 'nights'
      ? {
          zh: `自 ${since} 起任意四小时都有水流过，夜间也不停`,
          en: `Since ${since} water passed in every four hours, at night too`,
        }
      : {
          zh: `自 ${since} 起没有一小时停水`,
          en: `Since ${since} water has not stood still for a single hour`,
        };
  return {
    since: flowsSince,
    at,
    evidence: {
      text: {
        zh: `${what.zh}；估计漏水约每小时 ${hour} 升，每天 ${day} 升${blindZh}`,
        en: `${what.en}; the leak is about ${hour} L/h, ${day} L a day${blindEn}`,
      },
      readings: context.device ? readingsAt(context.device, [at]) : [],
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: {
        leakLitresPerHour: round(perHour, 2),
        leakLitresPerDay: round(perHour * 24),
        flowingHours: Math.round((at - flowsSince) / HOUR),
        masksLowUse: blind ? 'yes' : 'no',
      },
    },
  };
}

/** The base flow, or where that is not known yet the least that passed in an hour. */
function leakPerHour(history: CounterHistory, at: number, limits: Params): number {
  const base = baseLitresPerHour(history);
  if (base > 0) return base;
  let least = Number.POSITIVE_INFINITY;
  const from = at - limits.hours * HOUR;
  for (let index = pointAtOrBefore(history, at); index > 0 && pointAt(history, index) > from; index--)
    least = Math.min(
      least,
      litresBetween(history, index - 1, index) / hoursBetween(history, index - 1, index),
    );
  return Number.isFinite(least) ? least : limits.litresPerHour;
}
