import { parseInstant } from '../../config/instants.ts';
import { HOUR } from '../../lib/clock.ts';
import { parseDuration } from '../../lib/duration.ts';
import { shortLocal } from '../../lib/local-time.ts';
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

/** Milliseconds of a duration; undefined for what is none. */
export const durationOf = (span: number | string): number | undefined =>
  typeof span === 'number' ? span * HOUR : offsetOf(span) || undefined;
