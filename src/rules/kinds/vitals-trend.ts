import { z } from 'zod';
import { DAY, MINUTE } from '../../lib/clock.ts';
import { instantOfLocal, localDay } from '../../lib/local-time.ts';
import { defineRule, type Finding, type RuleContext } from '../define.ts';
import { noClaimAt, restedFor } from '../vital-claim.ts';

const params = z.strictObject({
  offBpm: z.number().min(3).max(60).default(12).meta({ title: 'Off the own median by', unit: 'bpm' }),
  clearBpm: z.number().min(1).max(60).default(6).meta({ title: 'Back within', unit: 'bpm' }),
  days: z.number().int().min(5).max(30).default(14).meta({ title: 'Days that make the median' }),
  daysNeeded: z.number().int().min(3).max(30).default(10).meta({
    title: 'Days needed',
    description: 'with fewer nothing is said',
  }),
  inARow: z.number().int().min(1).max(7).default(2).meta({ title: 'Days off in a row' }),
  readingsADay: z.number().int().min(6).max(1440).default(12).meta({
    title: 'Readings of a day',
    description:
      'a day with fewer does not count: many bands measure once an hour, and not on their charger or while somebody walks',
  }),
  restMinutes: z
    .number()
    .min(0)
    .max(120)
    .default(10)
    .meta({ title: 'Counts only after rest of', unit: 'min' }),
  percentile: z.number().min(5).max(50).default(20).meta({
    title: 'Percentile that stands for rest',
    unit: '%',
    description: 'of the readings of a day',
  }),
});
type Params = z.output<typeof params>;

/** A day that is still being measured: how many readings fell into each bin. */
interface OpenDay {
  readonly day: number;
  readonly bins: number[];
}
interface State {
  open: OpenDay[];
  /** Resting pulse of past days, oldest first. */
  past: { readonly day: number; readonly bpm: number; readonly readings: number }[];
}

const BIN_BPM = 3;
const BINS_FROM = 30;
const BINS = 40;
/** A day is closed at noon of the next one, so that a band which uploads once a day is in it. */
const CLOSE_MINUTE = 12 * 60;

/** The pulse at rest drifts off what is usual for this person: a word for the next visit or the family doctor. */
export default defineRule<Params, State>({
  kind: 'vitals-trend',
  title: { zh: '静息脉搏偏离平日', en: 'Resting pulse off its usual' },
  summary: {
    zh: '每日静息脉搏与本人近 14 天的中位数比较，连续 2 天偏离 12 次/分以上时提示。有效天数不足 10 天、当日读数不足时不作判断。',
    en: 'Compares the resting pulse of each day with the median of the own last 14 days; two days in a row off by 12 or more are told. Says nothing with fewer than 10 days, or of days with few readings.',
  },
  about: 'person',
  priority: 'P4',
  scope: 'device',
  vitals: true,
  seeks: () => ['course'],
  params,
  reads: () => ({ metrics: ['pulse_bpm'] }),
  readEveryMs: ({ readingsADay }) => DAY / readingsADay,
  learning({ params: { daysNeeded } }, state) {
    const known = state?.past.length ?? 0;
    return known < daysNeeded ? { known, needed: daysNeeded } : undefined;
  },
  onReport(context, report) {
    const { device, timeZone, params: limits } = context;
    if (!device) return;
    for (const { metric, value, at } of report.readings) {
      if (metric !== 'pulse_bpm' || noClaimAt(device.state, at)) continue;
      const rested = limits.restMinutes === 0 ? undefined : restedFor(device.state, at);
      if (rested !== undefined && rested < limits.restMinutes * MINUTE) continue;
      take(context, localDay(at, timeZone), value);
    }
  },
  onTimer(context) {
    const { state, params: limits, now, timeZone } = context;
    if (!state) return;
    const today = localDay(now, timeZone);
    for (const { day, bins } of state.open.filter((one) => one.day < today)) close(context, state, day, bins);
    state.open = state.open.filter((one) => one.day >= today);
    // Days of long ago say nothing of what is usual now.
    state.past = state.past
      .filter(({ day }) => day > today - 2 * limits.days)
      .slice(-limits.days - limits.inARow);
    if (state.open.length > 0) context.wakeAt(closing(context, state.open));
    if (state.open.length + state.past.length === 0) context.state = undefined;
  },
  milder: 'clinical',
  examples: [
    {
      name: 'two days with a pulse far above the own median',
      model: 'wristband',
      inputs: [
        { at: 0, every: 0.5, until: 24 * 14, values: { pulse_bpm: 66 } },
        { at: 24 * 14, every: 0.5, until: 24 * 17, values: { pulse_bpm: 84 } },
      ],
      until: 24 * 17,
      expect: [{ raised: 24 * 16 + 12, since: 24 * 14, priority: 'P4' }],
    },
    {
      name: 'it ends with a day that is as usual',
      model: 'wristband',
      inputs: [
        { at: 0, every: 0.5, until: 24 * 14, values: { pulse_bpm: 66 } },
        { at: 24 * 14, every: 0.5, until: 24 * 16, values: { pulse_bpm: 84 } },
        { at: 24 * 16, every: 0.5, until: 24 * 18, values: { pulse_bpm: 68 } },
      ],
      until: 24 * 18,
      expect: [{ raised: 24 * 16 + 12, cleared: 24 * 17 + 12, reason: 'recovered' }],
    },
    {
      name: 'must not fire: one day off',
      model: 'wristband',
      inputs: [
        { at: 0, every: 0.5, until: 24 * 14, values: { pulse_bpm: 66 } },
        { at: 24 * 14, every: 0.5, until: 24 * 15, values: { pulse_bpm: 84 } },
        { at: 24 * 15, every: 0.5, until: 24 * 18, values: { pulse_bpm: 66 } },
      ],
      until: 24 * 18,
      expect: [],
    },
    {
      name: 'must not fire: a week of history is too little',
      model: 'wristband',
      inputs: [
        { at: 0, every: 0.5, until: 24 * 7, values: { pulse_bpm: 66 } },
        { at: 24 * 7, every: 0.5, until: 24 * 9, values: { pulse_bpm: 90 } },
      ],
      until: 24 * 10,
      expect: [],
    },
    {
      name: 'a pulse once an hour, of which some are missing each day',
      model: 'wristband',
      inputs: Array.from({ length: 16 }, (_, day) => ({
        at: 24 * day,
        every: 1,
        until: 24 * day + 20,
        values: { pulse_bpm: day < 14 ? 66 : 84 },
      })),
      until: 24 * 17,
      expect: [{ raised: 24 * 16 + 12, since: 24 * 14 }],
    },
    {
      name: 'must not fire: a handful of readings a day',
      model: 'wristband',
      inputs: [
        { at: 0, every: 0.5, until: 24 * 14, values: { pulse_bpm: 66 } },
        { at: 24 * 14, every: 4, until: 24 * 17, values: { pulse_bpm: 84 } },
      ],
      until: 24 * 18,
      expect: [],
    },
  ],
});

function take(context: RuleContext<Params, State>, day: number, bpm: number): void {
  const state = context.state ?? { open: [], past: [] };
  // A day that was closed stays as it is.
  if (state.past.some((past) => past.day >= day)) return;
  let today = state.open.find((one) => one.day === day);
  if (!today) {
    today = { day, bins: new Array<number>(BINS).fill(0) };
    state.open = [...state.open, today].sort((a, b) => a.day - b.day);
    context.state = state;
    context.wakeAt(closing(context, state.open));
  }
  const bin = Math.min(BINS - 1, Math.max(0, Math.floor((bpm - BINS_FROM) / BIN_BPM)));
  today.bins[bin] = (today.bins[bin] as number) + 1;
}

/** When the first of the open days is closed. */
const closing = ({ timeZone, now }: RuleContext<Params, State>, open: readonly OpenDay[]): number => {
  const first = (open[0] as OpenDay).day + 1;
  const at = instantOfLocal(first, CLOSE_MINUTE, timeZone);
  // Days that were uploaded long after: at the next noon.
  const day = localDay(now, timeZone);
  const noon = instantOfLocal(day, CLOSE_MINUTE, timeZone);
  return at > now ? at : noon > now ? noon : instantOfLocal(day + 1, CLOSE_MINUTE, timeZone);
};

/** Puts a day among the past ones, and looks at what it comes to. */
function close(
  context: RuleContext<Params, State>,
  state: State,
  day: number,
  bins: readonly number[],
): void {
  const { params: limits, timeZone } = context;
  const readings = bins.reduce((sum, count) => sum + count, 0);
  if (readings < limits.readingsADay) return;
  state.past.push({ day, bpm: percentileOf(bins, readings, limits.percentile), readings });
  const off = daysOff(state, limits);
  if (!off) return;
  const since = instantOfLocal(off.since, 0, timeZone);
  if (off.inARow >= limits.inARow) context.raise(finding(off, since));
  else if (off.inARow === 0 && Math.abs(off.bpm - off.median) <= limits.clearBpm) context.clear('recovered');
}

/** The value below which that share of the readings lies, between the edges of its bin. */
function percentileOf(bins: readonly number[], readings: number, percentile: number): number {
  let left = (readings * percentile) / 100;
  for (let bin = 0; bin < bins.length; bin++) {
    const count = bins[bin] as number;
    if (count >= left && count > 0) return BINS_FROM + (bin + left / count) * BIN_BPM;
    left -= count;
  }
  return BINS_FROM + bins.length * BIN_BPM;
}

interface Off {
  readonly since: number;
  readonly inARow: number;
  readonly bpm: number;
  readonly median: number;
  readonly days: number;
}

/** How many of the last days were off, all to the same side, from the median of the days before them; undefined: too few. */
function daysOff({ past }: State, limits: Params): Off | undefined {
  const recent = past.slice(-limits.inARow);
  const before = past.slice(0, -limits.inARow).slice(-limits.days);
  const last = recent.at(-1);
  if (!last || before.length < limits.daysNeeded) return undefined;
  const sorted = before.map(({ bpm }) => bpm).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
  const side = Math.sign(last.bpm - median);
  let inARow = 0;
  for (const { bpm } of [...recent].reverse()) {
    if ((bpm - median) * side < limits.offBpm) break;
    inARow++;
  }
  const first = recent[recent.length - Math.max(inARow, 1)] ?? last;
  return { since: first.day, inARow, bpm: last.bpm, median, days: before.length };
}

function finding(off: Off, since: number): Finding {
  const [now, usual] = [Math.round(off.bpm), Math.round(off.median)];
  const up = off.bpm > off.median;
  return {
    since,
    at: since,
    evidence: {
      text: {
        zh: `静息脉搏约 ${now} 次/分，比平日（约 ${usual}，近 ${off.days} 个有效日的中位数）${up ? '快' : '慢'} ${Math.abs(now - usual)}，已连续 ${off.inARow} 天：请了解有无不适、发热、换药`,
        en: `Resting pulse about ${now}, ${Math.abs(now - usual)} ${up ? 'above' : 'below'} the usual ${usual} (median of ${off.days} days with enough readings), ${off.inARow} days in a row: ask about illness, fever, new medicines`,
      },
      readings: [],
      values: { bpm: now, usual, days: off.days, inARow: off.inARow },
    },
  };
}
