import type { MbusRecord } from './records.ts';

/** A wall clock somewhere: meters do not say where. `month` from 1. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Told by a date alone: nobody says at which end of the day. */
  readonly dateOnly?: true;
}

/**
 * The date and time in a record: type G (two bytes), F (four) or I (six).
 *
 * @returns undefined for a clock that the meter itself calls invalid, and for what no calendar has
 */
export function wallClockOf({ data }: Pick<MbusRecord, 'data'>): WallClock | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = data;
  if (data.length === 2) return checked({ ...date(a, b), hour: 0, minute: 0, second: 0, dateOnly: true });
  if (data.length === 4) {
    if ((a & 0x80) !== 0) return undefined;
    const { year, month, day } = date(c, d);
    const century = (b >> 5) & 3;
    const full = century > 0 ? 1900 + century * 100 + (year % 100) : year;
    return checked({ year: full, month, day, hour: b & 0x1f, minute: a & 0x3f, second: 0 });
  }
  if (data.length === 6) {
    if ((b & 0x80) !== 0) return undefined;
    return checked({ ...date(d, e), hour: c & 0x1f, minute: b & 0x3f, second: a & 0x3f });
  }
  return undefined;
}

function date(low: number, high: number): Pick<WallClock, 'year' | 'month' | 'day'> {
  const years = ((high >> 4) << 3) | (low >> 5);
  // Two digits, and no meter that measures today was set in the last century.
  return { year: 2000 + years, month: high & 0x0f, day: low & 0x1f };
}

function checked(clock: WallClock): WallClock | undefined {
  const { month, day, hour, minute, second } = clock;
  const right = month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59;
  return right ? clock : undefined;
}
