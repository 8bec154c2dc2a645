import { type ByteReader, ByteWriter, unzigzag, zigzag } from './bytes.ts';
import type { PointList } from './points.ts';

/**
 * Points of one series as bytes. Instants stand in the largest unit that divides them all, as differences;
 * values as whole numbers with as few decimals as they need, as differences, or, where nine decimals do
 * not suffice, as exclusive-or with the value before. Runs of zeros (a regular clock, a closed tap) cost one byte.
 * Whose clock the instants are of stands in two bits of the form, where it is one for all, as it nearly always is.
 */

const HOUR = 3_600_000;
const UNITS = [1, 1_000, 60_000, HOUR] as const;
const DECIMALS_MAX = 9;
/** In place of the number of decimals: the values are not scaled but stand as they are. */
const AS_FLOATS = 15;
const DECIMAL_BITS = 15;
/** Above unit and decimals: the clock. Chunks of before it was kept have none there. */
const CLOCK_SHIFT = 6;
/** In place of the form: the clocks differ, and stand in runs before the form. */
const CLOCKS_DIFFER = 14 << 2;
/** Beyond it the difference of two scaled values, with the bits that mark it, would not be exact. */
const SCALED_MAX = 2 ** 49;
/** Instants of the years -6900 to 10800; anything else is a mistake of the caller. */
export const INSTANT_MAX = 2 ** 48;

/** Steps of a clock that are looked at to find its usual one. */
const SAMPLED_STEPS = 15;

const POWERS = Array.from({ length: DECIMALS_MAX + 1 }, (_, i) => 10 ** i);

/** `base`, an instant on a full hour, may be given to make the first instant small; the reader must know it. */
export function writeChunk(out: ByteWriter, points: PointList, base = 0): void {
  const unit = unitOf(points.at);
  const decimals = decimalsOf(points.value);
  out.unsigned(points.at.length);
  const [clock = 0] = points.clock;
  const isOne = points.clock.every((one) => one === clock);
  if (!isOne) {
    out.byte(CLOCKS_DIFFER);
    writeClocks(out, points.clock);
  }
  out.byte(unit | (decimals << 2) | (isOne ? clock << CLOCK_SHIFT : 0));
  writeInstants(out, points.at, UNITS[unit] as number, base);
  if (decimals === AS_FLOATS) writeFloats(out, points.value);
  else writeScaled(out, points.value, POWERS[decimals] as number);
}

const shared = new ByteWriter();

export function encodeChunk(points: PointList): Uint8Array {
  shared.clear();
  writeChunk(shared, points);
  return shared.take();
}

/** @throws RangeError if the bytes are cut. */
export function readChunk(from: ByteReader, base = 0): PointList {
  const count = from.unsigned();
  const first = from.byte();
  const clocks = first === CLOCKS_DIFFER ? readClocks(from, count) : undefined;
  const form = clocks ? from.byte() : first;
  const at = readInstants(from, count, UNITS[form & 3] as number, base);
  const decimals = (form >> 2) & DECIMAL_BITS;
  const value =
    decimals === AS_FLOATS ? readFloats(from, count) : readScaled(from, count, POWERS[decimals] as number);
  return { at, value, clock: clocks ?? new Array<number>(count).fill(form >> CLOCK_SHIFT) };
}

/** Runs of one clock: its number and how often it follows upon itself. */
function writeClocks(out: ByteWriter, clocks: readonly number[]): void {
  for (let i = 0; i < clocks.length; ) {
    const clock = clocks[i] as number;
    let end = i + 1;
    while (clocks[end] === clock) end++;
    out.unsigned(clock | ((end - i) << 2));
    i = end;
  }
}

function readClocks(from: ByteReader, count: number): number[] {
  const clocks: number[] = [];
  while (clocks.length < count) {
    const run = from.unsigned();
    for (let left = Math.min(run >> 2, count - clocks.length); left > 0; left--) clocks.push(run & 3);
    // Nothing that this file wrote: without it a run of none would be read for ever.
    if (run < 4) throw new RangeError('a run of no clocks');
  }
  return clocks;
}

function unitOf(at: readonly number[]): number {
  let unit = UNITS.length - 1;
  for (const instant of at) while (instant % (UNITS[unit] as number) !== 0) unit--;
  return unit;
}

function decimalsOf(values: readonly number[]): number {
  let decimals = 0;
  for (const value of values) {
    while (!isExact(value, decimals)) if (++decimals > DECIMALS_MAX) return AS_FLOATS;
  }
  // What was exact with fewer decimals may be too large for more.
  return values.every((value) => isExact(value, decimals)) ? decimals : AS_FLOATS;
}

function isExact(value: number, decimals: number): boolean {
  const power = POWERS[decimals] as number;
  const scaled = Math.round(value * power);
  return Math.abs(scaled) <= SCALED_MAX && scaled / power === value;
}

/**
 * A clock that ticks evenly but reports with jitter is shortest as differences from its usual step, one that changes
 * its step as differences of differences: what needs fewer bytes is taken. A usual step of zero says the latter.
 */
function writeInstants(out: ByteWriter, at: readonly number[], unit: number, base: number): void {
  out.signed(((at[0] as number) - base) / unit);
  const steps: number[] = [];
  for (let i = 1; i < at.length; i++) steps.push(((at[i] as number) - (at[i - 1] as number)) / unit);
  const usual = usualStep(steps);
  const fromUsual = steps.map((step) => step - usual);
  const fromLast = steps.map((step, i) => step - (steps[i - 1] ?? 0));
  const isEven = lengthOf(fromUsual) <= lengthOf(fromLast);
  out.unsigned(isEven ? usual : 0);
  const runs = new RunWriter(out);
  for (const difference of isEven ? fromUsual : fromLast) runs.push(difference);
  runs.end();
}

/** The middle one of some of the steps. */
function usualStep(steps: readonly number[]): number {
  const every = Math.ceil(steps.length / SAMPLED_STEPS);
  const sample = steps.filter((_, i) => i % every === 0).sort((a, b) => a - b);
  return sample[sample.length >> 1] ?? 0;
}

/** Bytes that these numbers take, about. */
function lengthOf(differences: readonly number[]): number {
  let bytes = 0;
  for (const difference of differences)
    for (let rest = Math.abs(difference) * 4; rest >= 1; rest /= 128) bytes++;
  return bytes;
}

function readInstants(from: ByteReader, count: number, unit: number, base: number): number[] {
  let now = from.signed() + base / unit;
  const at = new Array<number>(count).fill(now * unit);
  const usual = from.unsigned();
  let step = usual;
  const runs = new RunReader(from);
  for (let i = 1; i < count; i++) {
    step = (usual > 0 ? usual : step) + runs.next();
    now += step;
    at[i] = now * unit;
  }
  return at;
}

function writeScaled(out: ByteWriter, values: readonly number[], power: number): void {
  let before = 0;
  const runs = new RunWriter(out);
  for (const value of values) {
    const scaled = Math.round(value * power);
    runs.push(scaled - before);
    before = scaled;
  }
  runs.end();
}

function readScaled(from: ByteReader, count: number, power: number): number[] {
  let scaled = 0;
  // Beginning with a fraction, it is an array of fractions from the start, and no element has to be moved.
  const values = new Array<number>(count).fill(0.5);
  const runs = new RunReader(from);
  for (let i = 0; i < count; i++) {
    scaled += runs.next();
    values[i] = scaled / power;
  }
  return values;
}

/** Whole numbers of which many are zero: an even token is a number, an odd one a run of zeros. */
class RunWriter {
  readonly #out: ByteWriter;
  #zeros = 0;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  push(value: number): void {
    if (value === 0) {
      this.#zeros++;
      return;
    }
    this.end();
    this.#out.unsigned(zigzag(value) * 2);
  }

  end(): void {
    if (this.#zeros > 0) this.#out.unsigned(this.#zeros * 2 + 1);
    this.#zeros = 0;
  }
}

class RunReader {
  readonly #from: ByteReader;
  #zeros = 0;

  constructor(from: ByteReader) {
    this.#from = from;
  }

  next(): number {
    if (this.#zeros === 0) {
      const token = this.#from.unsigned();
      if (token % 2 === 0) return unzigzag(token / 2);
      this.#zeros = (token - 1) / 2;
    }
    this.#zeros--;
    return 0;
  }
}

/** Of the bits that differ from the value before, the bytes between the first and the last that is not zero. */
function writeFloats(out: ByteWriter, values: readonly number[]): void {
  const before = new Uint8Array(8);
  const bits = new DataView(new ArrayBuffer(8));
  const now = new Uint8Array(bits.buffer);
  for (const value of values) {
    bits.setFloat64(0, value);
    let first = 0;
    while (first < 8 && now[first] === before[first]) first++;
    let end = 8;
    while (end > first && now[end - 1] === before[end - 1]) end--;
    out.byte((first << 4) | (end - first));
    for (let i = first; i < end; i++) out.byte((now[i] as number) ^ (before[i] as number));
    before.set(now);
  }
}

function readFloats(from: ByteReader, count: number): number[] {
  const bits = new DataView(new ArrayBuffer(8));
  const now = new Uint8Array(bits.buffer);
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const form = from.byte();
    const first = form >> 4;
    const end = first + (form & 15);
    for (let j = first; j < end; j++) now[j] = (now[j] as number) ^ from.byte();
    values.push(bits.getFloat64(0));
  }
  return values;
}
