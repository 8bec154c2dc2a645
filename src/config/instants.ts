import { DAY, MINUTE } from '../lib/clock.ts';
import { localTime } from '../lib/local-time.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';

export const INSTANT_FORMS = 'a date such as 2026-03-01, or with a time, 2026-03-01T08:00:00+08:00';

const LOCAL =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:(?:[T ]|(?<=日))(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
/** 202611280800, which is a time of day; as milliseconds it would be a day of 1976. */
const RUN_TOGETHER = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}$/;

/**
 * Epoch milliseconds of an instant as people and spreadsheets write it; undefined if it is none. RFC 3339, or a date
 * with or without a time of day on the clocks of this time zone, or epoch milliseconds.
 */
export function parseInstant(text: string, timeZone: string): number | undefined {
  const trimmed = text.trim();
  if (RUN_TOGETHER.test(trimmed)) return undefined;
  if (/^\d{12,13}$/.test(trimmed)) return Number(trimmed);
  if (!LOCAL.test(trimmed)) return parseRfc3339(trimmed);
  const asUtc = wallTime(trimmed);
  if (asUtc === undefined) return undefined;
  // The offset that holds then is found in two steps: the first guess may fall on the other side of a change of clocks.
  const guess = asUtc - offsetAt(asUtc, timeZone);
  return asUtc - offsetAt(guess, timeZone);
}

/** The instants at which the clocks of this zone show that time: none where they are put forward over it, two where they are put back. */
export function instantsShown(text: string, timeZone: string): number[] {
  const asUtc = wallTime(text.trim());
  if (asUtc === undefined) return [];
  const offsets = new Set([-DAY, DAY].map((near) => offsetAt(asUtc + near, timeZone)));
  return [...offsets]
    .map((offset) => asUtc - offset)
    .filter((at) => at + offsetAt(at, timeZone) === asUtc)
    .sort((a, b) => a - b);
}

export const isWallTime = (text: string): boolean => wallTime(text.trim()) !== undefined;

/** What the clock shows, as if it were that of UTC; undefined where it is no such time. */
function wallTime(text: string): number | undefined {
  const parts = LOCAL.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(asUtc);
  if (
    back.getUTCMonth() !== month - 1 ||
    back.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return undefined;
  return asUtc;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC at an instant. */
function offsetAt(at: number, timeZone: string): number {
  const { year, month, day, hour, minute } = localTime(at, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / MINUTE) * MINUTE;
}
