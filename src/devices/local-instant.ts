import { instantOfLocal } from '../lib/local-time.ts';

/**
 * The instant at which the wall clock of a zone shows this; undefined for what no calendar has (month 13, 31 February).
 * Where it comes twice in autumn, the first; where spring leaves it out, the first instant after the gap.
 *
 * @param month from 1
 */
export function zonedInstant(
  timeZone: string,
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  if (timeZone === 'UTC') return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  return instantOfLocal(midnight / 86_400_000, hour * 60 + minute, timeZone) + second * 1000;
}
