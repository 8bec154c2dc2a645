import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

type State = 'door' | 'leak';

export function takeContact(take: Take, state: State, raised: boolean, at?: number): void {
  take.reading(state === 'door' ? 'door_open_bool' : 'water_leak_bool', raised, at ?? take.at);
  // An entry of the log is over: nothing is raised.
  if (state === 'leak' && at === undefined) take.flag('leak', raised);
}

const DOOR_OPEN = 0x80;
const LEAK = 0x40;
const FIRST_GENERATION_BYTES = 10;

/** LDS01, LDS02, LWL01, LWL02: two state bits beside fourteen of millivolts; then counts and durations, and an alarm. */
export const firstGeneration = (state: State): Decode =>
  decoderOf((payload, take) => {
    if (payload.length !== FIRST_GENERATION_BYTES)
      take.refuse('malformed-payload', `${payload.length} bytes instead of ${FIRST_GENERATION_BYTES}`);
    const frame = new ByteReader(payload);
    const word = frame.u16be();
    take.reading('battery_v', (word & 0x3fff) / 1000);
    takeContact(take, state, ((word >> 8) & (state === 'door' ? DOOR_OPEN : LEAK)) !== 0);
  });

const STATE_PORT = 2;
const LOG_PORT = 3;
const SETTINGS_PORT = 4;
const STATUS_PORT = 5;

/** State, count and duration, and the time of the device. */
function takeEntry(frame: ByteReader, take: Take, state: State, live: boolean): void {
  const raised = (frame.u8() & 1) !== 0;
  frame.skip(6);
  const seconds = frame.u32be();
  if (live) {
    takeContact(take, state, raised);
    return;
  }
  if (seconds >= 1_420_070_400) takeContact(take, state, raised, take.deviceTime(seconds * 1000));
  else take.reject('clock-malformed', `an entry of the log at ${seconds} s`);
}

/** LDS03A and LWL03A: one port for the state, one for the log, one for the device itself. */
export const secondGeneration = (state: State): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (take.fPort === STATE_PORT) takeEntry(frame, take, state, true);
    else if (take.fPort === LOG_PORT) while (frame.left > 0) takeEntry(frame, take, state, false);
    else if (take.fPort === STATUS_PORT) takeStatus(frame, take);
    else if (take.fPort === SETTINGS_PORT) take.refuse('no-device-data', 'the settings of the device');
    else take.refuse('not-supported', `port ${take.fPort}`);
  });

/** Model, firmware, band, sub-band, millivolts. */
export function takeStatus(frame: ByteReader, take: Take): void {
  frame.skip(5);
  take.reading('battery_v', frame.u16be() / 1000);
}
