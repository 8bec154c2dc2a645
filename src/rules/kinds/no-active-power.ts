import { z } from 'zod';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { localDay, shortLocal } from '../../lib/local-time.ts';
import { type CounterHistory, countOf, emptyHistory, newestAt, pointAt } from '../../model/counter-block.ts';
import { type CounterRules, takeCounter, useInWindow } from '../../model/counter-history.ts';
import { timeWithin } from '../daily-hours.ts';
import { type DeviceView, defineRule, type ExampleInput, type Finding, type RuleContext } from '../define.ts';
import { lengthInTheEnd } from '../milder.ts';
import { onlyOf } from '../sensor-log.ts';
import { drawnAt, signsOfLife } from '../signs-of-life.ts';

const hour = z.number().int().min(0).max(23);
const params = z.strictObject({
  hours: z.number().min(2).max(48).default(15).meta({ title: 'Window', unit: 'h' }),
  wakingHours: z.number().min(0).max(24).default(6).meta({
    title: 'Waking hours within the window',
    unit: 'h',
    description: 'at least: who sleeps uses no more than what stands by',
  }),
  wakingFromHour: hour.default(7).meta({ title: 'Awake from', unit: 'h', description: 'local time' }),
  wakingToHour: hour.default(22).meta({ title: 'Awake to', unit: 'h' }),
  factor: z.number().min(1).max(3).default(1.1).meta({
    title: 'Raise at',
    unit: '× standby',
    description: 'use within the window, at most',
  }),
  clearFactor: z.number().min(1).max(5).default(1.2).meta({ title: 'Clear above', unit: '× standby' }),
  quietHours: z.number().min(0).max(24).default(8).meta({
    title: 'Nor water, nor movement',
    unit: 'h',
    description:
      'for so long, in homes with such sensors: whoever draws water or moves is not in need, however little electricity they use; 0: does not look',
  }),
  learnDays: z.number().int().min(1).max(14).default(7).meta({
    title: 'Days before it is armed',
    unit: 'd',
    description: 'standby is the median of what was least on each of the last 14 days',
  }),
});
type Params = z.output<typeof params>;

interface Meter {
  readonly history: CounterHistory;
  /** Least use over a few hours of each of the last days: pairs of a local day and millionths of a kWh an hour. */
  floors: number[];
  /** Whether the supply is on now, and since when, if the meter speaks of that. */
  supply?: { on: boolean; at: number };
}
interface State {
  meters: Record<string, Meter>;
}
type Context = RuleContext<Params, State>;

/** A single-phase connection carries less; six digits before the decimal point, as on meters that are sold. */
const INDEX: CounterRules = { max: 1_000_000, resolution: 0.01, perHourMax: 60 };
/** Long enough that a refrigerator runs several times within it, short enough to fit into a night. */
const FLOOR_SPAN_MS = 5 * HOUR;
const FLOOR_SLACK_MS = 1.5 * HOUR;
const FLOOR_DAYS = 14;
/** Standby below this in the window cannot be told from nothing by the meter's own steps, in millionths of a kWh. */
const STANDBY_LEAST = 50_000;

/**
 * All that runs is what always runs: nobody has switched anything on. Compared with the home's own standby, because a
 * refrigerator uses more than a person who reads. A meter whose standby is not known yet, or too small to see, makes no
 * claim; nor does a window in which the supply was off.
 */
export default defineRule<Params, State>({
  kind: 'no-active-power',
  title: { zh: '无活动用电', en: 'Nobody uses electricity' },
  summary: {
    zh: '时间窗内用电不超过本户待机用电的规定倍数，且其中清醒时段足够长，则告警。待机水平按最近十四天学习；数据不全、停电或待机太小无法分辨时不作判断；外出期间不告警也不学习。',
    en: "Raises when the home used hardly more than its own standby within the window, enough waking hours among them. Standby is learnt from the last fourteen days; a window that is not measured, a supply that was off, or a standby too small for the meter's steps: no claim. While the home is away it neither raises nor learns.",
  },
  about: 'person',
  priority: 'P2',
  scope: 'home',
  inactivity: true,
  supply: 'power',
  params,
  needs: ['energy_index_kwh'],
  reads: () => ({ metrics: ['energy_index_kwh', 'mains_power_bool'] }),
  learning({ params: { learnDays } }, state) {
    const known = Math.max(0, ...Object.values(state?.meters ?? {}).map(({ floors }) => floors.length / 2));
    return known < learnDays ? { known, needed: learnDays } : undefined;
  },
  onReport(context, report) {
    const { device } = context;
    if (!device || !measuresEnergy(device)) return;
    const state = context.state ?? { meters: {} };
    state.meters = onlyOf(state.meters, context.devices);
    const meter = state.meters[device.state.id] ?? { history: emptyHistory(), floors: [] };
    state.meters[device.state.id] = meter;
    for (const { metric, value, at } of report.readings) {
      if (metric === 'energy_index_kwh') takeIndex(context, meter, at, value);
      else if (metric === 'mains_power_bool') takeSupply(meter, at, value === 1);
    }
    context.state = state;
    judge(context, state);
  },
  milder: [
    {
      param: 'hours',
      title: { zh: '多久没有人用电', en: 'Nobody uses electricity for' },
      toward: 'up',
      step: 1,
      measured: (alert) => lengthInTheEnd(alert, 'hours', HOUR),
    },
  ],
  examples: [
    {
      name: 'from the evening on, nothing but what always runs: found when six waking hours are full',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: days(3, { thenStandbyHours: 24 }),
      until: 96,
      // The last use is that of 22:00 on the third day.
      expect: [{ raised: 85, since: 85, priority: 'P2' }],
    },
    {
      name: 'somebody switches something on, and it ends',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: [
        ...days(3, { thenStandbyHours: 15 }),
        { at: 87, every: 1, until: 92, values: { energy_index_kwh: 118 } },
      ],
      until: 92,
      expect: [{ raised: 85, cleared: 87, reason: 'recovered' }],
    },
    {
      name: 'must not fire: ordinary days and nights',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: days(5, { thenStandbyHours: 8 }),
      until: 128,
      expect: [],
    },
    {
      name: 'must not fire: somebody moves, and uses next to nothing',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      devices: { hall: { model: 'motion-sensor', place: 'hall' } },
      inputs: [
        ...days(3, { thenStandbyHours: 24 }),
        { device: 'hall', at: 78, every: 4, until: 96, values: { motion_bool: 1 } },
      ],
      until: 96,
      expect: [],
    },
    {
      name: 'must not fire: water is drawn',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      devices: { water: { model: 'water-meter' } },
      inputs: [
        ...days(3, { thenStandbyHours: 24 }),
        { device: 'water', at: 60, every: 1, until: 78, values: { water_index_m3: 1 } },
        { device: 'water', at: 78, every: 1, until: 84, values: { water_index_m3: 1.005 } },
        { device: 'water', at: 84, every: 1, until: 90, values: { water_index_m3: 1.01 } },
        { device: 'water', at: 90, every: 1, until: 96, values: { water_index_m3: 1.015 } },
      ],
      until: 96,
      expect: [],
    },
    {
      name: 'must not fire: standby is not known yet',
      model: 'electricity-meter',
      inputs: days(3, { thenStandbyHours: 24 }),
      until: 96,
      expect: [],
    },
    {
      name: 'must not fire: a meter that is silent is not a home without use',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: days(3, { thenStandbyHours: 6 }),
      until: 120,
      expect: [],
    },
    {
      name: 'must not fire: the supply is off',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: [
        ...days(3, { thenStandbyHours: 2 }),
        { at: 73.5, values: { mains_power_bool: 0 } },
        { at: 74, every: 1, until: 96, values: { energy_index_kwh: 117.64 } },
      ],
      until: 96,
      expect: [],
    },
    {
      name: 'a day that comes at once is judged by what it measured',
      model: 'electricity-meter',
      params: { learnDays: 2 },
      inputs: days(3, { thenStandbyHours: 24, receivedAt: 95.5 }),
      until: 96,
      expect: [{ raised: 95.5 }],
    },
  ],
});

/** Days of which each hour uses 0.06 kWh at night and 0.3 kWh by day; then so many hours of standby. */
function days(
  count: number,
  { thenStandbyHours, receivedAt }: { thenStandbyHours: number; receivedAt?: number },
): ExampleInput[] {
  const late = receivedAt === undefined ? {} : { receivedAt };
  const inputs: ExampleInput[] = [];
  let index = 100;
  const run = (at: number, hours: number, step: number, more = {}): void => {
    const values = { energy_index_kwh: Number(index.toFixed(3)) };
    inputs.push({ at, every: 1, until: at + hours, values, step: { energy_index_kwh: step }, ...more });
    index += hours * step;
  };
  for (let day = 0; day < count; day++) {
    run(24 * day, 6, 0.06);
    run(24 * day + 6, 16, 0.3);
    run(24 * day + 22, 2, 0.06);
  }
  run(24 * count, thenStandbyHours, 0.06, late);
  return inputs;
}

const measuresEnergy = ({ metrics }: DeviceView): boolean => metrics.includes('energy_index_kwh');

function takeIndex(context: Context, meter: Meter, at: number, value: number): void {
  const { kind } = takeCounter(meter.history, at, value, INDEX);
  if (kind === 'taken' || kind === 'restarted') lowerFloor(context, meter, countOf(meter.history) - 1);
  // What late data has moved is computed anew, so that the order does not matter.
  else if (kind === 'late') rebuildFloors(context, meter);
}

function takeSupply(meter: Meter, at: number, on: boolean): void {
  const { supply } = meter;
  if (supply && at <= supply.at) return;
  if (!supply ? on : supply.on === on) return;
  meter.supply = { on, at };
}

function lowerFloor(context: Context, meter: Meter, index: number): void {
  const at = pointAt(meter.history, index);
  const use = useInWindow(meter.history, at, FLOOR_SPAN_MS, FLOOR_SLACK_MS);
  // What runs in an empty home is less than what stands by in one that is lived in.
  if (!use.covered || context.wasUnusual(use.from, use.to)) return;
  const perHour = Math.round((use.amount / (use.to - use.from)) * HOUR);
  const day = localDay(at, context.timeZone);
  const { floors } = meter;
  const known = floors.findIndex((value, i) => i % 2 === 0 && value === day);
  if (known >= 0) floors[known + 1] = Math.min(floors[known + 1] as number, perHour);
  else floors.push(day, perHour);
  while (floors.length > 2 * FLOOR_DAYS) floors.splice(0, 2);
}

function rebuildFloors(context: Context, meter: Meter): void {
  const first = localDay(pointAt(meter.history, 0) + FLOOR_SPAN_MS, context.timeZone);
  const from = meter.floors.findIndex((day, i) => i % 2 === 0 && day > first);
  if (from >= 0) meter.floors.length = from;
  for (let i = 0; i < countOf(meter.history); i++) lowerFloor(context, meter, i);
}

/** What the home uses when nobody does anything, in millionths of a kWh an hour; undefined while that is not known. */
function standbyOf({ floors }: Meter, { learnDays }: Params): number | undefined {
  const rates = floors.filter((_, i) => i % 2 === 1).sort((a, b) => a - b);
  return rates.length < learnDays ? undefined : rates[Math.floor(rates.length / 2)];
}

/** What a home used within its window, and what its standby alone would have used, in millionths of a kWh. */
interface Use {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly standby: number;
}

function useOf(meter: Meter, device: DeviceView, at: number, limits: Params): Use | undefined {
  const slack = Math.max(HOUR, device.intervalMs);
  const window = useInWindow(meter.history, at, limits.hours * HOUR, slack);
  const perHour = standbyOf(meter, limits);
  if (!window.covered || perHour === undefined || at - window.to > freshMs(device)) return undefined;
  const standby = (perHour * (window.to - window.from)) / HOUR;
  const { supply } = meter;
  if (standby < STANDBY_LEAST || (supply && (!supply.on || supply.at > window.from))) return undefined;
  return { ...window, standby };
}

const freshMs = ({ intervalMs }: DeviceView): number => 2 * intervalMs + 30 * MINUTE;

/** The home as a whole: several meters are added up, and all must have been read lately. */
function homeUse({ devices, params: limits }: Context, { meters }: State, at: number): Use | undefined {
  let sum: Use | undefined;
  for (const device of devices.filter(measuresEnergy)) {
    const meter = meters[device.state.id];
    // A door contact that could count energy, and never has, hangs there for its door.
    if (!meter) continue;
    const use = useOf(meter, device, at, limits);
    if (!use) return undefined;
    sum = sum
      ? {
          from: Math.min(sum.from, use.from),
          to: Math.max(sum.to, use.to),
          amount: sum.amount + use.amount,
          standby: sum.standby + use.standby,
        }
      : use;
  }
  return sum;
}

function judge(context: Context, state: State): void {
  const { device, open, params: limits, timeZone, now } = context;
  const meter = device && state.meters[device.state.id];
  const at = meter && countOf(meter.history) > 0 ? newestAt(meter.history) : undefined;
  if (!device || at === undefined) return;
  if (context.late && open) {
    const then = homeUse(context, state, open.at);
    if (then && then.amount > limits.factor * then.standby) context.clear('late-data');
  }
  // Old readings that come in after an outage say nothing about now.
  if (now - at > freshMs(device)) return;
  const use = homeUse(context, state, at);
  if (!use) return;
  const awake = { from: limits.wakingFromHour, to: limits.wakingToHour };
  if (use.amount > Math.max(limits.clearFactor, limits.factor) * use.standby || isSeen(context))
    context.clear('recovered');
  else if (
    use.amount <= limits.factor * use.standby &&
    timeWithin(use.from, use.to, awake, timeZone) >= limits.wakingHours * HOUR
  )
    context.raise(finding(context, use, at));
}

/** Did somebody draw water or move in the last hours? */
function isSeen({ devices, params: { quietHours }, now }: Context): boolean {
  if (quietHours === 0) return false;
  return now - Math.max(signsOfLife(devices).moved, drawnAt(devices, now)) <= quietHours * HOUR;
}

function finding(context: Context, { from, to, amount, standby }: Use, at: number): Finding {
  const hours = Number(((to - from) / HOUR).toFixed(1));
  const used = Number((amount / 1_000_000).toFixed(2));
  const usual = Number((standby / 1_000_000).toFixed(2));
  const when = shortLocal(from, context.timeZone);
  return {
    since: context.open?.since ?? at,
    at,
    from,
    evidence: {
      text: {
        zh: `自 ${when} 起 ${hours} 小时用电 ${used} 度，与本户待机用电（${usual} 度）相当：没有人用电`,
        en: `${used} kWh in ${hours} h since ${when}, as much as this home's standby alone (${usual} kWh): nobody uses electricity`,
      },
      readings: [],
      coverage: 'measured',
      freshnessMs: context.now - at,
      values: { hours, usedKwh: used, standbyKwh: usual, factor: context.params.factor },
    },
  };
}
