import { localTime } from '../lib/local-time.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** As it stands in tables, by the clocks of the place; empty where it is not known. */
export function wallTime(at: number | undefined, timeZone: string): string {
  if (at === undefined) return '';
  const { year, month, day, hour, minute } = localTime(at, timeZone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}
