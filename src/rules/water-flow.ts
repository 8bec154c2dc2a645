import { DAY, HOUR } from '../lib/clock.ts';
import type { EvidenceReading } from '../model/alert.ts';
import {
  type CounterHistory,
  newestAt,
  pointAt,
  pointAtOrBefore,
  pointTotal,
  restartedWithin,
  shownAt,
} from '../model/counter-block.ts';
import { baseFlowPerHour } from '../model/counter-history.ts';
import { freshForMs as freshFor } from '../model/freshness.ts';
import { litresOfDay } from '../model/water-book.ts';
import type { DeviceView, RuleContext } from './define.ts';

/** What the rule kinds about water share: how a meter's readings tell draws, flow and standstill. Litres and hours. */

/** Totals are whole millilitres. */
const ML_PER_LITRE = 1000;
/** In what steps the register counts, in litres: an interval may show one more than has passed. */
export const stepLitres = (device: DeviceView): number =>
  (device.counter?.resolution ?? DEFAULT_STEP_M3) * 1000;
const DEFAULT_STEP_M3 = 0.001;
/** The base flow is the least over so many hours: that counting error in it is spread over them. */
const BASE_FLOW_HOURS = 4;

/** How old the newest reading of a meter may be to say something about now: two intervals and a little. */
export const freshForMs = (meter: DeviceView): number => freshFor(meter.intervalMs);

/** When the meter that reported was read last, if that says something about now; 0 if it does not. */
export function freshReadingAt<P, S>(context: RuleContext<P, S>): number {
  const meter = context.device;
  if (!meter?.state.water) return 0;
  const at = newestAt(meter.state.water);
  return context.now - at > freshForMs(meter) ? 0 : at;
}

/** What runs even when nobody draws, in L/h; 0 while it is not known. */
export const baseLitresPerHour = (history: CounterHistory): number => baseFlowPerHour(history) / ML_PER_LITRE;

/** What passed between two readings of a history, by their places in it. */
export const litresBetween = (history: CounterHistory, first: number, last: number): number =>
  (pointTotal(history, last) - pointTotal(history, first)) / ML_PER_LITRE;

export const hoursBetween = (history: CounterHistory, first: number, last: number): number =>
  (pointAt(history, last) - pointAt(history, first)) / HOUR;

/** Measured all the way back, and nothing was drawn. */
export const NOT_DRAWN = 0;
/** Not measured all the way back: nothing can be said. */
export const NOT_MEASURED = -1;

/**
 * When water was drawn for the last time in `from` to `at`, over all meters of a home: the end of the interval of
 * readings in which `litres` passed above the base flow; else NOT_DRAWN or NOT_MEASURED. Cheap where somebody lives: it
 * looks back no further than to the draw.
 */
export function lastDraw(meters: readonly DeviceView[], at: number, from: number, litres: number): number {
  let newest = NOT_MEASURED;
  for (const device of meters) {
    const history = device.state.water;
    const drawn = history ? lastDrawOf(device, history, at, from, litres) : NOT_MEASURED;
    if (drawn === NOT_MEASURED) return NOT_MEASURED;
    if (drawn > newest) newest = drawn;
  }
  return newest;
}

/** The same of one meter. */
function lastDrawOf(
  device: DeviceView,
  history: CounterHistory,
  at: number,
  from: number,
  litres: number,
): number {
  let index = pointAtOrBefore(history, at);
  // Every meter of the home must have been read lately: hot water may flow while cold stands still.
  if (index < 0 || at - pointAt(history, index) > freshForMs(device)) return NOT_MEASURED;
  const base = baseLitresPerHour(history);
  // Where something flows all the time, counting errors must not look like a draw.
  const step = base > 0 ? stepLitres(device) : 0;
  const perHour = base + step / BASE_FLOW_HOURS;
  const least = litres + step;
  const newest = pointAt(history, index);
  for (; index > 0 && pointAt(history, index) > from; index--) {
    const drawn = litresBetween(history, index - 1, index);
    if (drawn >= least && drawn - perHour * hoursBetween(history, index - 1, index) >= least)
      return pointAt(history, index);
  }
  if (pointAt(history, index) > from) return NOT_MEASURED;
  return restartedWithin(history, pointAt(history, index), newest) ? NOT_MEASURED : NOT_DRAWN;
}

/**
 * The readings that stand at these instants, as evidence. When the newest arrived is known; of the others it is not kept,
 * and to say of yesterday's reading that it came today would let a meter that reports every hour look like one that is late.
 */
export function readingsAt({ state }: DeviceView, instants: readonly number[]): EvidenceReading[] {
  const { water } = state;
  if (!water) return [];
  return instants.flatMap((at) => {
    const shown = shownAt(water, at);
    if (shown === undefined) return [];
    const value = shown / 1_000_000;
    const received = at === newestAt(water) ? { receivedAt: state.heardAt } : {};
    return [{ device: state.id, metric: 'water_index_m3' as const, value, at, ...received }];
  });
}

/** Rounded for people. */
export const round = (value: number, decimals = 1): number => Number(value.toFixed(decimals));

/**
 * The median litres a day of a home on the UTC days from `from` until `until` (excluded), leak and all. Left out are days
 * on which a meter was not read, somebody was away or had guests, or less than `leastLitres` passed. Undefined if fewer
 * than `daysMin` stay.
 */
export function medianDailyLitres(
  home: DailyHome,
  from: number,
  until: number,
  daysMin: number,
  leastLitres = 0,
): number | undefined {
  const litres = dailyLitres(home, from, until, leastLitres);
  if (litres.length === 0 || litres.length < daysMin) return undefined;
  litres.sort((a, b) => a - b);
  const middle = litres.length >> 1;
  const upper = litres[middle] as number;
  return litres.length % 2 === 1 ? upper : (upper + (litres[middle - 1] as number)) / 2;
}

type DailyHome = Pick<RuleContext<unknown, unknown>, 'waterMeters' | 'wasUnusual'>;

/** The litres of those of the days that count for the median. */
export function dailyLitres(home: DailyHome, from: number, until: number, leastLitres = 0): number[] {
  const litres: number[] = [];
  for (let day = from; day < until; day++) {
    const used = litresOn(home.waterMeters, day);
    if (used === undefined || used < leastLitres || home.wasUnusual(day * DAY, (day + 1) * DAY)) continue;
    litres.push(used);
  }
  return litres;
}

/** What all meters of a home counted on a UTC day; undefined where one of them was not read. */
function litresOn(meters: readonly DeviceView[], day: number): number | undefined {
  let litres: number | undefined;
  for (const { state } of meters) {
    const used = state.waterBook ? litresOfDay(state.waterBook, day) : undefined;
    if (used === undefined) return undefined;
    litres = (litres ?? 0) + used;
  }
  return litres;
}
