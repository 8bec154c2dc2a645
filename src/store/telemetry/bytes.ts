/** Bytes that the longest number takes. */
const NUMBER_BYTES_MAX = 8;

/** Numbers as bytes: seven bits a byte, the least first; whole numbers up to 2^53. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Starts again on the same memory. */
  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, until the next call that writes: for whoever copies it at once. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  unsigned(value: number): void {
    this.#reserve(NUMBER_BYTES_MAX);
    const bytes = this.#bytes;
    let at = this.#length;
    let large = value;
    // Bit operations, which are quicker, only reach to 31 bits.
    while (large > 0x7fff_ffff) {
      bytes[at++] = (large % 128) | 128;
      large = Math.floor(large / 128);
    }
    let rest = large | 0;
    while (rest >= 128) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  signed(value: number): void {
    this.unsigned(zigzag(value));
  }

  float(value: number): void {
    this.#reserve(8);
    floatBits.setFloat64(0, value);
    this.#bytes.set(floatBytes, this.#length);
    this.#length += 8;
  }

  /** Begins a part whose length stands before it. @returns what `close` wants to know */
  open(): number {
    this.byte(0);
    return this.#length;
  }

  close(start: number): void {
    const length = this.#length - start;
    // Most parts are so short that their length fits where room was left for it.
    if (length >= 128) this.#makeRoom(start, lengthOf(length) - 1);
    const end = this.#length;
    this.#length = start - 1;
    this.unsigned(length);
    this.#length = end;
  }

  #makeRoom(at: number, count: number): void {
    this.#reserve(count + NUMBER_BYTES_MAX);
    this.#bytes.copyWithin(at + count, at, this.#length);
    this.#length += count;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, needed));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** How far it has read. */
  get at(): number {
    return this.#at;
  }

  /** @throws RangeError at the end: the bytes were cut or are not what they should be. */
  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('telemetry bytes end too early');
    return value;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('telemetry bytes end too early');
  }

  take(length: number): Uint8Array {
    this.skip(length);
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  unsigned(): number {
    let byte = this.byte();
    let value = byte & 127;
    let factor = 128;
    while (byte >= 128) {
      byte = this.byte();
      value += (byte & 127) * factor;
      factor *= 128;
    }
    return value;
  }

  signed(): number {
    return unzigzag(this.unsigned());
  }

  float(): number {
    floatBytes.set(this.take(8));
    return floatBits.getFloat64(0);
  }
}

/** Small numbers of either sign become small numbers: 0, -1, 1, -2, … → 0, 1, 2, 3, … */
export const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** Bytes that this number takes. */
export function lengthOf(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest /= 128) bytes++;
  return bytes;
}

const floatBits = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(floatBits.buffer);
