import { isUtf8 } from 'node:buffer';
import { readableBytes } from './readable-bytes.ts';

const GB18030 = new TextDecoder('gb18030');
const UTF16 = [new TextDecoder('utf-16le'), new TextDecoder('utf-16be')] as const;
/** Longer texts without a mark or a letter of ASCII in them are not looked for: two bytes in two orders mean something by chance. */
const UNMARKED_BYTES_MAX = 80;
/** So many printable bytes may be letters of two bytes each; of more, letters of one are what they are. */
const UNMARKED_ASCII_MAX = 12;

/**
 * What bytes may say as text: UTF-8; where they are none, what firmware writes instead (GBK, which GB18030 holds, and UTF-16
 * in either order). The likeliest comes first; nobody said which it is, so several may make sense.
 */
export function textsOf(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = view.toString('utf8');
  const order = utf16Order(view);
  if (order !== undefined) return [UTF16[order].decode(view), text];
  const others = mayBeUnmarked(view) ? UTF16.map((decoder) => decoder.decode(view)) : [];
  return isUtf8(view) ? [text, ...others] : [GB18030.decode(view), text, ...others];
}

/** 0: little-endian, 1: big-endian, by its mark or by the zeros beside letters of ASCII; undefined: no UTF-16, or without either. */
function utf16Order(view: Buffer): 0 | 1 | undefined {
  if (view.length < 2 || view.length % 2 !== 0) return undefined;
  const mark = view.readUInt16LE(0);
  if (mark === 0xfeff) return 0;
  if (mark === 0xfffe) return 1;
  // Most bytes have none, and a flood of long ones is looked through by the byte.
  if (!view.includes(0)) return undefined;
  const zeros: [even: number, odd: number] = [0, 0];
  for (let i = 0; i < view.length; i++) if (view[i] === 0) zeros[i % 2 === 0 ? 0 : 1]++;
  const [even, odd] = zeros;
  if (odd * 8 >= view.length && even === 0) return 0;
  return even * 8 >= view.length && odd === 0 ? 1 : undefined;
}

function mayBeUnmarked(view: Buffer): boolean {
  if (view.length < 4 || view.length > UNMARKED_BYTES_MAX || view.length % 2 !== 0) return false;
  return view.length <= UNMARKED_ASCII_MAX || view.some((byte) => byte < 0x20 || byte > 0x7e);
}

const HEX = /^(?:0x)?[0-9a-f]{2}(?:[ :]?[0-9a-f]{2}){2,}$/i;
const BASE64 = /^[a-z0-9+/_-]{4,}={0,2}$/i;
/** Control characters, and what stands for bytes that are no text. */
const NO_TEXT = /(?![\t\n\r])\p{Cc}|\ufffd/u;
const PACKED_CHARS_MAX = 16_384;

/** Does it look like hexadecimal digits or base64? Words of four letters do. */
export const mayBePacked = (text: string): boolean =>
  text.length <= PACKED_CHARS_MAX && (BASE64.test(text) || HEX.test(text));

/** The texts that are packed in a text as hexadecimal digits or base64; none, where it is neither or holds no text. */
export function textsPackedIn(text: string): string[] {
  if (text.length > PACKED_CHARS_MAX) return [];
  const packed: Buffer[] = [];
  if (HEX.test(text)) packed.push(Buffer.from(text.replace(/^0x|[ :]/gi, ''), 'hex'));
  if (BASE64.test(text)) packed.push(Buffer.from(text, 'base64'));
  return packed.flatMap(textsOf).filter((inner) => inner !== '' && !NO_TEXT.test(inner));
}

/** Bytes as people read them in a sentence: as text in whichever encoding it is, or else in base64. */
export function textShown(payload: Uint8Array, bytes = payload.length): string {
  const { payload: text, payloadEncoding } = readableBytes(payload, bytes);
  const own = payloadEncoding === 'utf8' ? [text] : [];
  return [...own, ...textsOf(payload)].find((one) => !NO_TEXT.test(one)) ?? text;
}
