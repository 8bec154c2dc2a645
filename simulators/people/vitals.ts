import { HOUR } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { Doing } from '../household.ts';
import type { PersonDay } from './day.ts';
import type { Body } from './person.ts';

/**
 * What a band measures on this body when nothing is wrong. Values stay within what no rule about an emergency would
 * call abnormal: an emergency is an incident, never a whim of the noise.
 */
export function restingPulse(body: Body, doing: Doing, random: Random): number {
  const level = doing.still ? 4 : doing.asleep ? -8 : doing.out ? 14 : 2;
  return clamped(body.pulse + level + random.normal(0, 3.5), 51, 108);
}

export function bloodPressure(
  body: Body,
  day: PersonDay,
  at: number,
  random: Random,
): { systolic: number; diastolic: number } {
  // Highest some three hours after getting up, lowest in the middle of the night.
  const rhythm = Math.cos((2 * Math.PI * (at - day.from - 3 * HOUR)) / (24 * HOUR));
  const asleep = at >= day.sleepFrom;
  const systolic = body.systolic + 5 * rhythm + day.pressureDrift - (asleep ? 9 : 0) + random.normal(0, 5);
  const diastolic =
    body.diastolic + 3 * rhythm + day.pressureDrift / 2 - (asleep ? 6 : 0) + random.normal(0, 3.5);
  const shown = clamped(systolic, 98, 166);
  return { systolic: shown, diastolic: Math.min(shown - 22, clamped(diastolic, 52, 100)) };
}

export const oxygen = (body: Body, doing: Doing, random: Random): number =>
  clamped(body.spo2 - (doing.asleep ? 0.7 : 0) + random.normal(0, 0.7), 94, 100);

export const skinTemperature = (body: Body, doing: Doing, random: Random): number =>
  Math.round((body.skin + (doing.asleep ? 1 : doing.out ? -1 : 0) + random.normal(0, 0.4)) * 10) / 10;

const clamped = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, Math.round(value)));
