import { InstantReader, stands } from '../lib/instant-bytes.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Reading } from '../model/message.ts';
import { METRICS, type MetricName } from '../model/metrics.ts';
import type { Decoded, DeviceDefinition } from './define.ts';

/** What is needed to take the value of a key: a metric, or `at`. */
interface Key {
  /** As it stands in the payload, up to its value: `"battery_pct":`. */
  readonly bytes: Uint8Array;
  /** Undefined for `at`. */
  readonly metric: MetricName | undefined;
  /** The number of the payload in which it last stood: none has a key twice. */
  seenIn: number;
  readonly min: number;
  readonly max: number;
  /** Which key came after it last time: a fleet sends its keys in one order, so that most are found at the first look. */
  next: Key | undefined;
}

const [BLANK, QUOTE, COMMA, MINUS, POINT, ZERO, OPEN, CLOSE] = [32, 34, 44, 45, 46, 48, 123, 125];
/** A number of so many digits is exact, and so is the power of ten that it is divided by: the quotient is then the nearest. */
const DIGITS_MAX = 15;
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
const NOTHING: readonly never[] = [];
/** No instant is longer; see parseRfc3339. */
const INSTANT_LENGTH_MAX = 35;

/** Reads a payload that lies from `from` until `to` (excluded) in these bytes. */
export type PlainReader = (
  bytes: Uint8Array,
  from: number,
  to: number,
  receivedAt: number,
) => Decoded | undefined;

/**
 * Reads the payload that nearly every message of ours is, in one pass over its bytes, from which no text is made:
 *
 *     {"at":"2026-03-01T08:00:00+08:00","water_index_m3":123.456,"battery_pct":88}
 *
 * Undefined for whatever is not just that, right or wrong (lists, events, exponents, a value out of range; blanks but behind
 * a value): it is then parsed as JSON, which gives the same where both take it.
 */
export function plainReader(metrics: DeviceDefinition['metrics']): PlainReader {
  const keys = new Keys(metrics);
  const scan = new Scan();
  let payloads = 0;
  return (bytes, from, to, receivedAt) => {
    if (bytes[from] !== OPEN) return undefined;
    const readings: { metric: MetricName; value: number; at: number }[] = [];
    let at: number | undefined;
    payloads++;
    let place = from + 1;
    let key = keys.first;
    for (;;) {
      const here = keys.at(bytes, place, key);
      if (!here || here.seenIn === payloads) return undefined;
      here.seenIn = payloads;
      key = here;
      place += here.bytes.length;
      if (here.metric === undefined) {
        if (!scan.instant(bytes, place)) return undefined;
        at = scan.value;
      } else {
        if (!scan.number(bytes, place) || !(scan.value >= here.min && scan.value <= here.max))
          return undefined;
        readings.push({ metric: here.metric, value: scan.value, at: 0 });
      }
      place = scan.end;
      // Firmware that prints into fields of fixed width pads with blanks.
      while (bytes[place] === BLANK) place++;
      const next = bytes[place++];
      if (next === CLOSE) break;
      if (next !== COMMA) return undefined;
    }
    // What ends elsewhere ran on into what lies behind it.
    if (place !== to || readings.length === 0) return undefined;
    return decoded(readings, at, receivedAt);
  };
}

/** The keys that a model knows, each expected behind the one that it followed last time. */
class Keys {
  /** Stands before the first one. */
  readonly first: Key;
  readonly #all: readonly Key[];

  constructor(metrics: DeviceDefinition['metrics']) {
    const at: Key = {
      bytes: keyBytes('at'),
      metric: undefined,
      seenIn: 0,
      min: 0,
      max: 0,
      next: undefined,
    };
    this.#all = [at, ...metrics.map(keyOf)];
    this.first = { ...at, next: at };
  }

  /** The key that stands here, behind this one; undefined for one that the model does not know. */
  at(bytes: Uint8Array, place: number, before: Key): Key | undefined {
    const expected = before.next;
    if (expected && stands(expected.bytes, bytes, place)) return expected;
    // No function that is given these: they would have to be kept for it at each call, found or not.
    for (const key of this.#all)
      if (stands(key.bytes, bytes, place)) {
        before.next = key;
        return key;
      }
    return undefined;
  }
}

const keyBytes = (name: string): Uint8Array => Buffer.from(`"${name}":`);

const keyOf = (metric: MetricName): Key => {
  const { min, max } = METRICS[metric];
  return { bytes: keyBytes(metric), metric, seenIn: 0, min, max, next: undefined };
};

function decoded(
  readings: { metric: MetricName; value: number; at: number }[],
  at: number | undefined,
  receivedAt: number,
): Decoded {
  const instant = at === undefined ? receivedAt : Math.round(at);
  for (let i = 0; i < readings.length; i++) (readings[i] as { at: number }).at = instant;
  const clock = at === undefined ? 'received' : 'device';
  return { ok: true, clock, readings: readings as Reading[], events: NOTHING, rejections: NOTHING };
}

/** The value that begins at a place: what it is, and where it ends. */
class Scan {
  value = 0;
  end = 0;
  readonly #instants = new InstantReader();

  /** An instant between quotes. */
  instant(bytes: Uint8Array, from: number): boolean {
    if (bytes[from] !== QUOTE) return false;
    const at = this.#instants.read(bytes, from + 1);
    if (bytes[this.#instants.end] === QUOTE && !Number.isNaN(at)) {
      this.value = at;
      this.end = this.#instants.end + 1;
      return true;
    }
    return this.#rareInstant(bytes, from + 1);
  }

  /** One that is written in another way. */
  #rareInstant(bytes: Uint8Array, from: number): boolean {
    const quote = bytes.indexOf(QUOTE, from);
    if (quote < 0 || quote - from > INSTANT_LENGTH_MAX) return false;
    const at = parseRfc3339(String.fromCharCode(...bytes.subarray(from, quote)));
    if (at === undefined) return false;
    this.value = at;
    this.end = quote + 1;
    return true;
  }

  /** A number as JSON writes it, without an exponent. */
  number(bytes: Uint8Array, from: number): boolean {
    let place = from;
    const isNegative = bytes[place] === MINUS;
    if (isNegative) place++;
    const first = place;
    let whole = 0;
    let decimals = -1;
    for (; ; place++) {
      const digit = (bytes[place] as number) - ZERO;
      if (digit >= 0 && digit <= 9) {
        whole = whole * 10 + digit;
        if (decimals >= 0) decimals++;
      } else if (digit === POINT - ZERO && decimals < 0 && place > first) decimals = 0;
      else break;
    }
    const digits = place - first - (decimals >= 0 ? 1 : 0);
    if (digits === 0 || digits > DIGITS_MAX || decimals === 0) return false;
    // JSON knows no 07.
    if (bytes[first] === ZERO && digits > 1 && decimals !== digits - 1) return false;
    const value = decimals > 0 ? whole / (POWERS[decimals] as number) : whole;
    this.value = isNegative ? -value : value;
    this.end = place;
    return true;
  }
}
