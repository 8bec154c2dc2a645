import type { RejectionReason } from '../../model/rejection.ts';
import { bytesOfBase64, bytesOfHex, hexOf } from '../byte-reader.ts';

/**
 * The frame of CJ/T 188 (2004 and, unencrypted, 2018): `FE… 68 T A0…A6 C L DI DI SER data CS 16`. CS is the sum of all
 * bytes from 68 on. Meters and the boxes that forward for them put text before it and bytes after it.
 */
export interface CjtFrame {
  /** T: 10H cold water, 11H hot, 12H drinking, 13H reclaimed, 20H heat, 30H gas, 40H other. */
  readonly type: number;
  /** A6 to A0, as people write it: fourteen digits. */
  readonly address: string;
  /** C: 81H answers a reading, A1H reports by itself, C1H says no. */
  readonly control: number;
  /** Behind L: DI, SER and what follows. */
  readonly data: Uint8Array;
  /** The whole of it, from 68H to 16H. */
  readonly bytes: Uint8Array;
}

export interface NoFrame {
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** What was found in a payload: frames, and what looked like one and is none. */
export interface Found {
  readonly frames: readonly CjtFrame[];
  readonly refused: readonly NoFrame[];
}

const START = 0x68;
const END = 0x16;
/** Bytes from 68 up to L. */
const HEAD = 11;

/** All frames of a payload that is bytes, or their hex or base64 in text. */
export function framesIn(payload: Uint8Array): Found {
  const bytes = bytesOf(payload);
  const frames: CjtFrame[] = [];
  const refused: NoFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { frame, refusal, length } = frameAt(bytes, at);
    if (frame) frames.push(frame);
    if (refusal) refused.push(refusal);
    at += length;
  }
  if (frames.length === 0 && refused.length === 0)
    refused.push({ reason: 'malformed-payload', detail: 'no frame that begins with 68H and is whole' });
  return { frames, refused };
}

interface Look {
  readonly frame?: CjtFrame;
  readonly refusal?: NoFrame;
  /** Bytes to go on by. */
  readonly length: number;
}

function frameAt(bytes: Uint8Array, at: number): Look {
  if (bytes[at] !== START) return { length: 1 };
  const length = wholeLength(bytes, at, HEAD);
  const isWhole = length !== undefined && isMeterType(bytes[at + 1] as number);
  if (isWhole && sumFits(bytes, at, length)) return { frame: frameOf(bytes, at, length), length };
  const electric = electricLength(bytes, at);
  if (electric !== undefined)
    return {
      refusal: { reason: 'not-supported', detail: 'a DL/T 645 frame: that is an electricity meter' },
      length: electric,
    };
  if (!isWhole) return { length: 1 };
  const sum = sumOf(bytes, at, length);
  const said = bytes[at + length - 2] as number;
  return {
    refusal: {
      reason: 'checksum',
      detail: `the frame says ${hexByte(said)}, its bytes add up to ${hexByte(sum)}`,
    },
    length,
  };
}

/** Length of the frame that begins here, if it ends in 16H where its length says; `head` is the place of its length. */
function wholeLength(bytes: Uint8Array, at: number, head: number): number | undefined {
  const data = bytes[at + head - 1];
  if (data === undefined) return undefined;
  const length = head + data + 2;
  return bytes[at + length - 1] === END ? length : undefined;
}

/** DL/T 645 has a second 68H behind six bytes of address. */
function electricLength(bytes: Uint8Array, at: number): number | undefined {
  return bytes[at + 7] === START ? wholeLength(bytes, at, 10) : undefined;
}

const isMeterType = (type: number): boolean => type >= 0x10 && type <= 0x49;

function sumOf(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0;
  for (let i = at; i < at + length - 2; i++) sum += bytes[i] as number;
  return sum & 0xff;
}

const sumFits = (bytes: Uint8Array, at: number, length: number): boolean =>
  sumOf(bytes, at, length) === bytes[at + length - 2];

const frameOf = (bytes: Uint8Array, at: number, length: number): CjtFrame => ({
  type: bytes[at + 1] as number,
  address: hexOf(Uint8Array.from(bytes.subarray(at + 2, at + 9)).reverse()),
  control: bytes[at + 9] as number,
  data: bytes.subarray(at + HEAD, at + length - 2),
  bytes: bytes.subarray(at, at + length),
});

const hexByte = (byte: number): string => `${byte.toString(16).toUpperCase().padStart(2, '0')}H`;

/** Gateways forward bytes as they are, as hex or as base64; platforms in some property of a JSON object. */
function bytesOf(payload: Uint8Array): Uint8Array {
  if (payload.some((byte) => byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d))) return payload;
  const text = Buffer.from(payload).toString('latin1').trim();
  return (text.startsWith('{') ? bytesInJson(text) : bytesOfText(text.replace(/^"|"$/g, ''))) ?? payload;
}

function bytesOfText(text: string): Uint8Array | undefined {
  const hex = bytesOfHex(text);
  if (hex) return hex;
  const base64 = bytesOfBase64(text);
  return base64?.includes(START) ? base64 : undefined;
}

/** The first text in it that holds a frame. */
function bytesInJson(text: string): Uint8Array | undefined {
  for (const [, quoted = ''] of text.matchAll(/"([A-Za-z0-9+/=_ -]{26,4096})"/g)) {
    const bytes = bytesOfText(quoted);
    if (bytes?.includes(START)) return bytes;
  }
  return undefined;
}
