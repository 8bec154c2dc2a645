import { createRequire } from 'node:module';

/** Loaded when a rule is first read: it comes with a calendar of its own, and most rosters repeat each day. */
const recurrences = (): typeof import('rrule-temporal') => createRequire(import.meta.url)('rrule-temporal');

const DAY_MS = 86_400_000;
/** Parts of RFC 5545 that say a time of day: days are asked for here, the time comes from elsewhere. */
const TIMED = /\b(BYHOUR|BYMINUTE|BYSECOND)=/i;
const FREQUENCY = /(?:^|;)FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)/i;
const NAMES = /^(?:[A-Z]+=[A-Z0-9,+-]+)(?:;[A-Z]+=[A-Z0-9,+-]+)*$/i;

/** `2026-03-01` as days since 1970; undefined for what is no day of the calendar. */
export function dayOf(date: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS;
  return dateOf(day) === date ? day : undefined;
}

/** Days since 1970 as `2026-03-01`. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** 1 Monday to 7 Sunday, of a day since 1970. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** Months since January 1970, of a day since 1970. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The calendar year of a day since 1970. */
export const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear();

/** What is wrong with a recurrence rule of days, in words; undefined where nothing is. */
export function recurrenceFault(rule: string): string | undefined {
  if (!NAMES.test(rule) || !FREQUENCY.test(rule))
    return 'an RRULE of RFC 5545 with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, such as FREQ=WEEKLY;BYDAY=MO,WE';
  if (TIMED.test(rule)) return 'days only: the times of a shift stand in its from and to';
  try {
    // Without a day that it gives within ten years, it gives none that anybody waits for.
    const probe = dayOf('2024-01-01') as number;
    if (daysOf(rule, probe, probe, probe + 3_660).length > 0) return undefined;
    return 'it names no day within ten years';
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The days (since 1970) that a rule of RFC 5545 gives from `first` to `last`, both included, when it begins on `start`.
 * Days of the calendar have no zone and no hours, so that no change of clocks can move one.
 *
 * @throws Error on a rule that `recurrenceFault` refuses
 */
export function daysOf(rule: string, start: number, first: number, last: number): number[] {
  if (last < Math.max(first, start)) return [];
  const dtstart = `DTSTART;TZID=UTC:${dateOf(start).replaceAll('-', '')}T000000`;
  const { RRuleTemporal } = recurrences();
  const recurrence = new RRuleTemporal({ rruleString: `${dtstart}\nRRULE:${rule}`, cache: false });
  const from = new Date(Math.max(first, start) * DAY_MS);
  const found = recurrence.between(from, new Date(last * DAY_MS), true);
  return found.map(({ epochMilliseconds }) => Math.round(epochMilliseconds / DAY_MS));
}
