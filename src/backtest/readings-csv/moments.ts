import { DAY, HOUR, MINUTE, SECOND } from '../../lib/clock.ts';
import { instantOfLocal, zoneOffset } from '../../lib/local-time.ts';
import { parseRfc3339 } from '../../lib/rfc3339.ts';

/** `iso` also takes local times such as 2026-03-01 08:00; a pattern is made of YYYY, MM, DD, HH, mm and ss. */
export type TimeFormat = 'iso' | 'epoch-s' | 'epoch-ms' | (string & {});

export type Moment =
  | { readonly at: number; readonly ambiguous: boolean }
  | { readonly problem: 'no-time' | 'time-does-not-exist' };

const PARTS = {
  YYYY: '(\\d{4})',
  MM: '(\\d{1,2})',
  DD: '(\\d{1,2})',
  HH: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
} as const;
type Part = keyof typeof PARTS;
const LOCAL = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;
const NO_TIME = { problem: 'no-time' } as const;

/** Reads times as they stand in a utility's export. Local ones are of one zone. */
export class MomentReader {
  readonly #format: TimeFormat;
  readonly #timeZone: string;
  readonly #pattern: RegExp | undefined;
  readonly #order: readonly Part[];

  /** @throws RangeError for a pattern without year, month and day. */
  constructor(format: TimeFormat, timeZone: string) {
    this.#format = format;
    this.#timeZone = timeZone;
    const order: Part[] = [];
    if (!['iso', 'epoch-s', 'epoch-ms'].includes(format)) {
      const source = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => {
        order.push(part as Part);
        return PARTS[part as Part];
      });
      for (const part of ['YYYY', 'MM', 'DD'] as const)
        if (!order.includes(part)) throw new RangeError(`"${format}" has no ${part}`);
      this.#pattern = new RegExp(`^${source}$`);
    }
    this.#order = order;
  }

  /** @param after the moment of the row of this meter before: tells which of two equal hours is meant in autumn */
  read(text: string, after: number): Moment {
    const trimmed = text.trim();
    if (this.#format === 'epoch-s' || this.#format === 'epoch-ms') {
      const number = trimmed === '' ? Number.NaN : Number(trimmed);
      if (!Number.isFinite(number)) return NO_TIME;
      return { at: Math.round(number * (this.#format === 'epoch-s' ? SECOND : 1)), ambiguous: false };
    }
    if (this.#pattern) {
      const parts = this.#pattern.exec(trimmed);
      if (!parts) return NO_TIME;
      const of = (part: Part): number =>
        this.#order.includes(part) ? Number(parts[this.#order.indexOf(part) + 1]) : 0;
      return this.#local([of('YYYY'), of('MM'), of('DD'), of('HH'), of('mm'), of('ss')], after);
    }
    const at = parseRfc3339(trimmed);
    if (at !== undefined) return { at, ambiguous: false };
    const local = LOCAL.exec(trimmed);
    return local
      ? this.#local(
          local.slice(1).map((part) => Number(part ?? 0)),
          after,
        )
      : NO_TIME;
  }

  #local(parts: readonly number[], after: number): Moment {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
    const midnight = Date.UTC(year, month - 1, day);
    const back = new Date(midnight);
    // 24:00 ends a day in many exports.
    const whole = hour === 24 && minute === 0 && second === 0;
    if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return NO_TIME;
    if ((hour > 23 && !whole) || minute > 59 || second > 59) return NO_TIME;
    const wall = midnight + hour * HOUR + minute * MINUTE + second * SECOND;
    const wallDay = Math.floor(wall / DAY);
    const early = instantOfLocal(wallDay, (wall - wallDay * DAY) / MINUTE, this.#timeZone);
    if (early + zoneOffset(early, this.#timeZone) !== wall) return { problem: 'time-does-not-exist' };
    const late = wall - zoneOffset(early + 3 * HOUR, this.#timeZone);
    const twice = late > early && late + zoneOffset(late, this.#timeZone) === wall;
    return { at: twice && early <= after ? late : early, ambiguous: twice };
  }
}
