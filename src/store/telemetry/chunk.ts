import { type ByteReader, ByteWriter, lengthOf, unzigzag, zigzag } from './bytes.ts';
import { Columns } from './columns.ts';
import type { PointList } from './points.ts';

/**
 * Points of one series as bytes. Instants stand in the largest unit that divides them all, as differences;
 * values as whole numbers with as few decimals as they need, as differences, or, where nine decimals do
 * not suffice, as exclusive-or with the value before. Runs of zeros (a regular clock, a closed tap) cost one byte.
 * Whose clock the instants are of stands in two bits of the form, where it is one for all, as it nearly always is.
 */

const HOUR = 3_600_000;
const UNITS = [1, 1_000, 60_000, HOUR] as const;
export const DECIMALS_MAX = 9;
/** In place of the number of decimals: the values are not scaled but stand as they are. */
export const AS_FLOATS = 15;
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

export const POWERS = Array.from({ length: DECIMALS_MAX + 1 }, (_, i) => 10 ** i);

/**
 * Points from `from` to `to`, at least one. `base`, an instant on a full hour, may be given to make the first instant
 * small; the reader must know it.
 */
export function writeChunk(out: ByteWriter, points: Columns, from: number, to: number, base = 0): void {
  const unit = unitOf(points.at, from, to);
  const decimals = decimalsOf(points.value, from, to);
  out.unsigned(to - from);
  const isOne = isOneClock(points.clock, from, to);
  if (!isOne) {
    out.byte(CLOCKS_DIFFER);
    writeClocks(out, points.clock, from, to);
  }
  const clock = isOne ? (points.clock[from] as number) : 0;
  out.byte(unit | (decimals << 2) | (clock << CLOCK_SHIFT));
  writeInstants(out, points.at, from, to, UNITS[unit] as number, base);
  if (decimals === AS_FLOATS) writeFloats(out, points.value, from, to);
  else writeScaled(out, points.value, from, to, POWERS[decimals] as number);
}

const sharedBytes = new ByteWriter();
const sharedColumns = new Columns();

export function encodeChunk(points: PointList): Uint8Array {
  sharedBytes.clear();
  sharedColumns.fill(points);
  writeChunk(sharedBytes, sharedColumns, 0, sharedColumns.length);
  return sharedBytes.take();
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

function isOneClock(clocks: Uint8Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (clocks[i] !== clocks[from]) return false;
  return true;
}

/** Runs of one clock: its number and how often it follows upon itself. */
function writeClocks(out: ByteWriter, clocks: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; ) {
    const clock = clocks[i] as number;
    let end = i + 1;
    while (end < to && clocks[end] === clock) end++;
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

function unitOf(at: Float64Array, from: number, to: number): number {
  let unit = UNITS.length - 1;
  for (let i = from; i < to && unit > 0; i++) while (!divides(UNITS[unit] as number, at[i] as number)) unit--;
  return unit;
}

/** The quotient shows it, for instants have so few digits; the remainder of such numbers takes ten times as long. */
function divides(unit: number, instant: number): boolean {
  const quotient = instant / unit;
  return quotient === Math.floor(quotient);
}

function decimalsOf(values: Float64Array, from: number, to: number): number {
  let decimals = 0;
  for (let i = from; i < to; i++)
    while (!isExact(values[i] as number, decimals)) if (++decimals > DECIMALS_MAX) return AS_FLOATS;
  // What was exact with fewer decimals may be too large for more.
  if (decimals > 0)
    for (let i = from; i < to; i++) if (!isExact(values[i] as number, decimals)) return AS_FLOATS;
  return decimals;
}

export function isExact(value: number, decimals: number): boolean {
  const power = POWERS[decimals] as number;
  const scaled = Math.round(value * power);
  return Math.abs(scaled) <= SCALED_MAX && scaled / power === value;
}

/**
 * A clock that ticks evenly but reports with jitter is shortest as differences from its usual step, one that changes
 * its step as differences of differences: what needs fewer bytes is taken. A usual step of zero says the latter.
 */
function writeInstants(
  out: ByteWriter,
  at: Float64Array,
  from: number,
  to: number,
  unit: number,
  base: number,
): void {
  out.signed(((at[from] as number) - base) / unit);
  const count = to - from - 1;
  if (count > steps.length) steps = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) steps[i] = ((at[from + i + 1] as number) - (at[from + i] as number)) / unit;
  const usual = usualStep(count);
  const isEven = lengthFrom(usual, count) <= lengthFrom(0, count);
  out.unsigned(isEven ? usual : 0);
  const runs = new RunWriter(out);
  let before = isEven ? usual : 0;
  for (let i = 0; i < count; i++) {
    const step = steps[i] as number;
    runs.push(step - before);
    if (!isEven) before = step;
  }
  runs.end();
}

/** The steps of the chunk that is being written. */
let steps = new Float64Array(512);
const sample = new Float64Array(SAMPLED_STEPS);

/** The middle one of some of the steps; 0 where there are none. */
function usualStep(count: number): number {
  if (count < 2) return count === 0 ? 0 : (steps[0] as number);
  const every = Math.ceil(count / SAMPLED_STEPS);
  let sampled = 0;
  for (let i = 0; i < count; i += every) insert(steps[i] as number, sampled++);
  return sample[sampled >> 1] as number;
}

/** Into the sample, which stays sorted. */
function insert(step: number, sampled: number): void {
  let place = sampled;
  for (; place > 0 && (sample[place - 1] as number) > step; place--)
    sample[place] = sample[place - 1] as number;
  sample[place] = step;
}

/** Bytes that the steps take as differences from the usual one, or, where that is 0, from the one before; about. */
function lengthFrom(usual: number, count: number): number {
  let bytes = 0;
  let before = usual;
  for (let i = 0; i < count; i++) {
    const step = steps[i] as number;
    if (step !== before) bytes += lengthOf(Math.abs(step - before) * 4);
    if (usual === 0) before = step;
  }
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

function writeScaled(out: ByteWriter, values: Float64Array, from: number, to: number, power: number): void {
  let before = 0;
  const runs = new RunWriter(out);
  for (let i = from; i < to; i++) {
    const scaled = Math.round((values[i] as number) * power);
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
function writeFloats(out: ByteWriter, values: Float64Array, from: number, to: number): void {
  const before = new Uint8Array(8);
  const bits = new DataView(new ArrayBuffer(8));
  const now = new Uint8Array(bits.buffer);
  for (let n = from; n < to; n++) {
    bits.setFloat64(0, values[n] as number);
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
