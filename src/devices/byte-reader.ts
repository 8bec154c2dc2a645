/** A frame that ends before its last field. */
export class BytesMissing extends Error {}

/** Reads a frame from front to back. Every read beyond the end throws BytesMissing, which makes a named rejection. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  #step(count: number): number {
    const { at } = this;
    if (count < 0 || at + count > this.end)
      throw new BytesMissing(`the frame ends after ${this.end} bytes; ${count} more were expected at ${at}`);
    this.at = at + count;
    return at;
  }

  skip(count: number): void {
    this.#step(count);
  }
  peek(ahead = 0): number | undefined {
    return this.at + ahead < this.end ? this.bytes[this.at + ahead] : undefined;
  }
  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#step(1));
  }
  u16le(): number {
    return this.#view.getUint16(this.#step(2), true);
  }
  u16be(): number {
    return this.#view.getUint16(this.#step(2));
  }
  i16le(): number {
    return this.#view.getInt16(this.#step(2), true);
  }
  i16be(): number {
    return this.#view.getInt16(this.#step(2));
  }
  u24le(): number {
    const at = this.#step(3);
    return this.#view.getUint16(at, true) + this.#view.getUint8(at + 2) * 0x1_0000;
  }
  u24be(): number {
    const at = this.#step(3);
    return this.#view.getUint8(at) * 0x1_0000 + this.#view.getUint16(at + 1);
  }
  u32le(): number {
    return this.#view.getUint32(this.#step(4), true);
  }
  u32be(): number {
    return this.#view.getUint32(this.#step(4));
  }
  i32le(): number {
    return this.#view.getInt32(this.#step(4), true);
  }
  i32be(): number {
    return this.#view.getInt32(this.#step(4));
  }
  f32le(): number {
    return this.#view.getFloat32(this.#step(4), true);
  }
  f32be(): number {
    return this.#view.getFloat32(this.#step(4));
  }
  f64le(): number {
    return this.#view.getFloat64(this.#step(8), true);
  }
  f64be(): number {
    return this.#view.getFloat64(this.#step(8));
  }
  take(count: number): Uint8Array {
    const at = this.#step(count);
    return this.bytes.subarray(at, at + count);
  }
  /** All that is left. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  /**
   * Binary coded decimal, least significant byte first, two digits a byte.
   *
   * @returns undefined if a digit is none (A to F): how meters mark a value that they do not have
   */
  bcdLe(count: number): number | undefined {
    return bcd([...this.take(count)].reverse());
  }
  /** The same, most significant byte first. */
  bcdBe(count: number): number | undefined {
    return bcd([...this.take(count)]);
  }
}

function bcd(bytes: readonly number[]): number | undefined {
  let value = 0;
  for (const byte of bytes) {
    const [high, low] = [byte >> 4, byte & 15];
    if (high > 9 || low > 9) return undefined;
    value = value * 100 + high * 10 + low;
  }
  return value;
}

/** Unsigned integers of any width, packed from the least significant bit of the first byte on. */
export class LowBitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get left(): number {
    return this.#bytes.length * 8 - this.#bit;
  }
  bits(count: number): number {
    if (count > this.left) throw new BytesMissing(`the frame ends within a field of ${count} bits`);
    let value = 0;
    for (let i = 0; i < count; i++, this.#bit++)
      value += (((this.#bytes[this.#bit >> 3] as number) >> (this.#bit & 7)) & 1) * 2 ** i;
    return value;
  }
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Bytes of hex text; blanks and colons between them are allowed. Undefined for anything else. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  const plain = text.replace(/[\s:-]/g, '');
  return /^(?:[0-9a-f]{2})+$/i.test(plain) ? Buffer.from(plain, 'hex') : undefined;
}

/** Bytes of base64 text (also the URL form); undefined for anything else. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
