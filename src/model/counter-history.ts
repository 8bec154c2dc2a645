import { HOUR } from '../lib/clock.ts';

/**
 * What a cumulative counter said over the last days, as a total that only grows: roll-over, reset and exchange of the
 * meter have been taken out. Totals are whole millionths of the metric's unit (millilitres for m³), so
 * that sums are exact. Plain data: it is stored and restored as JSON.
 */
export interface CounterHistory {
  /** Event times, ascending. */
  at: number[];
  /** Total at each of them, in millionths of the metric's unit. */
  total: number[];
  /** From which instant on which offset (in millionths) is added to the raw value. Ascending. */
  epochs: { from: number; offset: number }[];
  /** A step that cannot be true by itself; the next reading confirms or drops it. */
  held?: { at: number; raw: number };
  /**
   * Smallest flow over four hours of each of the last days: what runs even when nobody draws. Pairs of a UTC day number
   * and millionths an hour.
   */
  floor: number[];
}

/** What became of one reading of a counter. */
export type CounterVerdict =
  | { readonly kind: 'taken' }
  /** Inserted before the newest reading: what was concluded since may change. */
  | { readonly kind: 'late' }
  | { readonly kind: 'duplicate' }
  /** Cannot be true by itself; held until the next reading. */
  | { readonly kind: 'held'; readonly because: 'counter-backwards' | 'counter-jump' }
  /** The held reading was right: the meter was reset or exchanged; both are taken now. */
  | { readonly kind: 'restarted'; readonly held: { readonly at: number; readonly raw: number } };

export interface CounterRules {
  /** Register width, in the metric's unit: it starts again from zero there. */
  readonly max: number;
  readonly resolution: number;
  /** More than this per hour cannot pass, in the metric's unit. */
  readonly perHourMax: number;
  /** When the meter was exchanged, if it was: any value is right after that. */
  readonly exchangedAt?: number | undefined;
}

const TAKEN: CounterVerdict = { kind: 'taken' };
const LATE: CounterVerdict = { kind: 'late' };
const DUPLICATE: CounterVerdict = { kind: 'duplicate' };

/** Readings are kept this long: a day's window, a day in which late data may still move it, and slack. */
export const HISTORY_MS = 52 * HOUR;
/** Points closer together than this replace one another, so that a meter that reports each minute stays small. */
const SPACING_MS = 0.4 * HOUR;
const FLOOR_SPAN_MS = 4 * HOUR;
const FLOOR_DAYS = 3;
/**
 * A leak that has become part of the home runs on every day of two weeks; a lively home has a quiet night in them, so
 * that a glass of water still counts there.
 */
const SETTLED_DAYS = 14;
/** Days of floors that are kept: enough to say, for the oldest day of the history, what ran on the days before it. */
const FLOOR_KEPT_DAYS = SETTLED_DAYS + 3;
const DAY_MS = 24 * HOUR;
/** A register close to its end and a value close to zero: it rolled over. */
const ROLLOVER_SHARE = 0.1;

export function emptyHistory(): CounterHistory {
  return { at: [], total: [], epochs: [], floor: [] };
}

/** Takes one raw reading (in the metric's unit). Deterministic; changes the history in place. */
export function takeCounter(
  history: CounterHistory,
  at: number,
  raw: number,
  rules: CounterRules,
): CounterVerdict {
  const newest = history.at.length - 1;
  if (newest < 0) {
    history.epochs.push({ from: 0, offset: 0 });
    append(history, at, micro(raw));
    return TAKEN;
  }
  const newestAt = history.at[newest] as number;
  return at > newestAt ? takeNext(history, at, raw, newestAt, rules) : takeLate(history, at, raw, rules);
}

function takeNext(
  history: CounterHistory,
  at: number,
  raw: number,
  newestAt: number,
  rules: CounterRules,
): CounterVerdict {
  const newestTotal = history.total[history.total.length - 1] as number;
  const offset = offsetAt(history, newestAt);
  const step = micro(raw) + offset - newestTotal;
  const jitter = micro(rules.resolution);
  const stepMax = mostWithin(at - newestAt, rules);
  const { exchangedAt } = rules;
  if (exchangedAt !== undefined && exchangedAt > newestAt && exchangedAt <= at) {
    delete history.held;
    restart(history, at, raw, newestTotal);
    return TAKEN;
  }
  if (step >= -jitter && step <= stepMax) {
    delete history.held;
    append(history, at, Math.max(newestTotal, newestTotal + step));
    return TAKEN;
  }
  const lastRaw = newestTotal - offset;
  const max = micro(rules.max);
  if (
    step < 0 &&
    step + max >= 0 &&
    lastRaw > (1 - ROLLOVER_SHARE) * max &&
    micro(raw) < ROLLOVER_SHARE * max &&
    step + max <= stepMax
  ) {
    delete history.held;
    history.epochs.push({ from: at, offset: offset + max });
    append(history, at, newestTotal + step + max);
    return TAKEN;
  }
  return confirmOrHold(history, at, raw, newestTotal, step, rules);
}

/** Two readings in a row that agree with each other, though not with the past, are a new start; one alone is not. */
function confirmOrHold(
  history: CounterHistory,
  at: number,
  raw: number,
  newestTotal: number,
  step: number,
  rules: CounterRules,
): CounterVerdict {
  const held = history.held;
  if (held !== undefined && at > held.at) {
    const since = micro(raw) - micro(held.raw);
    if (
      since >= 0 &&
      since <= micro(rules.perHourMax) * Math.max((at - held.at) / HOUR, 0.05) + micro(rules.resolution)
    ) {
      restart(history, held.at, held.raw, newestTotal);
      append(history, at, newestTotal + since);
      delete history.held;
      return { kind: 'restarted', held };
    }
  }
  if (held !== undefined && held.at === at && held.raw === raw) return DUPLICATE;
  history.held = { at, raw };
  return { kind: 'held', because: step < 0 ? 'counter-backwards' : 'counter-jump' };
}

/** A new epoch: what passed between the last reading and this one is not known and counts as nothing. */
function restart(history: CounterHistory, at: number, raw: number, newestTotal: number): void {
  history.epochs.push({ from: at, offset: newestTotal - micro(raw) });
  append(history, at, newestTotal);
}

/** What can pass in so many milliseconds at most, in millionths; a little more, because registers count in steps. */
function mostWithin(ms: number, { perHourMax, resolution }: CounterRules): number {
  return micro(perHourMax) * Math.max(ms / HOUR, 0.05) + 10 * micro(resolution);
}

function takeLate(history: CounterHistory, at: number, raw: number, rules: CounterRules): CounterVerdict {
  const { at: times, total: totals } = history;
  const index = lastIndexAtOrBefore(times, at);
  // Older than anything that is still judged: it is kept where readings are kept, and changes nothing here.
  if (index < 0 && (times[times.length - 1] as number) - at > HISTORY_MS) return LATE;
  const total = micro(raw) + offsetAt(history, at);
  const again = times[index] === at;
  if (again && totals[index] === total) return DUPLICATE;
  const fault = misfit(history, again ? index - 1 : index, index + 1, at, total, rules);
  if (fault) return { kind: 'held', because: fault };
  if (again) totals[index] = total;
  else {
    const gap = (times[index + 1] as number) - (times[index] ?? Number.NEGATIVE_INFINITY);
    if (gap < SPACING_MS) return LATE;
    times.splice(index + 1, 0, at);
    totals.splice(index + 1, 0, total);
  }
  rebuildFloor(history);
  return LATE;
}

/** Why a total cannot stand between these two neighbours; at either end of the history, only so much can have passed. */
function misfit(
  { at: times, total: totals }: CounterHistory,
  left: number,
  right: number,
  at: number,
  total: number,
  rules: CounterRules,
): 'counter-backwards' | 'counter-jump' | undefined {
  const [before, after] = [totals[left], totals[right]];
  const least = before ?? (after ?? total) - mostWithin((times[right] ?? at) - at, rules);
  const most = after ?? (before ?? total) + mostWithin(at - (times[left] ?? at), rules);
  if (total < least) return 'counter-backwards';
  return total > most ? 'counter-jump' : undefined;
}

function append(history: CounterHistory, at: number, total: number): void {
  const { at: times, total: totals } = history;
  const last = times.length - 1;
  // A dense stream is thinned: the newest point is always there, older ones stand at least SPACING_MS apart.
  if (last > 0 && at - (times[last - 1] as number) < SPACING_MS) {
    times[last] = at;
    totals[last] = total;
  } else {
    times.push(at);
    totals.push(total);
  }
  lowerFloor(history, times.length - 1);
  trim(history, at);
}

/** Drops what is older than the history, a few points at a time so that the cost is spread. */
function trim(history: CounterHistory, newestAt: number): void {
  const from = newestAt - HISTORY_MS;
  let count = 0;
  // One point before the window stays: it is where the window starts.
  while ((history.at[count + 1] ?? Number.POSITIVE_INFINITY) <= from) count++;
  if (count < 8) return;
  // In place: a new array for each home every few hours is most of what the collector would have to do.
  dropFirst(history.at, count);
  dropFirst(history.total, count);
  while (
    history.epochs.length > 1 &&
    (history.epochs[1] as { from: number }).from <= (history.at[0] as number)
  )
    history.epochs.shift();
}

function dropFirst(points: number[], count: number): void {
  const kept = points.length - count;
  for (let i = 0; i < kept; i++) points[i] = points[i + count] as number;
  points.length = kept;
}

/**
 * Index of the last element <= value; -1 if there is none. Looks first where the value must be if readings come evenly,
 * which they do: a history lies scattered in memory, and each look elsewhere costs more than all arithmetic.
 */
export function lastIndexAtOrBefore(sorted: readonly number[], value: number): number {
  const last = sorted.length - 1;
  if (last < 0) return -1;
  const newest = sorted[last] as number;
  if (newest <= value) return last;
  const spacing = newest - (sorted[last - 1] ?? newest);
  const guess = last - Math.ceil((newest - value) / spacing);
  if (guess >= 0 && (sorted[guess] as number) <= value && (sorted[guess + 1] as number) > value) return guess;
  return search(sorted, value);
}

function search(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function offsetAt(history: CounterHistory, at: number): number {
  for (let i = history.epochs.length - 1; i >= 0; i--) {
    const epoch = history.epochs[i] as { from: number; offset: number };
    if (epoch.from <= at) return epoch.offset;
  }
  return 0;
}

function lowerFloor(history: CounterHistory, index: number): void {
  const at = history.at[index] as number;
  const from = lastIndexAtOrBefore(history.at, at - FLOOR_SPAN_MS);
  if (from < 0) return;
  const span = at - (history.at[from] as number);
  // Over a gap the mean says nothing about the least flow.
  if (span > 1.75 * FLOOR_SPAN_MS) return;
  const perHour = (((history.total[index] as number) - (history.total[from] as number)) / span) * HOUR;
  const day = Math.floor(at / DAY_MS);
  const { floor } = history;
  const newest = floor.length - 2;
  if (newest >= 0 && floor[newest] === day) {
    if (perHour < (floor[newest + 1] as number)) floor[newest + 1] = perHour;
    return;
  }
  floor.push(day, perHour);
  while (floor.length > 0 && (floor[0] as number) <= day - FLOOR_KEPT_DAYS) floor.splice(0, 2);
}

/** After late data: what can still be computed from the history is computed anew, so that order does not matter. */
function rebuildFloor(history: CounterHistory): void {
  const oldest = Math.floor(((history.at[0] as number) + FLOOR_SPAN_MS) / DAY_MS);
  const from = history.floor.findIndex((day, index) => index % 2 === 0 && day > oldest);
  if (from >= 0) history.floor.length = from;
  for (let i = 0; i < history.at.length; i++) lowerFloor(history, i);
}

/** Flow that runs even when nobody draws, in millionths of the unit per hour; 0 while it is not known. */
export function baseFlowPerHour({ floor }: CounterHistory): number {
  return leastFloor(floor, (floor[floor.length - 2] ?? 0) + 1, FLOOR_DAYS);
}

/**
 * What ran on all of the two weeks before a UTC day: it stays what it is while that day goes on, so that what is
 * concluded from it does not depend on when it was asked.
 */
export function baseFlowBefore({ floor }: CounterHistory, day: number): number {
  return leastFloor(floor, day, SETTLED_DAYS);
}

/** Least floor of so many days before `day`. */
function leastFloor(floor: readonly number[], day: number, days: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = floor.length - 2; i >= 0; i -= 2) {
    const of = floor[i] as number;
    if (of < day - days) break;
    if (of < day && (floor[i + 1] as number) < least) least = floor[i + 1] as number;
  }
  return least === Number.POSITIVE_INFINITY ? 0 : Math.max(0, least);
}

/** When real water was last drawn: between these two readings. */
export interface Draw {
  readonly from: number;
  readonly to: number;
}

/**
 * The last step at or before `at` in which at least `amount` (in millionths) passed above `basePerHour`; undefined if the
 * history holds none.
 */
export function lastDraw(
  { at: times, total: totals }: CounterHistory,
  at: number,
  amount: number,
  basePerHour: number,
): Draw | undefined {
  for (let i = lastIndexAtOrBefore(times, at); i > 0; i--) {
    const to = times[i] as number;
    const from = times[i - 1] as number;
    const passed = (totals[i] as number) - (totals[i - 1] as number);
    if (passed - (basePerHour * (to - from)) / HOUR >= amount) return { from, to };
  }
  return undefined;
}

/** What passed in the window that ends at reading `index`, or why that cannot be said. */
export type WindowUse =
  | { readonly covered: true; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly covered: false };

/**
 * Use in the window of `windowMs` that ends with the newest reading at or before `at`. The window starts with the last
 * reading at or before its begin, which may lie up to `slackMs` before it: more time counts, never less.
 */
export function useInWindow(
  history: CounterHistory,
  at: number,
  windowMs: number,
  slackMs: number,
): WindowUse {
  const end = lastIndexAtOrBefore(history.at, at);
  if (end < 0) return { covered: false };
  const to = history.at[end] as number;
  const begin = to - windowMs;
  const start = lastIndexAtOrBefore(history.at, begin);
  if (start < 0) return { covered: false };
  const from = history.at[start] as number;
  if (begin - from > slackMs) return { covered: false };
  return {
    covered: true,
    from,
    to,
    amount: (history.total[end] as number) - (history.total[start] as number),
  };
}

/** Millionths of the unit: litres of a cubic metre in millilitres. */
export const micro = (value: number): number => Math.round(value * 1_000_000);
