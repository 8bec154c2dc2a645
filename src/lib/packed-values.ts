import { Decoder as MessagePack } from '@msgpack/msgpack';
import { decode, Tokenizer, Type } from 'cborg';

/** Longer, deeper, or with more in it than this, it is no message of a device. */
const BYTES_MAX = 4_096;
const DEPTH_MAX = 8;
const ITEMS_MAX = 1_000;

/**
 * What bytes say as CBOR (RFC 8949) or MessagePack, the whole of them: objects and lists of plain values, bytes in them as the text
 * that they may be; or a bare text. None, where they are neither, or a bare number: nearly any byte is one.
 */
export function packedIn(bytes: Uint8Array): (object | string)[] {
  const [first = 0] = bytes;
  if (bytes.length > BYTES_MAX || !(first >= 0x80 || isShortText(first, bytes.length))) return [];
  return [cborOf, messagePackOf].flatMap((read) => {
    try {
      const value = plainOf(read(bytes), DEPTH_MAX);
      return typeof value === 'string' || (typeof value === 'object' && value !== null) ? [value] : [];
    } catch {
      // Whatever the decoder found in it: it is none.
      return [];
    }
  });
}

/** Of CBOR, with its length in the first byte: whatever else begins so is a number, or letters of ASCII. */
const isShortText = (first: number, length: number): boolean =>
  first >> 5 === 3 && length === 1 + (first & 31);

const cborOf = (bytes: Uint8Array): unknown => decode(bytes, { useMaps: true, tokenizer: new Items(bytes) });

/** Leaves out the tags, and ends what has too many items: no deeper than that are the calls of the decoder, either. */
class Items extends Tokenizer {
  #items = 0;

  override next(): ReturnType<Tokenizer['next']> {
    if (++this.#items > ITEMS_MAX) throw new RangeError('too many items');
    const token = super.next();
    return Type.equals(token.type, Type.tag) && !this.done() ? this.next() : token;
  }
}

const messagePack = new MessagePack({
  maxStrLength: BYTES_MAX,
  maxBinLength: BYTES_MAX,
  maxExtLength: BYTES_MAX,
  // Room is made for all of a list before its first element is read.
  maxArrayLength: 64,
  maxMapLength: ITEMS_MAX,
  // The shared one would keep the keys of strangers.
  keyDecoder: null,
  mapKeyConverter: String,
});
const messagePackOf = (bytes: Uint8Array): unknown => messagePack.decode(bytes);

function plainOf(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (depth === 0) throw new RangeError('too deep');
  if (Array.isArray(value)) return value.map((one) => plainOf(one, depth - 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [String(key), plainOf(one, depth - 1)]));
}
