/** Deeper, or with more in it than this, it is none of a device. */
const DEPTH_MAX = 8;
const ITEMS_MAX = 1_000;
const BREAK = Symbol('break');

/**
 * What bytes say as CBOR (RFC 8949), the whole of them: maps with text for keys become objects, byte strings the text that may
 * be in them. Undefined: it is no CBOR, or not wholly.
 */
export function cborIn(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  try {
    const value = reader.item(0);
    return reader.atEnd && value !== BREAK ? value : undefined;
  } catch (error) {
    if (error instanceof NoCbor || error instanceof RangeError) return undefined;
    throw error;
  }
}

class NoCbor extends Error {}

class Reader {
  readonly #view: Buffer;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get atEnd(): boolean {
    return this.#at === this.#view.length;
  }

  item(depth: number): unknown {
    if (depth > DEPTH_MAX || ++this.#items > ITEMS_MAX) throw new NoCbor();
    const first = this.#view.readUInt8(this.#at++);
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) return this.#simple(info);
    const isOpen = info === 31;
    if (isOpen && (major < 2 || major === 6)) throw new NoCbor();
    const size = isOpen ? Number.POSITIVE_INFINITY : this.#number(info);
    if (major === 0) return size;
    if (major === 1) return -1 - size;
    if (major === 2 || major === 3) return this.#text(size, depth);
    if (major === 4) return this.#list(size, depth);
    if (major === 5) return this.#map(size, depth);
    return this.item(depth + 1);
  }

  #number(info: number): number {
    if (info < 24) return info;
    const width = 2 ** (info - 24);
    if (width > 8) throw new NoCbor();
    const at = this.#at;
    this.#at += width;
    return width === 8 ? Number(this.#view.readBigUInt64BE(at)) : this.#view.readUIntBE(at, width);
  }

  #text(size: number, depth: number): string {
    if (size === Number.POSITIVE_INFINITY) return this.#list(size, depth).join('');
    const end = this.#at + size;
    if (end > this.#view.length) throw new NoCbor();
    const text = this.#view.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  #list(size: number, depth: number): unknown[] {
    const all: unknown[] = [];
    while (all.length < size) {
      const one = this.item(depth + 1);
      if (one === BREAK) break;
      all.push(one);
    }
    return all;
  }

  #map(size: number, depth: number): object {
    const all: [string, unknown][] = [];
    while (all.length < size) {
      const key = this.item(depth + 1);
      if (key === BREAK) break;
      all.push([String(key), this.item(depth + 1)]);
    }
    return Object.fromEntries(all);
  }

  #simple(info: number): unknown {
    if (info === 31) return BREAK;
    if (info === 20 || info === 21) return info === 21;
    if (info <= 24) {
      this.#number(info);
      return null;
    }
    const at = this.#at;
    this.#at += 2 ** (info - 24);
    if (info === 25) return this.#view.readUInt16BE(at);
    if (info === 26) return this.#view.readFloatBE(at);
    if (info === 27) return this.#view.readDoubleBE(at);
    throw new NoCbor();
  }
}
