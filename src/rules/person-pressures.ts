import { PRESSURE, PRESSURES_MAX, type PressureLog } from '../model/pressure-log.ts';
import type { Pressure } from './blood-pressure-course.ts';
import type { DeviceView } from './define.ts';
import { personOf } from './person-of-device.ts';

/** Everybody's last readings, in the order in which they were taken, whichever devices took them. */
export function peopleOf(devices: readonly DeviceView[]): Map<string, Pressure[]> {
  const people = new Map<string, Pressure[]>();
  for (const device of devices) {
    if (!device.bloodPressure || !device.state.pressures) continue;
    const name = personOf(device, devices);
    people.set(name, [...(people.get(name) ?? []), ...pressuresOf(device, device.state.pressures)]);
  }
  for (const [name, readings] of people) people.set(name, lastOf(readings));
  return people;
}

/** The last of bands, and of cuffs: a band that measures every ten minutes must not push out what a cuff has said. */
function lastOf(readings: Pressure[]): Pressure[] {
  readings.sort((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1));
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
