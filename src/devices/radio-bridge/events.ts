import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { takeKeys } from '../presses.ts';
import { decoderOf, type Take } from '../take.ts';

const RESET = 0x00;
const SUPERVISORY = 0x01;
const TAMPER = 0x02;
const DOOR = 0x03;
const BUTTON = 0x06;
const CONTACT = 0x07;
const WATER = 0x08;
/** Link quality, rate limit, test, acknowledgement of a downlink. */
const SERVICE = new Set([0xfb, 0xfc, 0xfd, 0xff]);

const TAMPERED = 0x08;
const LOW_BATTERY = 0x02;
const RADIO_ERROR = 0x01;
const RELEASED = 1;
const BOTH_KEYS = 0x12;

/** What a model watches. */
export type Watched = 'door' | 'button' | 'water';
const EVENT_OF: Readonly<Record<Watched, readonly number[]>> = {
  door: [DOOR, CONTACT],
  button: [BUTTON],
  water: [WATER],
};

/** Errors, a state that is no longer to be used, battery as volts and tenths. */
function takeSupervisory(frame: ByteReader, take: Take): void {
  const errors = frame.u8();
  take.flag('tamper', (errors & TAMPERED) !== 0);
  take.flag('low_battery', (errors & LOW_BATTERY) !== 0);
  take.flag('fault', (errors & RADIO_ERROR) !== 0);
  frame.skip(1);
  const battery = frame.u8();
  take.reading('battery_v', (battery >> 4) + (battery & 0x0f) / 10);
}

function takeButton(frame: ByteReader, take: Take): void {
  const [key, state] = [frame.u8(), frame.u8()];
  // Held comes after pressed: the call was made.
  if (state === RELEASED) take.reject('no-device-data', 'the button was let go');
  else if (key === BOTH_KEYS) takeKeys(take, [1, 2]);
  else takeKeys(take, [key === 3 ? 1 : key]);
}

function takeWatched(kind: number, frame: ByteReader, take: Take): void {
  if (kind === BUTTON) takeButton(frame, take);
  else if (kind === WATER) {
    const wet = frame.u8() === 0;
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
  } else take.reading('door_open_bool', frame.u8() !== 0);
}

/** Sensors of Radio Bridge: version and counter, kind of event, what happened. */
export const radioBridge = (watched: Watched): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    frame.skip(1);
    const kind = frame.u8();
    if (SERVICE.has(kind)) take.refuse('no-device-data', `event ${kind.toString(16)}`);
    if (kind === RESET) take.event('boot');
    else if (kind === SUPERVISORY) takeSupervisory(frame, take);
    else if (kind === TAMPER) take.flag('tamper', frame.u8() === 0);
    else if (EVENT_OF[watched].includes(kind)) takeWatched(kind, frame, take);
    else take.refuse('not-supported', `event ${kind.toString(16)}`);
  });
