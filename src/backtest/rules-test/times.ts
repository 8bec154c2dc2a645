import { instantsShown, isWallTime, parseInstant } from '../../config/instants.ts';
import { HOUR, MINUTE } from '../../lib/clock.ts';
import { parseDuration } from '../../lib/duration.ts';
import { shortLocal, zoneOffset } from '../../lib/local-time.ts';
import { round } from '../numbers.ts';

/** Times of a test: offsets from its start, or what the wall clock shows. */
export class TestTimes {
  readonly start: number;
  readonly timeZone: string;

  constructor(start: number, timeZone: string) {
    this.start = start;
    this.timeZone = timeZone;
  }

  /** Epoch milliseconds; undefined for what is no time. */
  instant(time: number | string): number | undefined {
    if (typeof time === 'number') return Math.round(this.start + time * HOUR);
    const offset = offsetOf(time);
    return offset === undefined ? parseInstant(time, this.timeZone) : this.start + offset;
  }

  /** `03-02 06:00 (30h)`: on the wall clock, and since the start. */
  shown(at: number): string {
    return `${shortLocal(at, this.timeZone)} (${round((at - this.start) / HOUR, 2)}h)`;
  }
}

/** `30h`, `1d 6h`, `0`: milliseconds; undefined for what is none. */
function offsetOf(text: string): number | undefined {
  let sum = 0;
  for (const part of text.trim().split(/\s+/)) {
    const length = /^0\s*[a-z]*$/.test(part) ? 0 : parseDuration(part);
    if (length === undefined) return undefined;
    sum += length;
  }
  return sum;
}

/**
 * Why a time by the wall clock is none on a day on which clocks change: it is skipped, or comes twice. Whoever writes it
 * means something, and would not see that the story plays at another hour.
 */
export function clockChange(time: number | string, timeZone: string): string | undefined {
  if (typeof time === 'number' || !isWallTime(time)) return undefined;
  const shown = instantsShown(time, timeZone);
  if (shown.length === 0) return `does not come on the clocks of ${timeZone}: they are put forward over it`;
  if (shown.length === 1) return undefined;
  const forms = shown.map((at) => withOffset(at, timeZone)).join(' or ');
  return `comes twice on the clocks of ${timeZone}, which are put back then; write ${forms}`;
}

/** `2026-10-25T02:30:00+02:00` */
function withOffset(at: number, timeZone: string): string {
  const minutes = Math.round(zoneOffset(at, timeZone) / MINUTE);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  const local = new Date(at + minutes * MINUTE).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

/** Milliseconds of a duration; undefined for what is none. */
export const durationOf = (span: number | string): number | undefined =>
  typeof span === 'number' ? span * HOUR : offsetOf(span) || undefined;
