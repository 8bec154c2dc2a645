import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Reading } from '../model/message.ts';
import { METRICS, type MetricName } from '../model/metrics.ts';
import type { Decoded, DeviceDefinition } from './define.ts';

/** What is needed to take a value of a metric. */
interface Known {
  readonly metric: MetricName;
  readonly bit: number;
  readonly min: number;
  readonly max: number;
}

const [QUOTE, COMMA, MINUS, POINT, ZERO, COLON, OPEN, CLOSE] = [34, 44, 45, 46, 48, 58, 123, 125];
/** A number of so many digits is exact, and so is the power of ten that it is divided by: the quotient is then the nearest. */
const DIGITS_MAX = 15;
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
const NOTHING: readonly never[] = [];

/**
 * Reads the payload that nearly every message of ours is, in one pass over its text:
 *
 *     {"at":"2026-03-01T08:00:00+08:00","water_index_m3":123.456,"battery_pct":88}
 *
 * Undefined for whatever is not just that, right or wrong (blanks, lists, events, exponents, a value out of range): it is
 * then parsed as JSON, which gives the same where both take it.
 */
export function plainReader(
  metrics: DeviceDefinition['metrics'],
): (text: string, receivedAt: number) => Decoded | undefined {
  const known = new Map(metrics.map((metric): [string, Known] => [metric, knownOf(metric)]));
  const scan = new Scan();
  return (text, receivedAt) => {
    if (text.charCodeAt(0) !== OPEN) return undefined;
    const readings: { metric: MetricName; value: number; at: number }[] = [];
    let at: number | undefined;
    let seen = 0;
    let place = 1;
    for (;;) {
      if (text.charCodeAt(place) !== QUOTE) return undefined;
      const end = text.indexOf('"', place + 1);
      if (end < 0 || text.charCodeAt(end + 1) !== COLON) return undefined;
      const key = text.slice(place + 1, end);
      if (key === 'at') {
        if (at !== undefined || text.charCodeAt(end + 2) !== QUOTE) return undefined;
        const close = text.indexOf('"', end + 3);
        at = close < 0 ? undefined : parseRfc3339(text.slice(end + 3, close));
        if (at === undefined) return undefined;
        place = close + 1;
      } else {
        const here = known.get(key);
        if (!here || (seen & here.bit) !== 0 || !scan.number(text, end + 2)) return undefined;
        if (!(scan.value >= here.min && scan.value <= here.max)) return undefined;
        seen |= here.bit;
        readings.push({ metric: here.metric, value: scan.value, at: 0 });
        place = scan.end;
      }
      const next = text.charCodeAt(place++);
      if (next === CLOSE) break;
      if (next !== COMMA) return undefined;
    }
    if (place !== text.length || readings.length === 0) return undefined;
    return decoded(readings, at, receivedAt);
  };
}

const knownOf = (metric: MetricName): Known => {
  const { id, min, max } = METRICS[metric];
  return { metric, bit: 1 << id, min, max };
};

function decoded(
  readings: { metric: MetricName; value: number; at: number }[],
  at: number | undefined,
  receivedAt: number,
): Decoded {
  const instant = at === undefined ? receivedAt : Math.round(at);
  for (const reading of readings) reading.at = instant;
  const clock = at === undefined ? 'received' : 'device';
  return { ok: true, clock, readings: readings as Reading[], events: NOTHING, rejections: NOTHING };
}

/** A number as JSON writes it, without an exponent; where it ends. */
class Scan {
  value = 0;
  end = 0;

  number(text: string, from: number): boolean {
    let place = from;
    const isNegative = text.charCodeAt(place) === MINUS;
    if (isNegative) place++;
    const first = place;
    let whole = 0;
    let decimals = -1;
    for (; ; place++) {
      const code = text.charCodeAt(place);
      if (code === POINT && decimals < 0 && place > first) decimals = 0;
      else if (code >= ZERO && code <= ZERO + 9) {
        whole = whole * 10 + (code - ZERO);
        if (decimals >= 0) decimals++;
      } else break;
    }
    const digits = place - first - (decimals >= 0 ? 1 : 0);
    if (digits === 0 || digits > DIGITS_MAX || decimals === 0) return false;
    // JSON knows no 07.
    if (text.charCodeAt(first) === ZERO && digits > 1 && decimals !== digits - 1) return false;
    const value = decimals > 0 ? whole / (POWERS[decimals] as number) : whole;
    this.value = isNegative ? -value : value;
    this.end = place;
    return true;
  }
}
