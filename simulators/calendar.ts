import { DAY, MINUTE } from '../src/lib/clock.ts';

/**
 * Local days of one time zone. A day has a number (days since 1970-01-01 by the local calendar), so that a person's
 * day can be drawn from the seed and this number alone.
 */
export interface Calendar {
  /** The number of the local day in which this instant lies. */
  dayOf(instant: number): number;
  /** The instant at which the local clock shows this minute of this day; minutes past 1440 lie in the next day. */
  at(day: number, minute: number): number;
}

const CACHED_DAYS_MAX = 2_000;

/** @throws RangeError if the zone is not an IANA name that this machine knows. */
export function localCalendar(timeZone: string): Calendar {
  const offsetAt = offsetReader(timeZone);
  const midnights = new Map<number, number>();
  const midnight = (day: number): number => {
    let instant = midnights.get(day);
    if (instant === undefined) {
      if (midnights.size >= CACHED_DAYS_MAX) midnights.clear();
      instant = localToInstant(day * DAY, offsetAt);
      midnights.set(day, instant);
    }
    return instant;
  };
  return {
    dayOf: (instant) => Math.floor((instant + offsetAt(instant)) / DAY),
    at(day, minute) {
      const start = midnight(day);
      // Only on the two days of a change of clocks are a local minute and a minute since midnight different things.
      if (midnight(day + 1) - start === DAY) return start + minute * MINUTE;
      return localToInstant(day * DAY + minute * MINUTE, offsetAt);
    },
  };
}

/** Local wall time, written as if it were UTC, to the instant; tried twice because the offset depends on the instant. */
function localToInstant(local: number, offsetAt: (instant: number) => number): number {
  const guess = local - offsetAt(local);
  return local - offsetAt(guess);
}

/** How far the zone is ahead of UTC at an instant, in milliseconds. */
function offsetReader(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}
