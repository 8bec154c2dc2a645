import { ByteReader } from '../byte-reader.ts';
import { type ByChannel, byNumber } from '../channel-keys.ts';
import type { Decode } from '../define.ts';
import { takePress } from '../presses.ts';
import { takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';

/** Reads what stands after a channel and its type. */
export type Channel = (frame: ByteReader, take: Take) => void;

/** By channel and type. */
export type Channels = ByChannel<Channel>;

export const bytes =
  (count: number): Channel =>
  (frame) =>
    frame.skip(count);

const battery: Channel = (frame, take) => take.reading('battery_pct', frame.u8());
const temperature: Channel = (frame, take) => take.reading('ambient_temperature_c', frame.i16le() / 10);
const humidity: Channel = (frame, take) => take.reading('humidity_pct', frame.u8() / 2);

/** What the device is: protocol, hardware, firmware, class, serial number, reset. */
const ATTRIBUTES: Channels = {
  'ff 01': bytes(1),
  'ff 09': bytes(2),
  'ff 0a': bytes(2),
  'ff 0f': bytes(1),
  'ff 16': bytes(8),
  'ff 18': bytes(2),
  'ff fe': bytes(1),
  'ff ff': bytes(2),
};

/** How warm it is, of models that measure it. */
export const warmth: Channels = {
  '03 67': temperature,
  '83 67': (frame, take) => {
    temperature(frame, take);
    frame.skip(1);
  },
};

/** The air around it, of models that measure its moisture too. */
export const climate: Channels = { ...warmth, '04 68': humidity };

/** What every model says alike. */
const COMMON: Channels = {
  '01 75': battery,
  // Said once, when it was switched on.
  'ff 0b': (frame, take) => {
    frame.skip(1);
    take.event('boot');
  },
};

/** Answers to a configuration, by type, with the length of what stands in them. */
const ANSWERS = new Map([
  ...lengths(1, 0x10, 0x27, 0x28, 0x2f, 0x3e, 0x4a, 0x68, 0x69, 0x74, 0xc3),
  ...lengths(2, 0x02, 0x03, 0x17, 0x4e, 0x8e, 0xa3, 0xa4, 0xbd),
  ...lengths(3, 0x6a),
  ...lengths(4, 0x11, 0x79),
  ...lengths(5, 0x92),
  ...lengths(7, 0xa1),
  ...lengths(8, 0x35),
  ...lengths(9, 0x06, 0xa2),
  ...lengths(10, 0xba),
]);
function lengths(bytes: number, ...types: readonly number[]): [number, number][] {
  return types.map((type) => [type, bytes]);
}

/**
 * The frame of Milesight: channel, type, value, again and again. The length of a value is known from its channel alone,
 * so that nothing can be read after one that is unknown; what stood before it is kept.
 */
export function milesight(own: Channels): Decode {
  const channels = byNumber({ ...COMMON, ...own });
  return decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (frame.left === 0) take.refuse('empty-message', 'no bytes');
    let measured = false;
    while (frame.left > 0) {
      const key = frame.u16be();
      const attribute = attributes.get(key);
      const read = attribute ?? channels.get(key);
      if (!attribute) measured = true;
      if (read) read(frame, take);
      else if (!skipAnswer(frame, take, key)) return;
    }
    if (!measured) take.refuse('no-device-data', 'what the device is, and no measurement');
  });
}

const attributes = byNumber(ATTRIBUTES);

/** Could what stood here be passed over, so that reading goes on? */
function skipAnswer(frame: ByteReader, take: Take, key: number): boolean {
  const isAnswer = key >> 8 >= 0xf8;
  const length = isAnswer ? ANSWERS.get(key & 0xff) : undefined;
  const what = `channel ${key.toString(16).padStart(4, '0')}`;
  take.reject(isAnswer ? 'no-device-data' : 'not-supported', what);
  if (length === undefined || key >> 8 < 0xfe) return false;
  frame.skip(length);
  return true;
}

/** The instant of an entry of the log; undefined, and named, for one from a clock that was never set. */
export function logTime(frame: ByteReader, take: Take): number | undefined {
  const seconds = frame.u32le();
  if (seconds >= 1_420_070_400) return take.deviceTime(seconds * 1000);
  take.reject('clock-malformed', `an entry of the log at ${seconds} s`);
  return undefined;
}

/** An entry of the log: its own time, temperature, humidity, a state. */
export function stateLog(take: (take: Take, state: number, at: number) => void): Channel {
  return (frame, into) => {
    const at = logTime(frame, into);
    const [degrees, moisture, state] = [frame.i16le() / 10, frame.u8() / 2, frame.u8()];
    if (at === undefined) return;
    // A model without such sensors leaves their places empty, and no room has no moisture at all.
    if (moisture > 0) {
      into.reading('ambient_temperature_c', degrees, at);
      into.reading('humidity_pct', moisture, at);
    }
    take(into, state, at);
  };
}

/** 0 dry, 1 wet. In an entry of the log nothing is raised: it is over. */
export function takeLeak(take: Take, state: number, at?: number): void {
  if (state > 1) {
    take.reject('not-supported', `leak state ${state}`);
    return;
  }
  take.reading('water_leak_bool', state, at ?? take.at);
  if (at === undefined) take.flag('leak', state === 1);
}
export const leak: Channel = (frame, take) => takeLeak(take, frame.u8());

/** 0 closed, 1 open. */
export function takeDoor(take: Take, state: number, at = take.at): void {
  if (state > 1) take.reject('not-supported', `door state ${state}`);
  else take.reading('door_open_bool', state, at);
}
export const door: Channel = (frame, take) => takeDoor(take, frame.u8());

/** 0 nobody, 1 somebody; other values say that the sensor is still learning. */
export function takePresence(take: Take, state: number, at = take.at): void {
  if (state > 1) take.reject('not-supported', `occupancy ${state}`);
  else take.reading('motion_bool', state, at);
}
export const presence: Channel = (frame, take) => takePresence(take, frame.u8());

/** 0 in its place, 1 taken off. */
export const taken: Channel = (frame, take) => take.flag('tamper', frame.u8() === 1);

const PRESSES = { 1: 'short', 2: 'long', 3: 'double' } as const;
export const press: Channel = (frame, take) => {
  const kind = PRESSES[frame.u8() as 1 | 2 | 3];
  if (kind) takePress(take, kind);
  else take.reject('not-supported', 'a press of an unknown kind');
};

export const pulses: Channel = (frame, take) => takePulses(take, frame.u32le());

/** People that passed since the last report, in and out: somebody moved there. */
export function takePassages(take: Take, frame: ByteReader, at = take.at): void {
  const passed = frame.u16le() + frame.u16le();
  take.reading('motion_bool', passed > 0, at);
}
export const passages: Channel = (frame, take) => takePassages(take, frame);

/** Its own time, a kind, passages of that period, and the totals in the longer kind. */
export const passageLog: Channel = (frame, take) => {
  const at = logTime(frame, take);
  const withTotals = frame.u8() === 1;
  const passed = frame.u16le() + frame.u16le();
  if (withTotals) frame.skip(4);
  if (at !== undefined) take.reading('motion_bool', passed > 0, at);
};
/** The same with an alarm that a threshold was passed. */
export const alarmedPassages: Channel = (frame, take) => {
  takePassages(take, frame);
  frame.skip(1);
};

/** Its own time, temperature, humidity. */
export const climateLog: Channel = (frame, take) => {
  const at = logTime(frame, take);
  const [degrees, moisture] = [frame.i16le() / 10, frame.u8() / 2];
  if (at === undefined) return;
  take.reading('ambient_temperature_c', degrees, at);
  take.reading('humidity_pct', moisture, at);
};
