import { PRESSURE, PRESSURES_MAX, type PressureLog } from '../model/pressure-log.ts';
import type { Pressure, PressureLimits } from './blood-pressure-course.ts';
import type { DeviceView } from './define.ts';
import { personOf } from './person-of-device.ts';

/** Everybody's last readings, in the order in which they were taken, whichever devices took them. */
export function peopleOf(devices: readonly DeviceView[]): Map<string, Pressure[]> {
  const people = allOfPeople(devices);
  for (const [name, readings] of people) people.set(name, lastOf(readings));
  return people;
}

/** All that is there of somebody: also what a message has just brought beyond as much as is kept. */
export const allOf = (person: string, devices: readonly DeviceView[]): Pressure[] =>
  inOrder(allOfPeople(devices).get(person) ?? []);

function allOfPeople(devices: readonly DeviceView[]): Map<string, Pressure[]> {
  const people = new Map<string, Pressure[]>();
  for (const device of devices) {
    if (!device.bloodPressure || !device.state.pressures) continue;
    const name = personOf(device, devices);
    people.set(name, [...(people.get(name) ?? []), ...pressuresOf(device, device.state.pressures)]);
  }
  return people;
}

const inOrder = (readings: Pressure[]): Pressure[] =>
  readings.sort((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1));

/** The last of bands, and of cuffs: a band that measures every ten minutes must not push out what a cuff has said. */
function lastOf(readings: Pressure[]): Pressure[] {
  inOrder(readings);
  return readings.filter(
    ({ cuff }, index) =>
      readings.slice(index + 1).filter((later) => later.cuff === cuff).length < PRESSURES_MAX,
  );
}

function pressuresOf({ state, bloodPressure }: DeviceView, log: PressureLog): Pressure[] {
  const readings: Pressure[] = [];
  for (let i = 0; i < log.length; i += PRESSURE) {
    const [at, receivedAt, systolic, diastolic] = log.slice(i, i + PRESSURE) as [
      number,
      number,
      number,
      number,
    ];
    readings.push({
      at,
      device: state.id,
      cuff: bloodPressure === 'measured',
      ...(systolic > 0 ? { systolic } : {}),
      ...(diastolic > 0 ? { diastolic } : {}),
      receivedAt,
    });
  }
  return readings;
}

type Limits = Pick<PressureLimits, 'limit' | 'side'>;

/** Has anybody's device of late measured anything beyond the limit? */
export function isAnyOver(devices: readonly DeviceView[], limits: Limits): boolean {
  for (const device of devices) if (hasOver(device, limits)) return true;
  return false;
}

function hasOver({ bloodPressure, state }: DeviceView, { limit, side }: Limits): boolean {
  if (bloodPressure === undefined) return false;
  const { pressures } = state;
  if (!pressures) return false;
  for (let i = 0; i < pressures.length; i += PRESSURE) {
    if (isBeyond(pressures[i + 2] as number, limit.systolic, side)) return true;
    if (isBeyond(pressures[i + 3] as number, limit.diastolic, side)) return true;
  }
  return false;
}

const isBeyond = (value: number, limit: number | undefined, side: 'high' | 'low'): boolean =>
  limit !== undefined && value > 0 && (side === 'high' ? value >= limit : value <= limit);
