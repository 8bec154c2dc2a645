import { ByteReader, BytesMissing, hexOf } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { takePosition } from './fields.ts';
import { frameBytes, malformed, type Nothing, onlyProtocol, takeFrames } from './frames.ts';

const HEADER = 0xab;
const HEADER_BYTES = 8;
const DATA = 0x01;

/** Alarm codes of key 0x02. Tilt and no movement have no names of their own here. */
const LOW_BATTERY = 1 << 0;
const FALL = 1 << 2;
const POWER_ON = 1 << 9;
const SOS = 1 << 12;
const UNNAMED = (1 << 3) | (1 << 11);

const CHARGING = 1 << 4;

interface Block {
  readonly key: number;
  readonly data: Uint8Array;
}

/** The frames of MiniFinder 2, EV07B and EV04 pendants: blocks of length, key and data, behind a header of eight bytes. */
export function takeMiniFinder2Frames(payload: Uint8Array, take: Take): void {
  const frames = splitFrames(frameBytes(payload), take);
  takeFrames(take, frames, (frame) => takeFrame(frame, take));
}

/** The checksum is not looked at: the published frames have had their device's number replaced and bear the old one. */
function splitFrames(bytes: Uint8Array, take: Take): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HEADER)
      take.refuse('malformed-payload', `a frame that begins with ${hexOf(bytes.subarray(at, at + 1))}`);
    const length = new ByteReader(bytes, at + 2).u16le();
    frames.push(bytes.subarray(at, Math.min(at + HEADER_BYTES + length, bytes.length)));
    at += HEADER_BYTES + length;
  }
  return frames;
}

function takeFrame(frame: Uint8Array, take: Take): Nothing | undefined {
  const reader = new ByteReader(frame, HEADER_BYTES);
  const type = reader.left > 0 ? reader.u8() : undefined;
  if (type === undefined) return malformed('a header without a message');
  if (type !== DATA) return onlyProtocol(`a message of the type ${type}`);
  for (const record of recordsOf(reader, take)) takeRecord(record, take);
  return undefined;
}

/** A key that comes again begins the next record: what was kept while there was no network comes in one message. */
function* recordsOf(reader: ByteReader, take: Take): Generator<readonly Block[]> {
  let record: Block[] = [];
  while (reader.left > 0) {
    const length = reader.u8();
    if (length === 0) break;
    if (length > reader.left) {
      // What stands before the place where it breaks off is whole.
      take.reject('malformed-payload', `a block of ${length} bytes, of which ${reader.left} are there`);
      break;
    }
    const key = reader.u8();
    if (record.some((block) => block.key === key)) {
      yield record;
      record = [];
    }
    record.push({ key, data: reader.take(length - 1) });
  }
  if (record.length > 0) yield record;
}

function takeRecord(record: readonly Block[], take: Take): void {
  const status = record.find(({ key, data }) => key === 0x24 && data.length >= 8);
  const at = status ? take.deviceTime(new ByteReader(status.data).u32le() * 1000) : take.at;
  for (const block of record) {
    try {
      takeBlock(block, take, at);
    } catch (error) {
      // A block that is too short must not hide an alarm that follows.
      if (!(error instanceof BytesMissing)) throw error;
      take.reject('malformed-payload', `the block ${block.key.toString(16)}: ${error.message}`);
    }
  }
}

function takeBlock({ key, data }: Block, take: Take, at: number): void {
  const reader = new ByteReader(data);
  switch (key) {
    case 0x02:
      takeAlarm(reader, take, at);
      return;
    case 0x14:
      take.reading('battery_pct', reader.u8(), at);
      take.reading('battery_v', reader.u16le() / 1000, at);
      return;
    case 0x20:
      takeFix(reader, take, at);
      return;
    case 0x23:
    case 0x26:
      // A beacon in the home: its place is where the pendant is.
      if (data.length >= 14) takePlace(reader, 6, take, at);
      return;
    case 0x27:
      takePlace(reader, 0, take, at);
      return;
    case 0x28:
      if (((data[0] ?? 0) & 0x80) !== 0) takePlace(reader, 9, take, at);
      return;
    case 0x2c:
      if (((data[0] ?? 0) & 0x80) !== 0) takePlace(reader, 10, take, at);
      return;
    case 0x2a:
      if (((data[0] ?? 0) & 0x80) !== 0) takePlace(reader, 8, take, at);
      return;
    case 0x24: {
      reader.skip(4);
      const word = reader.u32le();
      take.reading('battery_pct', Math.floor(word / 2 ** 24), at);
      take.reading('charging_bool', (word & CHARGING) !== 0, at);
      return;
    }
    case 0x30: {
      const measuredAt = take.deviceTime(reader.u32le() * 1000);
      take.reading('steps_count', reader.u32le(), measuredAt);
      return;
    }
    case 0x40:
    case 0x41: {
      const measuredAt = take.deviceTime(reader.u32le() * 1000);
      const value = reader.u8();
      // 0 and 1: it tried, and found nothing.
      if (value > 1) take.reading(key === 0x40 ? 'pulse_bpm' : 'spo2_pct', value, measuredAt);
      return;
    }
    default:
    // Cells, Wi-Fi, calls, activity, beacons without a place.
  }
}

/** The code, and in newer ones the time at which it happened. */
function takeAlarm(reader: ByteReader, take: Take, recordAt: number): void {
  const code = reader.u32le();
  const at = reader.left >= 4 ? take.deviceTime(reader.u32le() * 1000) : recordAt;
  const isSet = (bits: number): boolean => (code & bits) !== 0;
  if (isSet(SOS)) take.event('sos', at);
  if (isSet(FALL)) take.event('fall', at);
  if (isSet(LOW_BATTERY)) take.event('low_battery', at);
  if (isSet(POWER_ON)) take.event('boot', at);
  if (isSet(UNNAMED)) take.event('general_alarm', at);
}

/** Place, speed, course, altitude, precision (0: no fix), distance, satellites. */
function takeFix(reader: ByteReader, take: Take, at: number): void {
  const [latitude, longitude] = [reader.i32le(), reader.i32le()];
  reader.skip(6);
  if (reader.u16le() > 0) takePosition(take, latitude / 1e7, longitude / 1e7, at);
}

function takePlace(reader: ByteReader, skip: number, take: Take, at: number): void {
  reader.skip(skip);
  takePosition(take, reader.i32le() / 1e7, reader.i32le() / 1e7, at);
}
