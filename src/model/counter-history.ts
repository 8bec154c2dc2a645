import { HOUR } from '../lib/clock.ts';
import {
  COUNT,
  type CounterHistory,
  FIRST,
  FLOOR,
  FLOOR_KEPT,
  FROM,
  floorsOf,
  forgetFlow,
  indexAtOrBefore,
  NO_DAY,
  OFFSET,
  offsetAt,
  placeOf,
  RESTARTED,
  RING,
  restartedWithin,
  timeOf,
  totalOf,
  withMoreFloors,
  withMorePoints,
} from './counter-block.ts';

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
/** What runs when nobody draws is the least flow of so many days. */
const FLOOR_DAYS = 3;
const FLOOR_SPAN_MS = 4 * HOUR;
/**
 * A leak that has become part of the home runs on every day of two weeks; a lively home has a quiet night in them, so
 * that a glass of water still counts there.
 */
const SETTLED_DAYS = 14;
const DAY_MS = 24 * HOUR;
/** A register close to its end and a value close to zero: it rolled over. */
const ROLLOVER_SHARE = 0.1;

/** Takes one raw reading (in the metric's unit). Deterministic; changes the history in place. */
export function takeCounter(
  history: CounterHistory,
  at: number,
  raw: number,
  rules: CounterRules,
): CounterVerdict {
  const { cells } = history;
  const count = cells[COUNT] as number;
  if (count === 0) {
    append(history, at, micro(raw));
    return TAKEN;
  }
  const newest = timeOf(cells, count - 1);
  return at > newest ? takeNext(history, at, raw, newest, rules) : takeLate(history, at, raw, rules);
}

function takeNext(
  history: CounterHistory,
  at: number,
  raw: number,
  lastAt: number,
  rules: CounterRules,
): CounterVerdict {
  const { cells } = history;
  const newestTotal = totalOf(cells, (cells[COUNT] as number) - 1);
  const offset = offsetAt(history, lastAt);
  const step = micro(raw) + offset - newestTotal;
  const jitter = micro(rules.resolution);
  const stepMax = mostWithin(at - lastAt, rules);
  const { exchangedAt } = rules;
  if (exchangedAt !== undefined && exchangedAt > lastAt && exchangedAt <= at) {
    drop(history);
    restart(history, at, raw, newestTotal);
    return TAKEN;
  }
  if (step >= -jitter && step <= stepMax) {
    drop(history);
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
    drop(history);
    begin(history, at, offset + max);
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
      drop(history);
      return { kind: 'restarted', held };
    }
  }
  if (held !== undefined && held.at === at && held.raw === raw) return DUPLICATE;
  history.held = { at, raw };
  return { kind: 'held', because: step < 0 ? 'counter-backwards' : 'counter-jump' };
}

/** A new epoch: what passed between the last reading and this one is not known and counts as nothing. */
function restart(history: CounterHistory, at: number, raw: number, newestTotal: number): void {
  begin(history, at, newestTotal - micro(raw));
  history.cells[RESTARTED] = at;
  append(history, at, newestTotal);
}

/** Begins an epoch. */
function begin(history: CounterHistory, from: number, offset: number): void {
  const { cells } = history;
  history.older ??= [];
  history.older.push({ from: cells[FROM] as number, offset: cells[OFFSET] as number });
  cells[FROM] = from;
  cells[OFFSET] = offset;
}

/** Nothing is held any more. Most of the time nothing was, and then nothing is written. */
function drop(history: CounterHistory): void {
  if (history.held) history.held = undefined;
}

/** What can pass in so many milliseconds at most, in millionths; a little more, because registers count in steps. */
function mostWithin(ms: number, { perHourMax, resolution }: CounterRules): number {
  return micro(perHourMax) * Math.max(ms / HOUR, 0.05) + 10 * micro(resolution);
}

function takeLate(history: CounterHistory, at: number, raw: number, rules: CounterRules): CounterVerdict {
  const { cells } = history;
  const count = cells[COUNT] as number;
  const index = indexAtOrBefore(cells, at);
  // Older than anything that is still judged: it is kept where readings are kept, and changes nothing here.
  if (index < 0 && timeOf(cells, count - 1) - at > HISTORY_MS) return LATE;
  const total = micro(raw) + offsetAt(history, at);
  const again = index >= 0 && timeOf(cells, index) === at;
  if (again && totalOf(cells, index) === total) return DUPLICATE;
  const fault = misfit(cells, again ? index - 1 : index, index + 1, at, total, rules);
  if (fault) return { kind: 'held', because: fault };
  if (again) cells[placeOf(cells, index) + 1] = total;
  else {
    const before = index < 0 ? Number.NEGATIVE_INFINITY : timeOf(cells, index);
    if (timeOf(cells, index + 1) - before < SPACING_MS) return LATE;
    insert(history, index + 1, at, total);
  }
  rebuildFloor(history);
  forgetFlow(history);
  return LATE;
}

/** Why a total cannot stand between these two neighbours; at either end of the history, only so much can have passed. */
function misfit(
  cells: readonly number[],
  left: number,
  right: number,
  at: number,
  total: number,
  rules: CounterRules,
): 'counter-backwards' | 'counter-jump' | undefined {
  const before = left < 0 ? undefined : totalOf(cells, left);
  const after = right >= (cells[COUNT] as number) ? undefined : totalOf(cells, right);
  const least = before ?? (after ?? total) - mostWithin(timeOf(cells, right) - at, rules);
  const most = after ?? (before ?? total) + mostWithin(at - timeOf(cells, left), rules);
  if (total < least) return 'counter-backwards';
  return total > most ? 'counter-jump' : undefined;
}

export function append(history: CounterHistory, at: number, total: number): void {
  const { cells } = history;
  const count = cells[COUNT] as number;
  // A dense stream is thinned: the newest point is always there, older ones stand at least SPACING_MS apart.
  if (count > 1 && at - timeOf(cells, count - 2) < SPACING_MS) {
    const place = placeOf(cells, count - 1);
    cells[place] = at;
    cells[place + 1] = total;
    lowerFloor(history, count - 1);
  } else {
    insert(history, count, at, total);
    lowerFloor(history, count);
  }
  trim(history, at);
}

/** Puts a point in place `index`; those from there on move up. */
function insert(history: CounterHistory, index: number, at: number, total: number): void {
  const count = history.cells[COUNT] as number;
  if ((history.cells[RING] as number) + 2 * count === history.cells.length)
    history.cells = withMorePoints(history.cells);
  const { cells } = history;
  cells[COUNT] = count + 1;
  for (let i = count; i > index; i--) {
    const [from, to] = [placeOf(cells, i - 1), placeOf(cells, i)];
    cells[to] = cells[from] as number;
    cells[to + 1] = cells[from + 1] as number;
  }
  const place = placeOf(cells, index);
  cells[place] = at;
  cells[place + 1] = total;
}

/** Drops what is older than the history, a few points at a time: what is late is judged by what stands around it. */
function trim(history: CounterHistory, newest: number): void {
  const { cells } = history;
  const from = newest - HISTORY_MS;
  const last = (cells[COUNT] as number) - 1;
  // One point before the window stays: it is where the window starts.
  if (last < TRIMMED_MIN || timeOf(cells, TRIMMED_MIN) > from) return;
  let count = TRIMMED_MIN;
  while (count < last && timeOf(cells, count + 1) <= from) count++;
  cells[FIRST] = placeOf(cells, count) - (cells[RING] as number);
  cells[COUNT] = last + 1 - count;
  dropEpochs(history, timeOf(cells, 0));
}

const TRIMMED_MIN = 8;

/** Forgets the epochs that had ended when the oldest point was read. */
function dropEpochs(history: CounterHistory, oldest: number): void {
  const { older, cells } = history;
  if (!older) return;
  while (older.length > 0 && (older[1]?.from ?? (cells[FROM] as number)) <= oldest) older.shift();
  if (older.length === 0) history.older = undefined;
}

function lowerFloor(history: CounterHistory, index: number): void {
  const { cells } = history;
  const at = timeOf(cells, index);
  const from = indexAtOrBefore(cells, at - FLOOR_SPAN_MS);
  if (from < 0) return;
  const span = at - timeOf(cells, from);
  // Over a gap the mean says nothing about the least flow.
  if (span > 1.75 * FLOOR_SPAN_MS) return;
  const perHour = ((totalOf(cells, index) - totalOf(cells, from)) / span) * HOUR;
  const day = Math.floor(at / DAY_MS);
  if (cells[FLOOR] === day) {
    if (perHour < (cells[FLOOR + 1] as number)) cells[FLOOR + 1] = perHour;
    return;
  }
  putFloor(history, day, perHour);
}

/** Puts a new day before the others; those that are too old leave. */
function putFloor(history: CounterHistory, day: number, perHour: number): void {
  const last = (history.cells[RING] as number) - 2;
  const isFull = floorsOf(history.cells) < FLOOR_KEPT && isKept(history.cells[last] as number, day);
  if (isFull) history.cells = withMoreFloors(history.cells);
  const { cells } = history;
  const ring = cells[RING] as number;
  for (let i = ring - 1; i >= FLOOR + 2; i--) cells[i] = cells[i - 2] as number;
  cells[FLOOR] = day;
  cells[FLOOR + 1] = perHour;
  for (let i = FLOOR + 2; i < ring; i += 2) if (!isKept(cells[i] as number, day)) cells[i] = NO_DAY;
}

/** Does the floor of that day still count when one of `day` comes? */
const isKept = (of: number, day: number): boolean => of !== NO_DAY && of > day - FLOOR_KEPT;

/** After late data: what can still be computed from the history is computed anew, so that order does not matter. */
function rebuildFloor(history: CounterHistory): void {
  const { cells } = history;
  const oldest = Math.floor((timeOf(cells, 0) + FLOOR_SPAN_MS) / DAY_MS);
  const last = (cells[RING] as number) - 2;
  while ((cells[FLOOR] as number) > oldest) {
    for (let i = FLOOR; i < last; i++) cells[i] = cells[i + 2] as number;
    cells[last] = NO_DAY;
  }
  const count = cells[COUNT] as number;
  for (let i = 0; i < count; i++) lowerFloor(history, i);
}

/** Flow that runs even when nobody draws, in millionths of the unit per hour; 0 while it is not known. */
export const baseFlowPerHour = ({ cells }: CounterHistory): number =>
  leastFloor(cells, (cells[FLOOR] as number) + 1, FLOOR_DAYS);

/**
 * What ran on all of the two weeks before a UTC day: it stays what it is while that day goes on, so that what is
 * concluded from it does not depend on when it was asked.
 */
export const baseFlowBefore = ({ cells }: CounterHistory, day: number): number =>
  leastFloor(cells, day, SETTLED_DAYS);

/** Least floor of so many days before `day`. */
function leastFloor(cells: readonly number[], day: number, days: number): number {
  let least = Number.POSITIVE_INFINITY;
  const ring = cells[RING] as number;
  for (let i = FLOOR; i < ring; i += 2) {
    const of = cells[i] as number;
    if (of === NO_DAY || of < day - days) break;
    const perHour = cells[i + 1] as number;
    if (of < day && perHour < least) least = perHour;
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
  { cells }: CounterHistory,
  at: number,
  amount: number,
  basePerHour: number,
): Draw | undefined {
  for (let i = indexAtOrBefore(cells, at); i > 0; i--) {
    const to = timeOf(cells, i);
    const from = timeOf(cells, i - 1);
    const passed = totalOf(cells, i) - totalOf(cells, i - 1);
    if (passed - (basePerHour * (to - from)) / HOUR >= amount) return { from, to };
  }
  return undefined;
}

/** What passed in the window that ends at reading `index`, or why that cannot be said. */
export type WindowUse =
  | { readonly covered: true; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly covered: false };

const NOT_COVERED: WindowUse = { covered: false };

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
  const { cells } = history;
  const end = indexAtOrBefore(cells, at);
  if (end < 0) return NOT_COVERED;
  const to = timeOf(cells, end);
  const begins = to - windowMs;
  const start = indexAtOrBefore(cells, begins);
  if (start < 0) return NOT_COVERED;
  const from = timeOf(cells, start);
  if (begins - from > slackMs || restartedWithin(history, from, to)) return NOT_COVERED;
  return { covered: true, from, to, amount: totalOf(cells, end) - totalOf(cells, start) };
}

/** Counters are kept in whole millionths of their unit, millilitres of m³: exact up to 9·10^9 m³. */
export const MICRO = 1_000_000;
export const micro = (value: number): number => Math.round(value * MICRO);
