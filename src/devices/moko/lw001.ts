import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';
import { isDown, takeBattery, takePosition, takeState } from './header.ts';

/** What the frame is about, by its port. */
const HEARTBEAT = 1;
const POSITION = 2;
const NO_POSITION = 3;
const SHUTDOWN = 4;
const VIBRATION = 5;
const MAN_DOWN = 6;
const TAMPER = 7;
const MOVEMENT = 8;
const USAGE = 9;
const TIME_REQUEST = 11;
const SHORT_POSITION = 12;
const GPS = 2;
const END_OF_MOVEMENT = 2;
const DOWNLINK = 3;

/** The calendar of the device and its zone; believed where that is UTC, for documents differ on what it means elsewhere. */
function takeTime(frame: ByteReader, take: Take): number {
  const year = frame.u16be();
  const [month, day, hour, minute, second, zone] = [...frame.take(6)] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (zone !== 0) return take.at;
  return take.deviceTime(Date.UTC(year, month - 1, day, hour, minute, second));
}

function takeHeader(frame: ByteReader, take: Take): void {
  takeState(take, frame.u8());
  take.reading('ambient_temperature_c', frame.i8());
  takeBattery(take, frame.u8());
}

function takeGpsFix(frame: ByteReader, take: Take): void {
  const kind = frame.u8();
  const at = takeTime(frame, take);
  frame.skip(1);
  // Wi-Fi and Bluetooth: what it heard, not where that is.
  if (kind === GPS) takePosition(frame, take, at);
}

function takeMovement(kind: number, take: Take): void {
  if (kind < END_OF_MOVEMENT) take.reading('motion_bool', true);
  else if (kind === END_OF_MOVEMENT) take.reading('motion_bool', false);
  else if (kind !== DOWNLINK) take.reject('not-supported', `movement ${kind}`);
}

/** LW001-BG and LW001-BG PRO. */
export const lw001 = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const port = take.fPort;
  if (port === TIME_REQUEST) take.refuse('no-device-data', 'it asks for the time');
  if (port === SHORT_POSITION) {
    takeState(take, frame.u8());
    takeBattery(take, frame.u8());
    takePosition(frame, take);
    return;
  }
  if (port < HEARTBEAT || port > USAGE) take.refuse('not-supported', `port ${port}`);
  if (port === MOVEMENT) {
    // What moves now says more than what moved since the last frame.
    const [state, degrees, battery, kind] = [frame.u8(), frame.i8(), frame.u8(), frame.u8()];
    takeState(take, state, kind !== DOWNLINK);
    take.reading('ambient_temperature_c', degrees);
    takeBattery(take, battery);
    takeMovement(kind, take);
    return;
  }
  takeHeader(frame, take);
  if (port === HEARTBEAT) frame.skip(2);
  else if (port === POSITION) takeGpsFix(frame, take);
  // The state in front says so too, in most firmware.
  else if (port === MAN_DOWN && !isDown(payload)) take.event('fall');
  else if (port === TAMPER) take.flag('tamper', true);
  else if (
    port !== NO_POSITION &&
    port !== SHUTDOWN &&
    port !== VIBRATION &&
    port !== MAN_DOWN &&
    port !== USAGE
  )
    take.refuse('not-supported', `port ${port}`);
});
