import { BytesMissing } from '../byte-reader.ts';
import type { Take } from '../take.ts';

/** One kind of value in the batches of a model. */
export interface BatchSeries {
  /** Its number in the batch. */
  readonly label: number;
  readonly bits: 1 | 8 | 16 | 32;
  readonly signed?: boolean;
  /** What one step of a difference is worth. */
  readonly step: number;
  readonly take: (raw: number, at: number, take: Take) => void;
}

export interface BatchForm {
  readonly labelBits: number;
  readonly series: readonly BatchSeries[];
}

/** A code of this number says that a full value follows instead of a difference of so many bits. */
const FULL = 15;
const TIME_TABLE = 1;

/** Three codes of variable length, as bits: what stands for 0, 1, 2 … 15. */
const TABLES = [
  '00 01 11 101 1001 10001 100001 1000001 10000001 1000000000 10000000010 10000000011 10000000100 10000000101 10000000110 10000000111',
  '1101111 11010 1100 011 111 10 00 010 110110 110111011 110111001 1101110101 1101110100 1101110000 11011100011 11011100010',
  '1001 101 00 01 11 10001 100001 1000001 10000001 1000000000 10000000010 10000000011 10000000100 10000000101 10000000110 10000000111',
].map((codes) => new Map(codes.split(' ').map((code, number) => [code, number])));
const LONGEST = 11;

/** Reads bits from the lowest of each byte on. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new BytesMissing(`the batch ends after ${this.#bytes.length} bytes`);
    return (byte >> (this.#at++ & 7)) & 1;
  }

  /** A number, its highest byte first, which may be short, and each byte from its lowest bit on. */
  number(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; ) {
      const width = left % 8 || 8;
      let part = 0;
      for (let bit = 0; bit < width; bit++) part |= this.#bit() << bit;
      value = value * 256 + part;
      left -= width;
    }
    return value;
  }

  /** The number that a code of this table stands for. */
  code(table: number, take: Take): number {
    let code = '';
    while (code.length < LONGEST) {
      code += this.#bit();
      const number = TABLES[table]?.get(code);
      if (number !== undefined) return number;
    }
    return take.refuse('malformed-payload', `the batch has no such code in table ${table}`);
  }
}

interface Sample {
  readonly seconds: number;
  readonly raw: number;
}

interface Gathered {
  readonly series: BatchSeries;
  readonly samples: Sample[];
  /** How its differences are told: to both sides, upwards or downwards; and by which code. */
  way: number;
  table: number;
}

/**
 * A batch of Watteco: many values of several kinds, as differences packed by bits. It tells all times as seconds of a clock
 * of its own and, at its end, what that clock says now.
 */
class Batch {
  readonly #bits: BitReader;
  readonly #form: BatchForm;
  readonly #take: Take;
  readonly #gathered = new Map<number, Gathered>();

  constructor(payload: Uint8Array, form: BatchForm, take: Take) {
    this.#bits = new BitReader(payload);
    this.#form = form;
    this.#take = take;
  }

  #full(series: BatchSeries): number {
    const raw = this.#bits.number(series.bits);
    return series.signed && raw >= 2 ** (series.bits - 1) ? raw - 2 ** series.bits : raw;
  }

  #after(seconds: number, width: number): number {
    if (width === FULL) return this.#bits.number(32);
    return width === 0 ? seconds : seconds + this.#bits.number(width) + 2 ** width - 1;
  }

  /** A time told against the one before, the first of all in full. */
  #time(before: number): number {
    return before === 0
      ? this.#bits.number(32)
      : this.#after(before, this.#bits.code(TIME_TABLE, this.#take));
  }

  #value({ series, samples, way }: Gathered, width: number): number {
    if (width === FULL) return this.#full(series);
    const before = samples.at(-1)?.raw ?? 0;
    if (width === 0) return before;
    const told = this.#bits.number(width);
    const whole = 2 ** width;
    if (way === 0) return before + (told >= whole / 2 ? told : told + 1 - whole) * series.step;
    return before + (told + whole - 1) * series.step * (way === 1 ? 1 : -1);
  }

  #next(): Gathered {
    const label = this.#bits.number(this.#form.labelBits);
    const found = this.#gathered.get(label);
    return found ?? this.#take.refuse('malformed-payload', `the batch did not announce series ${label}`);
  }

  /** The first sample of each series, and how the others are told. */
  #announced(kinds: number, more: boolean): number {
    let seconds = 0;
    for (let kind = 0; kind < kinds; kind++) {
      const label = this.#bits.number(this.#form.labelBits);
      const series = this.#form.series.find((one) => one.label === label);
      if (!series) return this.#take.refuse('not-supported', `series ${label} of a batch`);
      seconds = this.#time(seconds);
      const raw = this.#full(series);
      const [way, table] = more ? [this.#bits.number(2), this.#bits.number(2)] : [0, 0];
      this.#gathered.set(label, { series, samples: [{ seconds, raw }], way, table });
    }
    return seconds;
  }

  /** Samples that share their times; which series has one at which time, a bit each. */
  #together(kinds: number): number {
    const times: number[] = [];
    const count = this.#bits.number(8);
    const table = this.#bits.number(2);
    const [first] = this.#gathered.values();
    for (let time = 0; time < count; time++) {
      const width = this.#bits.code(table, this.#take);
      const before = times.at(-1);
      if (before === undefined && width !== FULL) times.push(first?.samples[0]?.seconds ?? 0);
      else times.push(this.#after(before ?? 0, width));
    }
    for (let kind = 0; kind < kinds; kind++) {
      const gathered = this.#next();
      let begun = false;
      for (const seconds of times) {
        if (this.#bits.number(1) === 0) continue;
        const width = this.#bits.code(gathered.table, this.#take);
        // The announced sample stands here once more, as a difference of nothing.
        if (width === 0 && !begun) begun = true;
        else gathered.samples.push({ seconds, raw: this.#value(gathered, width) });
      }
    }
    return times.at(-1) ?? 0;
  }

  #apart(kinds: number, latest: number): number {
    let last = latest;
    for (let kind = 0; kind < kinds; kind++) {
      const gathered = this.#next();
      const count = this.#bits.number(8);
      const table = count > 0 ? this.#bits.number(2) : 0;
      for (let sample = 0; sample < count; sample++) {
        const seconds = this.#after(
          gathered.samples.at(-1)?.seconds ?? 0,
          this.#bits.code(table, this.#take),
        );
        last = Math.max(last, seconds);
        const raw = this.#value(gathered, this.#bits.code(gathered.table, this.#take));
        gathered.samples.push({ seconds, raw });
      }
    }
    return last;
  }

  read(): void {
    const head = this.#bits.number(8);
    const kinds = head >> 4;
    const more = (head & 4) === 0;
    // Its running number.
    this.#bits.number(3);
    this.#bits.number(1);
    let last = this.#announced(kinds, more);
    if (more) last = (head & 2) === 0 ? this.#apart(kinds, last) : this.#together(kinds);
    const now = this.#time(last);
    for (const { series, samples } of this.#gathered.values())
      for (const { seconds, raw } of samples)
        series.take(raw, this.#take.at - (now - seconds) * 1000, this.#take);
  }
}

export const takeBatch = (payload: Uint8Array, form: BatchForm, take: Take): void =>
  new Batch(payload, form, take).read();
