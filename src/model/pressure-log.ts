import type { IdSet } from './id-set.ts';
import type { Reading } from './message.ts';
import { PRESSURES } from './metrics.ts';

/**
 * The last blood pressures that a device measured, for all rules that judge them: instant, arrival, systolic and
 * diastolic (mmHg; 0 where it gave none), and so on, ascending by instant. One flat list, because nearly every home with
 * a band has one. Plain data: it is stored and restored as JSON.
 */
export type PressureLog = number[];

/** How many numbers a measurement takes in the list. */
export const PRESSURE = 4;
/** So many are kept. */
export const PRESSURES_MAX = 8;

/** @param metrics the metrics of a report */
export const hasPressure = (metrics: IdSet): boolean => metrics.meets(PRESSURES);

/**
 * Puts what a report says where it belongs in time. Another value of the same instant is a correction of all that was said
 * then; the other half of a measurement that comes in two messages is none.
 */
export function withPressures(
  log: PressureLog | undefined,
  readings: readonly Reading[],
  receivedAt: number,
  max = PRESSURES_MAX,
): PressureLog | undefined {
  let after = log;
  for (let i = 0; i < readings.length; i++) {
    const { metric, value, at } = readings[i] as Reading;
    if (metric === 'systolic_mmhg') after = withValue(after, at, receivedAt, 2, value, max);
    else if (metric === 'diastolic_mmhg') after = withValue(after, at, receivedAt, 3, value, max);
  }
  return after;
}

/**
 * A message of the past may hold more than are kept, or what is older than all of these. Nothing leaves the list for it
 * before the rules have judged it: see `withoutOldest`.
 */
export const withHistory = (
  log: PressureLog | undefined,
  readings: readonly Reading[],
  receivedAt: number,
): PressureLog | undefined => withPressures(log, readings, receivedAt, Number.POSITIVE_INFINITY);

/** As many as are kept. */
export const withoutOldest = (log: PressureLog | undefined): PressureLog | undefined =>
  log !== undefined && log.length > PRESSURE * PRESSURES_MAX ? log.slice(-PRESSURE * PRESSURES_MAX) : log;

/** Puts in one measurement. */
export function withPressure(
  log: PressureLog | undefined,
  at: number,
  receivedAt: number,
  systolic = 0,
  diastolic = 0,
): PressureLog {
  return withValue(withValue(log, at, receivedAt, 2, systolic), at, receivedAt, 3, diastolic);
}

function withValue(
  log: PressureLog | undefined,
  at: number,
  receivedAt: number,
  field: number,
  value: number,
  max = PRESSURES_MAX,
): PressureLog {
  const after = log ?? [];
  let place = after.length;
  while (place > 0 && (after[place - PRESSURE] as number) > at) place -= PRESSURE;
  if (place === 0 || after[place - PRESSURE] !== at) {
    if (after.length < PRESSURE * max) return opened(after, place, at, receivedAt, field, value);
    // Older than all that are kept.
    if (place === 0) return after;
    // The oldest leaves, those up to this one move down.
    for (let i = PRESSURE; i < place; i++) after[i - PRESSURE] = after[i] as number;
    after[place - PRESSURE] = at;
    after[place - PRESSURE + 1] = 0;
  }
  place -= PRESSURE;
  if (after[place + 1] !== receivedAt) {
    after[place + 1] = receivedAt;
    if (after[place + field] !== 0) {
      after[place + 2] = 0;
      after[place + 3] = 0;
    }
  }
  after[place + field] = value;
  return after;
}

/** The list with one more in this place: exactly so long, for a list that grows by itself takes more. */
function opened(
  log: PressureLog,
  place: number,
  at: number,
  receivedAt: number,
  field: number,
  value: number,
): PressureLog {
  const one = [at, receivedAt, field === 2 ? value : 0, field === 3 ? value : 0];
  if (log.length === 0) return one;
  return place === log.length ? log.concat(one) : log.slice(0, place).concat(one, log.slice(place));
}

/** What it said of that instant, if it is kept; 0: nothing. */
export function pressureAt(log: PressureLog, at: number, metric: 'systolic_mmhg' | 'diastolic_mmhg'): number {
  for (let place = log.length - PRESSURE; place >= 0; place -= PRESSURE)
    if (log[place] === at) return log[place + (metric === 'systolic_mmhg' ? 2 : 3)] as number;
  return 0;
}

/** When the newest of them arrived, by our clock; 0: none did. */
export function lastPressureAt(log: PressureLog | undefined): number {
  let last = 0;
  for (let i = 1; i < (log?.length ?? 0); i += PRESSURE) last = Math.max(last, log?.[i] as number);
  return last;
}
