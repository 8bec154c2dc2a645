import { addressOf, type Cut, textOf, type WatchProtocol } from './protocol.ts';

const HEADER = 0xab;
const HEADER_BYTES = 8;
const WANTS_ANSWER = 0x10;
const SERVICES = 0x03;
const RESPONSE = 0x7f;
const KEY_IMEI = 0x01;
const ASKS_TIME = 0x12;
const ASKS_PLACE = [0x11, 0x21, 0x22];

/** A header with the length, the checksum and a running number; then blocks of length, key and data. */
export const minifinder2: WatchProtocol = {
  model: 'minifinder2',
  starts: (byte) => byte === HEADER,
  cut,
  identify(frame) {
    const imei = blocksOf(frame).find(({ key, data }) => key === KEY_IMEI && data.length >= 15);
    return imei && addressOf(/^\d{15}/.exec(textOf(imei.data))?.[0]);
  },
  isOnlyProtocol: (frame) => frame[HEADER_BYTES] === SERVICES,
  answer(frame, { now }) {
    if (((frame[1] ?? 0) & WANTS_ANSWER) === 0) return undefined;
    const type = frame[HEADER_BYTES];
    const body = type === SERVICES ? [SERVICES, ...servicesOf(frame, now)] : [RESPONSE, 1, 0];
    return frameOf(Uint8Array.from(body), (frame[6] ?? 0) + (frame[7] ?? 0) * 256);
  },
};

function cut(bytes: Uint8Array): Cut {
  const start = bytes.indexOf(HEADER);
  if (start !== 0) return { used: start < 0 ? bytes.length : start };
  if (bytes.length < HEADER_BYTES) return { used: 0 };
  const used = HEADER_BYTES + (bytes[2] as number) + (bytes[3] as number) * 256;
  return bytes.length < used ? { used: 0 } : { frame: bytes.subarray(0, used), used };
}

function blocksOf(frame: Uint8Array): { readonly key: number; readonly data: Uint8Array }[] {
  const blocks: { key: number; data: Uint8Array }[] = [];
  for (let at = HEADER_BYTES + 1; at + 1 < frame.length; ) {
    const length = frame[at] as number;
    if (length === 0) break;
    blocks.push({ key: frame[at + 1] as number, data: frame.subarray(at + 2, at + 1 + length) });
    at += 1 + length;
  }
  return blocks;
}

/** The time for who asks for it. Where a cell lies we do not know, and say so with zeros. */
function servicesOf(frame: Uint8Array, now: number): number[] {
  return blocksOf(frame).flatMap(({ key }) => {
    if (ASKS_PLACE.includes(key)) return [10, key, ...new Array<number>(9).fill(0)];
    if (key !== ASKS_TIME) return [];
    const seconds = Buffer.alloc(4);
    seconds.writeUInt32LE(Math.floor(now / 1000));
    return [5, key, ...seconds];
  });
}

function frameOf(content: Uint8Array, index: number): Uint8Array {
  const frame = Buffer.alloc(HEADER_BYTES + content.length);
  frame[0] = HEADER;
  frame.writeUInt16LE(content.length, 2);
  frame.writeUInt16LE(crc16(content), 4);
  frame.writeUInt16LE(index, 6);
  frame.set(content, HEADER_BYTES);
  return frame;
}

/** CRC-16/XMODEM: polynomial 1021, from 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc;
}
