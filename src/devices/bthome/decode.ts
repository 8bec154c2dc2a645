import { createDecipheriv } from 'node:crypto';
import { bytesOfHex } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { type BthomeObject, type Meaning, objectsOf } from './objects.ts';

const ENCRYPTED = 0x01;
const WITH_MAC = 0x02;
const VERSION = 2;
const COUNTER_BYTES = 4;
const MIC_BYTES = 4;
const MAC_BYTES = 6;

/** What BTHome v2 says in the service data of 0xFCD2: device information, then objects, plain or encrypted. */
export function takeServiceData(payload: Uint8Array, take: Take): void {
  const info = payload[0];
  if (info === undefined) take.refuse('malformed-payload', 'no bytes');
  if (info >> 5 !== VERSION) take.refuse('not-supported', `BTHome version ${info >> 5}`);
  const macInside = (info & WITH_MAC) !== 0;
  const start = macInside ? 1 + MAC_BYTES : 1;
  const body = payload.subarray(start);
  const mac = macInside ? Uint8Array.from(payload.subarray(1, start)).reverse() : undefined;
  takeObjects(info & ENCRYPTED ? decrypted(body, info, mac, take) : plain(body, take), take);
}

/** Who knows the key sends nothing in clear: such a frame is somebody else's. */
function plain(body: Uint8Array, take: Take): Uint8Array {
  if (take.context.settings?.['key'] !== undefined)
    take.refuse('encrypted', 'the device has a key, and the frame is not encrypted');
  return body;
}

/** AES-128-CCM; the nonce is made of address, UUID, device information and a counter that travels in clear. */
function decrypted(body: Uint8Array, info: number, inside: Uint8Array | undefined, take: Take): Uint8Array {
  const key = bytesOfHex(String(take.context.settings?.['key'] ?? ''));
  if (key?.length !== 16) take.refuse('encrypted', 'no key of 32 hex digits in the settings of the device');
  const mac = inside ?? bytesOfHex(take.context.address?.id ?? '');
  if (mac?.length !== MAC_BYTES) take.refuse('encrypted', 'the Bluetooth address is not known');
  const cut = body.length - COUNTER_BYTES - MIC_BYTES;
  if (cut < 1) take.refuse('malformed-payload', `${body.length} bytes are too few for an encrypted frame`);
  const counter = body.subarray(cut, cut + COUNTER_BYTES);
  const nonce = Buffer.concat([mac, Uint8Array.of(0xd2, 0xfc, info), counter]);
  const decipher = createDecipheriv('aes-128-ccm', key, nonce, { authTagLength: MIC_BYTES });
  decipher.setAuthTag(body.subarray(cut + COUNTER_BYTES));
  try {
    const clear = decipher.update(body.subarray(0, cut));
    decipher.final();
    return clear;
  } catch {
    return take.refuse('encrypted', 'the key does not fit');
  }
}

function takeObjects(bytes: Uint8Array, take: Take): void {
  const { objects, unread } = objectsOf(bytes);
  const time = objects.find(({ means }) => means && 'is' in means && means.is === 'time');
  const at = time ? take.deviceTime(time.value * 1000) : take.at;
  const seen = new Set<string>();
  for (const { value, means } of objects) if (means) takeMeaning(take, means, value, at, seen);
  if (unread) take.reject(unread.reason, unread.detail);
  else if (seen.size === 0) nothingOfUse(objects, take);
}

function takeMeaning(take: Take, means: Meaning, value: number, at: number, seen: Set<string>): void {
  if ('is' in means) {
    if (means.is === 'button' && takePress(take, value, at)) seen.add('sos');
    return;
  }
  if ('flag' in means) {
    take.flag(means.flag, value !== 0, at);
    seen.add(means.flag);
  }
  const { metric } = means;
  // Of two thermometers in one case the first is the one of the air.
  if (metric === undefined || seen.has(metric)) return;
  seen.add(metric);
  take.reading(metric, value * ('scale' in means ? (means.scale ?? 1) : 1), at);
}

/** 0 stands for a button that was not pressed, beside one that was. */
function takePress(take: Take, press: number, at: number): boolean {
  if (press === 0) return false;
  if (take.context.settings?.['button'] !== 'ignore') take.event('sos', at);
  return true;
}

function nothingOfUse(objects: readonly BthomeObject[], take: Take): void {
  const names = objects.map(({ name }) => name).filter((name) => name !== 'packet id');
  if (names.length > 0) take.reject('unknown-metric', `nothing that is watched: ${names.join(', ')}`);
}
