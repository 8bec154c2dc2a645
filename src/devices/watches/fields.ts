import { z } from 'zod';
import type { MetricName } from '../../model/metrics.ts';
import { zonedInstant } from '../local-instant.ts';
import type { Take } from '../take.ts';

/** A decimal number and nothing else; blanks around it are the padding of fixed columns. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[+-]?\d+(\.\d*)?\s*$/.test(text) ? Number(text) : undefined;
}

/**
 * A measured value. An empty field is none, and so is 0: that is how these watches say that they tried and found nothing.
 * Nobody's heart has stopped.
 */
export function takeVital(take: Take, metric: MetricName, text: string | undefined, at = take.at): void {
  if (text === undefined || text.trim() === '') return;
  const value = numberOf(text);
  if (value === undefined) take.reject('not-a-number', `${metric}: ${text.slice(0, 20)}`);
  else if (value !== 0) take.reading(metric, value, at);
}

/** A count or a level, for which 0 is a value. */
export function takeNumber(take: Take, metric: MetricName, text: string | undefined, at = take.at): void {
  if (text === undefined || text.trim() === '') return;
  const value = numberOf(text);
  if (value === undefined) take.reject('not-a-number', `${metric}: ${text.slice(0, 20)}`);
  else take.reading(metric, value, at);
}

/** Where it was; 0/0 lies in the sea off Africa, and means that nothing was found. */
export function takePosition(
  take: Take,
  latitude: number | undefined,
  longitude: number | undefined,
  at: number,
): void {
  if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0)) return;
  take.reading('latitude_deg', latitude, at);
  take.reading('longitude_deg', longitude, at);
}

/** Degrees with a letter for the half of the globe; some write a sign and the letter. */
export function hemisphere(degrees: number | undefined, letter: string | undefined): number | undefined {
  if (degrees === undefined) return undefined;
  return letter === 'S' || letter === 'W' ? -Math.abs(degrees) : degrees;
}

/** `2232.9806` → 22.549677: degrees and minutes, written together. */
export function degreesOfMinutes(text: string, letter: string | undefined): number | undefined {
  const signed = /^-(\d+)-(\d+\.\d+)$/.exec(text);
  const [, degrees, minutes] =
    signed ?? /^(\d{1,3}?)(\d\d\.\d+)$/.exec(text) ?? /^(\d{1,3})(\d{6})$/.exec(text) ?? [];
  if (degrees === undefined || minutes === undefined) return undefined;
  const inMinutes = minutes.includes('.') ? Number(minutes) : Number(minutes) / 10_000;
  return hemisphere(Number(degrees) + inMinutes / 60, letter);
}

const CLOCKS = ['utc', 'local'] as const;

/** What the registry may say of one watch. */
export const watchSettings = z.object({
  clock: z.enum(CLOCKS).optional().meta({
    title: 'Clock of the watch',
    description:
      'utc or local (that of the community); absent: as the protocol says, but vendors differ. A wrong one shows as readings that are hours late, or clock-future',
  }),
});

/** A clock that was never set starts with a year, in the documents of all its vendors: 1970, 1980, 2000, 2004, 2010, 2013. */
const CLOCKS_SINCE = Date.UTC(2001, 0, 1);
const CLOCKS_KNOWN = Date.UTC(2015, 0, 1);
const FIRST_DAYS_MS = 2 * 86_400_000;

/**
 * The instant that a watch tells as a date and a time of day, year with two digits or four.
 *
 * @param usual what its protocol says: UTC, or the time that it is given when it logs in
 */
export function watchTime(
  take: Take,
  usual: (typeof CLOCKS)[number],
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number {
  const isLocal = (take.context.settings?.['clock'] ?? usual) === 'local';
  const zone = isLocal ? (take.context.timeZone ?? 'UTC') : 'UTC';
  const fullYear = year < 100 ? 2000 + year : year;
  const at = zonedInstant(zone, fullYear, month, day, hour, minute, second);
  if (at === undefined) {
    take.reject('clock-malformed', `no calendar has ${fullYear}-${month}-${day} ${hour}:${minute}:${second}`);
    return take.at;
  }
  const neverSet = at < CLOCKS_SINCE || (at < CLOCKS_KNOWN && at - Date.UTC(fullYear, 0, 1) < FIRST_DAYS_MS);
  return take.deviceTime(at, neverSet ? CLOCKS_KNOWN : CLOCKS_SINCE);
}

/** Six digits, two by two. */
export function pairs(text: string | undefined): readonly [number, number, number] | undefined {
  const [, a, b, c] = /^(\d\d)(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
  return a === undefined ? undefined : [Number(a), Number(b), Number(c)];
}

/** `20181213093235` → the instant; the seconds may be left out. */
export function compactTime(take: Take, usual: (typeof CLOCKS)[number], text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/.exec(text)?.slice(1);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  return watchTime(take, usual, year, month, day, hour, minute, second);
}
