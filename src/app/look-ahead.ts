import { type CounterHistory, FLOOR, newestAt, pointAtOrBefore, pointTotal } from '../model/counter-block.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import type { Subject } from './subject.ts';

/**
 * A city does not fit into the caches of a processor. A step on a home that was not asked for lately waits for memory some
 * twenty times, each time for the place that the one before named. Where many reports are known beforehand their homes
 * are looked at side by side, one kind of place after the other: a processor waits for many places at once, as long as
 * none of them depends on another. Nothing is changed by that, and nothing depends on it.
 */

/** So many are looked at together: what they hold fits into the cache of a core several times over. */
export const LOOK_AHEAD = 32;

const DAY_MS = 86_400_000;
const states: (DeviceState | undefined)[] = new Array(LOOK_AHEAD).fill(undefined);
const waters: (CounterHistory | undefined)[] = new Array(LOOK_AHEAD).fill(undefined);
/** What was seen is written down, or a compiler would find that there is no need to look. */
const seen = new Float64Array(1);

/**
 * Looks at what the reports of these devices will ask for: LOOK_AHEAD of them from the place `from` on. Each round goes
 * one place deeper, and is short: a processor sees only some hundred steps of a program ahead.
 */
export function lookAhead(core: Core, ids: readonly string[], from: number): void {
  const count = Math.min(LOOK_AHEAD, ids.length - from);
  lookAtDevices(core.expect(ids, from, count), count);
}

/** The same where the devices are known: the first `count` of these. */
export function lookAtDevices(devices: readonly (RuntimeDevice | undefined)[], count: number): void {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += devices[i]?.enrolledMinute ?? 0;
  for (let i = 0; i < count; i++) {
    const device = devices[i];
    // What sleeps is read when it is asked for.
    const state = device === undefined || device.subject.asleep ? undefined : device.state;
    states[i] = state;
    if (state !== undefined) sum += state.cells.length;
  }
  for (let i = 0; i < count; i++) {
    const state = states[i];
    waters[i] = state?.water;
    if (state !== undefined) sum += lookAtNewest(state);
  }
  for (let i = 0; i < count; i++) sum += waters[i]?.cells.length ?? 0;
  for (let i = 0; i < count; i++) {
    const water = waters[i];
    if (water !== undefined) sum += lookAtDay(water);
  }
  seen[0] = sum;
}

/** What a reading changes. */
function lookAtNewest({ cells, waterBook, pressures }: DeviceState): number {
  let sum = cells[0] as number;
  if (pressures !== undefined) sum += pressures[pressures.length - 1] as number;
  if (waterBook !== undefined) sum += waterBook.days[waterBook.days.length - 1] as number;
  return sum;
}

/** What rules compare it with: the day before. */
function lookAtDay(water: CounterHistory): number {
  const newest = newestAt(water);
  const dayBefore = pointAtOrBefore(water, newest - DAY_MS);
  const sum = newest + (water.cells[FLOOR] as number);
  return dayBefore >= 0 ? sum + pointTotal(water, dayBefore) : sum;
}

const due: RuntimeDevice[] = [];

/** Looks at what the due-dates of these homes will ask for, in rounds as above. */
export function lookAtDue(subjects: readonly Subject[]): void {
  for (let from = 0; from < subjects.length; from += LOOK_AHEAD)
    seen[0] = lookAtSome(subjects, from, Math.min(subjects.length, from + LOOK_AHEAD));
}

function lookAtSome(subjects: readonly Subject[], from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) sum += (subjects[i] as Subject).savedSeq;
  for (let i = from; i < to; i++) {
    const { id, asleep, devices } = subjects[i] as Subject;
    sum += id.length;
    if (!asleep)
      for (let each = 0; each < devices.length; each++) due[count++] = devices[each] as RuntimeDevice;
  }
  for (let i = 0; i < count; i++) sum += (due[i] as RuntimeDevice).enrolledMinute;
  for (let i = 0; i < count; i++) sum += (due[i] as RuntimeDevice).state.cells.length;
  for (let i = 0; i < count; i++) sum += (due[i] as RuntimeDevice).state.heardAt;
  return sum;
}
