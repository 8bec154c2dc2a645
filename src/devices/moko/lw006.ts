import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';
import { takePosition } from './header.ts';

const INFO = 1;
const TURN_OFF = 2;
const LOW_POWER = 4;
const EVENT = 5;
const SHORT_POSITION = 6;
const STORED = 7;
const POSITION = 8;
const NO_POSITION = 9;
const GPS = 3;

/** What the badge is in: a man down, an alert, a call for help. */
function takeStatus(take: Take, status: number): void {
  if (status === 1) take.event('fall');
  else if (status === 3) take.event('general_alarm');
  else if (status === 4) take.event('sos');
}

function takeEvent(take: Take, kind: number, at: number): void {
  if (kind <= 1) take.reading('motion_bool', true, at);
  else if (kind === 2) take.reading('motion_bool', false, at);
  else if (kind === 3) take.event('fall', at);
  else if (kind === 4) take.event('fall_cancelled', at);
  else if (kind === 5) take.event('sos', at);
  else if (kind === 7) take.event('general_alarm', at);
  else take.reject('no-device-data', `event ${kind}`);
}

/** Charging in the highest bit, then per cent. */
function takeCharge(take: Take, byte: number): void {
  take.reading('charging_bool', (byte & 0x80) !== 0);
  take.reading('battery_pct', byte & 0x7f);
}

/** LW006, a badge with a button. */
export const lw006 = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const port = take.fPort;
  if (port === STORED) take.refuse('not-supported', 'stored frames');
  if (port < INFO || port > NO_POSITION) take.refuse('not-supported', `port ${port}`);
  if (port === SHORT_POSITION) {
    const word = frame.u16be();
    takeStatus(take, word >> 12);
    takePosition(frame, take, take.at - (word & 0x0fff) * 1000);
    return;
  }
  takeCharge(take, frame.u8());
  if (port === INFO) {
    take.reading('ambient_temperature_c', frame.i8());
    frame.skip(3);
    takeStatus(take, frame.u8());
  } else if (port >= TURN_OFF && port <= LOW_POWER) {
    take.reading('ambient_temperature_c', frame.i8());
    take.deviceTime(frame.u32be() * 1000);
    frame.skip(2);
    takeStatus(take, frame.u8());
    if (port === LOW_POWER) take.flag('low_battery', true);
  } else if (port === EVENT) {
    const at = take.deviceTime(frame.u32be() * 1000);
    frame.skip(1);
    takeEvent(take, frame.u8(), at);
  } else if (port === POSITION) {
    const at = take.at - frame.u16be() * 1000;
    const sign = frame.u8() & 0x0f;
    takeStatus(take, frame.u8() & 0x0f);
    const length = frame.u8();
    if (sign === GPS && length > 0) takePosition(frame, take, at);
  } else {
    frame.skip(2);
    takeStatus(take, frame.u8());
  }
});
