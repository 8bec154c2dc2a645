import { takeKeys } from '../presses.ts';
import { inputOf, takePulses } from '../pulses.ts';
import { afterBattery, type NetvoxReport, takeBattery } from './report.ts';

/** What the sensors of Netvox say after their battery, by what they watch. */

/** Water at any of so many ropes or plates. */
export const leaks = (count: number): NetvoxReport =>
  afterBattery((report, take) => {
    const wet = report.take(count).some((state) => state !== 0);
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
  });

/** How far along its rope there is water, in decimetres: nowhere is 0; all bits set: it does not know. */
export const leakLocation = afterBattery((report, take) => {
  const decimetres = report.u16be();
  if (decimetres === 0xffff) return;
  take.reading('water_leak_bool', decimetres > 0);
  take.flag('leak', decimetres > 0);
});

/** How often the tank filled, then a fault and a leak of it. */
export const toiletTank = afterBattery((report, take) => {
  take.reading('pulse_count', report.u32be());
  take.flag('fault', report.u8() !== 0);
  take.flag('leak', report.u8() !== 0);
});

/** Contacts; the door is open if any of them is. */
export const contacts = (count: number): NetvoxReport =>
  afterBattery((report, take) => {
    take.reading(
      'door_open_bool',
      report.take(count).some((state) => state !== 0),
    );
  });

export const windowAndGlass = afterBattery((report, take) => {
  take.reading('door_open_bool', report.u8() !== 0);
  if (report.u8() !== 0) take.event('general_alarm');
});

/** Vibration, activity, a seat that is taken: any of so many. */
export const movements = (count: number): NetvoxReport =>
  afterBattery((report, take) => {
    take.reading(
      'motion_bool',
      report.take(count).some((state) => state !== 0),
    );
  });

/** Temperature, light, occupancy, whether it was taken down. */
export const occupancy = afterBattery((report, take) => {
  take.reading('ambient_temperature_c', report.i16be() / 100);
  report.skip(2);
  take.reading('motion_bool', report.u8() !== 0);
  take.flag('tamper', report.u8() !== 0);
});

/** Sixteen bits of pulses for each input. */
export const counts = (inputs: number): NetvoxReport =>
  afterBattery((report, take) => {
    const input = inputOf(take);
    if (input > inputs) take.refuse('not-supported', `input ${input} of ${inputs}`);
    report.skip((input - 1) * 2);
    takePulses(take, report.u16be());
  });

export const activityCount = afterBattery((report, take) => take.reading('pulse_count', report.u32be()));

/** One byte for each key. */
export const buttons = (keys: number): NetvoxReport =>
  afterBattery((report, take) => {
    const states = [...report.take(keys)];
    takeKeys(
      take,
      states.flatMap((state, index) => (state === 0 ? [] : [index + 1])),
    );
  });

/** A call, and that nobody moved for as long as it was set to. */
export const callAndActivity = afterBattery((report, take) => {
  if (report.u8() !== 0) take.event('sos');
  if (report.u8() !== 0) take.event('general_alarm');
});

/** Smoke, heat, temperature; older firmware leaves the temperature empty. */
export const smoke = afterBattery((report, take) => {
  take.event(report.u8() === 0 ? 'alarm_cleared' : 'smoke');
  if (report.u8() !== 0) take.event('general_alarm');
  const degrees = report.i16be();
  if (degrees !== 0) take.reading('ambient_temperature_c', degrees / 10);
});

export const carbonMonoxide = afterBattery((report, take) => {
  take.event(report.u8() === 0 ? 'alarm_cleared' : 'carbon_monoxide');
  if (report.u8() !== 0) take.event('general_alarm');
});

export const climate = afterBattery((report, take) => {
  take.reading('ambient_temperature_c', report.i16be() / 100);
  take.reading('humidity_pct', report.u16be() / 100);
});

/** What it measures has no place here; every kind of its reports begins with the battery. */
export const batteryOnly: NetvoxReport = (report, take) => takeBattery(report, take);

/** Its heartbeat time, then whether it sounds. */
export const siren: NetvoxReport = (report, take) => {
  report.skip(2);
  if (report.u8() !== 0) take.event('general_alarm');
};
