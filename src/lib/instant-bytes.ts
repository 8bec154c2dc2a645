import { parseRfc3339 } from './rfc3339.ts';

const [MINUS, PLUS, POINT, ZERO, NINE, COLON, SMALL_T, SMALL_Z] = [45, 43, 46, 48, 57, 58, 116, 122];
/** Turns a capital letter into a small one. */
const SMALL = 32;

/**
 * Reads instants such as `2026-03-01T08:00:00Z`, `…T08:00:00.250Z` or `…T08:00:00+08:00` where they lie in bytes, without
 * a text for each. A date is parsed when it changes: what is read in a row is mostly of one day.
 */
export class InstantReader {
  /** Where the instant that was read last ends. */
  end = 0;
  #dateKey = -1;
  #midnight = 0;

  /** Epoch milliseconds as `parseRfc3339` gives them; NaN for whatever is written otherwise, right or wrong. */
  read(bytes: Uint8Array, at: number): number {
    if (((bytes[at + 10] as number) | SMALL) !== SMALL_T) return Number.NaN;
    if (bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return Number.NaN;
    const hour = twoDigits(bytes, at + 11);
    const minute = twoDigits(bytes, at + 14);
    const second = twoDigits(bytes, at + 17);
    if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59))
      return Number.NaN;
    let place = at + 19;
    let milliseconds = 0;
    if (bytes[place] === POINT) {
      const hundredths = twoDigits(bytes, place + 1);
      const thousandth = digit(bytes, place + 3);
      if (!(hundredths >= 0 && thousandth >= 0)) return Number.NaN;
      milliseconds = hundredths * 10 + thousandth;
      place += 4;
    }
    const ahead = this.#offset(bytes, place);
    return this.#midnightOf(bytes, at) + ((hour * 60 + minute - ahead) * 60 + second) * 1000 + milliseconds;
  }

  /** Minutes that the clock is ahead of UTC; NaN if no offset stands here. */
  #offset(bytes: Uint8Array, place: number): number {
    const sign = bytes[place] as number;
    if ((sign | SMALL) === SMALL_Z) {
      this.end = place + 1;
      return 0;
    }
    if ((sign !== PLUS && sign !== MINUS) || bytes[place + 3] !== COLON) return Number.NaN;
    const hours = twoDigits(bytes, place + 1);
    const minutes = twoDigits(bytes, place + 4);
    if (!(hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59)) return Number.NaN;
    this.end = place + 6;
    return (sign === MINUS ? -1 : 1) * (hours * 60 + minutes);
  }

  #midnightOf(bytes: Uint8Array, at: number): number {
    const century = twoDigits(bytes, at);
    const year = twoDigits(bytes, at + 2);
    const month = twoDigits(bytes, at + 5);
    const day = twoDigits(bytes, at + 8);
    if (!(century >= 0 && year >= 0 && month >= 0 && day >= 0)) return Number.NaN;
    if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) return Number.NaN;
    const key = ((century * 100 + year) * 100 + month) * 100 + day;
    if (key !== this.#dateKey) {
      const midnight = parseRfc3339(`${String.fromCharCode(...bytes.subarray(at, at + 10))}T00:00:00Z`);
      if (midnight === undefined) return Number.NaN;
      this.#dateKey = key;
      this.#midnight = midnight;
    }
    return this.#midnight;
  }
}

/** Below 0 where no digit stands. */
function digit(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number;
  return byte >= ZERO && byte <= NINE ? byte - ZERO : -1;
}

/** Below 0 where no two digits stand. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = digit(bytes, at);
  const ones = digit(bytes, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

/** Do these bytes stand here? */
export function stands(text: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
