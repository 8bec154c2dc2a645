import { DAY, HOUR } from '../lib/clock.ts';
import { COUNT, countOf, FLOOR, pointAt } from '../model/counter-block.ts';
import { type DeviceState, nextMessage } from '../model/device-state.ts';
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

/** What was seen is written down, or a compiler would find that there is no need to look. */
const seen = new Float64Array(1);
/**
 * Whoever writes an object into another one that is old looks at the head of the page of memory that it lies in, for the
 * collector's sake. Rules are pointed at the home and the device like that: both pages are looked at beforehand.
 */
const pages: (RuntimeDevice | Subject | undefined)[] = new Array(2 * LOOK_AHEAD).fill(undefined);

/**
 * Looks at what the reports of these devices will ask for: LOOK_AHEAD of them from the place `from` on. Each round goes
 * one place deeper, and is short: a processor sees only some hundred steps of a program ahead. What was found in one is
 * asked for again in the next: to note it somewhere would be a look at one more place.
 */
export function lookAhead(core: Core, ids: readonly string[], from: number): void {
  const count = Math.min(LOOK_AHEAD, ids.length - from);
  lookAtDevices(core.expect(ids, from, count));
}

/** The same where the devices are known. */
export function lookAtDevices(devices: readonly (RuntimeDevice | undefined)[]): void {
  const count = devices.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += devices[i]?.enrolledMinute ?? 0;
  // What sleeps is read when it is asked for.
  const awake: RuntimeDevice[] = [];
  for (let i = 0; i < count; i++) {
    const device = devices[i];
    if (device === undefined) continue;
    const { subject } = device;
    pages[2 * i] = device;
    pages[2 * i + 1] = subject;
    if (subject.asleep) continue;
    awake.push(device);
    sum += device.cells.length + device.muteSince + (subject.frozen ? 1 : 0);
  }
  for (let i = 0; i < awake.length; i++) sum += lookAtLists(awake[i] as RuntimeDevice);
  for (let i = 0; i < awake.length; i++) sum += lookAtNewest(awake[i] as RuntimeDevice);
  for (let i = 0; i < awake.length; i++) sum += lookAtEnds(awake[i] as RuntimeDevice);
  for (let i = 0; i < awake.length; i++) sum += lookAtDay(awake[i] as RuntimeDevice);
  seen[0] = sum;
}

function lookAtLists({ cells, water, waterBook, pressures }: DeviceState): number {
  let sum = cells[0] as number;
  if (pressures !== undefined) sum += pressures.length;
  if (water !== undefined) sum += water.cells.length;
  if (waterBook !== undefined) sum += waterBook.days.length;
  return sum;
}

/** What a reading changes. */
function lookAtNewest({ cells, water, waterBook, pressures }: DeviceState): number {
  let sum = nextMessage(cells);
  if (pressures !== undefined)
    for (let i = 0; i < pressures.length; i += IN_A_LINE) sum += pressures[i] as number;
  if (water !== undefined) sum += (water.cells[COUNT] as number) + (water.cells[FLOOR] as number);
  if (waterBook !== undefined) sum += waterBook.days[waterBook.days.length - 1] as number;
  return sum;
}

/** So many numbers lie in what a processor fetches at once. */
const IN_A_LINE = 8;

/** Between which points of its counter a reading is put, and where the oldest leave. */
function lookAtEnds({ water }: DeviceState): number {
  if (water === undefined) return 0;
  const last = countOf(water) - 1;
  return last < 0 ? 0 : pointAt(water, last) + pointAt(water, Math.min(OLDEST, last));
}

const OLDEST = 8;
/** Over so long the least flow is measured. */
const FLOOR_SPAN = 4 * HOUR;

/** What rules compare it with: some hours before, and the day before. Mostly it lies where it would if readings came evenly. */
function lookAtDay({ water }: DeviceState): number {
  if (water === undefined) return 0;
  const last = countOf(water) - 1;
  if (last < 1) return 0;
  const every = pointAt(water, last) - pointAt(water, last - 1);
  const dayBefore = Math.max(0, last + 1 - Math.ceil(DAY / every));
  return pointAt(water, dayBefore) + pointAt(water, Math.max(0, last - Math.ceil(FLOOR_SPAN / every)));
}

/** Looks at what the due-dates of these homes will ask for, in rounds as above: LOOK_AHEAD of them, or less. */
export function lookAtDue(subjects: readonly Subject[]): void {
  let sum = 0;
  for (let i = 0; i < subjects.length; i++) sum += (subjects[i] as Subject).savedSeq;
  for (let i = 0; i < subjects.length; i++) {
    const { id, filedDue, devices } = subjects[i] as Subject;
    pages[i] = subjects[i];
    sum += id.length + filedDue + devices.length;
  }
  const due: RuntimeDevice[] = [];
  for (let i = 0; i < subjects.length; i++) {
    const { asleep, devices } = subjects[i] as Subject;
    if (!asleep) for (let each = 0; each < devices.length; each++) due.push(devices[each] as RuntimeDevice);
  }
  for (let i = 0; i < due.length; i++) sum += (due[i] as RuntimeDevice).enrolledMinute;
  for (let i = 0; i < due.length; i++) {
    const { cells, slots, muteSince } = due[i] as RuntimeDevice;
    sum += cells.length + slots.length + muteSince;
  }
  for (let i = 0; i < due.length; i++) sum += (due[i] as RuntimeDevice).heardAt;
  seen[0] = sum;
}
