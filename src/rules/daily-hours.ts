import { instantOfLocal, localDay, localMinute } from '../lib/local-time.ts';

/** Hours that come back each day by the wall clock, such as the night from 22 to 6. */
export interface DailyHours {
  readonly from: number;
  /** May be smaller than `from`: it then lies on the next day. */
  readonly to: number;
}

/** Does this instant lie within these hours? */
export function isWithin(at: number, { from, to }: DailyHours, timeZone: string): boolean {
  const hour = localMinute(at, timeZone) / 60;
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** How much of the time between two instants lies within these hours, in milliseconds; right when clocks change. */
export function timeWithin(start: number, end: number, { from, to }: DailyHours, timeZone: string): number {
  let sum = 0;
  const last = localDay(end, timeZone);
  for (let day = localDay(start, timeZone) - 1; day <= last; day++) {
    const opens = instantOfLocal(day, from * 60, timeZone);
    const closes = instantOfLocal(from <= to ? day : day + 1, to * 60, timeZone);
    sum += Math.max(0, Math.min(end, closes) - Math.max(start, opens));
  }
  return sum;
}

/** The first instant at which this hour of the wall clock is shown and so many hours of it have passed since `start`. */
export function hourAfter(start: number, hours: number, hour: number, timeZone: string): number {
  const minutes = localDay(start, timeZone) * 1440 + localMinute(start, timeZone) + hours * 60;
  return instantOfLocal(Math.ceil((minutes - hour * 60) / 1440), hour * 60, timeZone);
}
