import { DAY, HOUR, MINUTE, SECOND } from '../../lib/clock.ts';
import { instantOfLocal, zoneOffset } from '../../lib/local-time.ts';
import { parseRfc3339 } from '../../lib/rfc3339.ts';
import { type Text, TextError } from '../../model/text.ts';

/** `iso` also takes local times such as 2026-03-01 08:00; `excel` are days since 1900 as a spreadsheet counts them. */
export type TimeFormat = 'iso' | 'epoch-s' | 'epoch-ms' | 'excel' | (string & {});

/** A pattern that lacks a part of the date. */
export class PatternError extends TextError {}

export type Moment =
  | { readonly at: number; readonly ambiguous: boolean }
  | { readonly problem: 'no-time' | 'time-does-not-exist' };

/** What a pattern is made of. Who writes one digit where two may stand means the same. */
const PARTS = {
  YYYY: '(\\d{4})',
  MM: '(\\d{1,2})',
  DD: '(\\d{1,2})',
  HH: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
  A: '([AaPp])\\.?[Mm]\\.?',
} as const;
type Part = keyof typeof PARTS;
const SHORT: Readonly<Record<string, Part>> = { M: 'MM', D: 'DD', H: 'HH', hh: 'HH', h: 'HH' };
/** The first day of spreadsheets is 1900-01-01, and they take 1900 for a leap year. */
const EXCEL_EPOCH_DAY = Date.UTC(1899, 11, 30) / DAY;
const LOCAL = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;
const NO_TIME = { problem: 'no-time' } as const;

/** Where in time the rows of a meter have come to. */
export interface RowBefore {
  readonly at: number;
  /** It was earlier than the row before it: the newest come first. */
  readonly falls: boolean;
}

/** Reads times as they stand in a utility's export. Local ones are of one zone. */
export class MomentReader {
  readonly #format: TimeFormat;
  readonly #timeZone: string;
  readonly #pattern: RegExp | undefined;
  readonly #order: readonly Part[];

  /** @throws PatternError for a pattern without year, month and day. */
  constructor(format: TimeFormat, timeZone: string) {
    this.#format = format;
    this.#timeZone = timeZone;
    const order: Part[] = [];
    if (!['iso', 'epoch-s', 'epoch-ms', 'excel'].includes(format)) {
      const source = format
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace(/YYYY|MM?|DD?|HH?|hh?|mm|ss|A/g, (letters) => {
          const part = SHORT[letters] ?? (letters as Part);
          order.push(part);
          return PARTS[part];
        });
      for (const part of ['YYYY', 'MM', 'DD'] as const)
        if (!order.includes(part)) throw new PatternError(lacking(format, part));
      this.#pattern = new RegExp(`^${source}$`);
    }
    this.#order = order;
  }

  /** @param before the row of this meter before: it tells which of two equal hours is meant in autumn */
  read(text: string, before: RowBefore): Moment {
    const trimmed = text.trim();
    if (this.#format === 'epoch-s' || this.#format === 'epoch-ms') {
      const number = trimmed === '' ? Number.NaN : Number(trimmed);
      if (!Number.isFinite(number)) return NO_TIME;
      return { at: Math.round(number * (this.#format === 'epoch-s' ? SECOND : 1)), ambiguous: false };
    }
    if (this.#format === 'excel') return this.#spreadsheetDay(trimmed, before);
    if (this.#pattern) {
      const parts = this.#pattern.exec(trimmed);
      if (!parts) return NO_TIME;
      const of = (part: Part): number =>
        this.#order.includes(part) ? Number(parts[this.#order.indexOf(part) + 1]) : 0;
      const half = this.#order.includes('A') ? parts[this.#order.indexOf('A') + 1] : undefined;
      const hour = half === undefined ? of('HH') : hourOfDay(of('HH'), half);
      return this.#local([of('YYYY'), of('MM'), of('DD'), hour, of('mm'), of('ss')], before);
    }
    const at = parseRfc3339(trimmed);
    if (at !== undefined) return { at, ambiguous: false };
    const local = LOCAL.exec(trimmed);
    return local
      ? this.#local(
          local.slice(1).map((part) => Number(part ?? 0)),
          before,
        )
      : NO_TIME;
  }

  /** Days since 1900, on the wall clock: what a cell with a date holds when its form is lost. To the second: they are rounded. */
  #spreadsheetDay(text: string, before: RowBefore): Moment {
    const days = text === '' ? Number.NaN : Number(text);
    if (!(days >= 1 && days < 100_000)) return NO_TIME;
    const wall = new Date(Math.round(((EXCEL_EPOCH_DAY + days) * DAY) / SECOND) * SECOND);
    const date = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
    return this.#local([...date, wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()], before);
  }

  #local(parts: readonly number[], { at: last, falls }: RowBefore): Moment {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
    const midnight = Date.UTC(year, month - 1, day);
    const back = new Date(midnight);
    // 24:00 ends a day in many exports.
    const whole = hour === 24 && minute === 0 && second === 0;
    if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return NO_TIME;
    if (!(hour <= 23 || whole) || minute > 59 || second > 59) return NO_TIME;
    const wall = midnight + hour * HOUR + minute * MINUTE + second * SECOND;
    const wallDay = Math.floor(wall / DAY);
    const early = instantOfLocal(wallDay, (wall - wallDay * DAY) / MINUTE, this.#timeZone);
    if (early + zoneOffset(early, this.#timeZone) !== wall) return { problem: 'time-does-not-exist' };
    const late = wall - zoneOffset(early + 3 * HOUR, this.#timeZone);
    const twice = late > early && late + zoneOffset(late, this.#timeZone) === wall;
    const isLate = twice && (falls ? late < last : early <= last);
    return { at: isLate ? late : early, ambiguous: twice };
  }
}

/** Midnight is 12 AM, noon 12 PM. An hour that no such clock shows is none. */
function hourOfDay(hour: number, half: string): number {
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (/p/i.test(half) ? 12 : 0);
}

const lacking = (format: string, part: Part): Text => ({
  zh: `“${format}” 中没有 ${part}：可用 YYYY、MM 或 M、DD 或 D、HH 或 H、mm、ss，以及 hh 与 A（AM、PM）`,
  en: `"${format}" has no ${part}: a pattern is made of YYYY, MM or M, DD or D, HH or H, mm, ss, and of hh with A (AM, PM)`,
});
