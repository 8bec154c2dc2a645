import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';

const DATA_PORT = 5;
/** Positions by satellite alone, and what the network itself sends. */
const SERVICE_PORTS = new Set([192, 199]);

const START_MOVING = 0x01;
const END_MOVING = 0x02;
const MOTIONLESS = 0x04;
const SOS = 0x40;

const GPS = 'gps';
const WIFI_BYTES = 28;
const BLUETOOTH_BYTES = 21;

/** What happened, a bit each, of which the lowest byte is used. */
function takeEvents(frame: ByteReader): number {
  return frame.u24be() & 0xff;
}

function say(take: Take, events: number, at: number): void {
  if ((events & SOS) !== 0) take.event('sos', at);
  if ((events & START_MOVING) !== 0) take.reading('motion_bool', true, at);
  else if ((events & (END_MOVING | MOTIONLESS)) !== 0) take.reading('motion_bool', false, at);
}

function takeAir(frame: ByteReader, take: Take, at: number): void {
  const tenths = frame.i16be();
  // 8000: no sensor.
  if (tenths !== -0x8000) take.reading('ambient_temperature_c', tenths / 10, at);
  frame.skip(2);
}

/** Events, time, where it is or what it hears, the air if told, battery. */
function takeFix(frame: ByteReader, take: Take, where: typeof GPS | number, withAir: boolean): void {
  const events = takeEvents(frame);
  frame.skip(1);
  const at = take.deviceTime(frame.u32be() * 1000);
  say(take, events, at);
  if (where === GPS) {
    const [longitude, latitude] = [frame.i32be(), frame.i32be()];
    take.reading('latitude_deg', latitude / 1e6, at);
    take.reading('longitude_deg', longitude / 1e6, at);
  } else frame.skip(where);
  if (withAir) takeAir(frame, take, at);
  take.reading('battery_pct', frame.u8(), at);
}

/** Why there is no position, then as above. */
function takeNoFix(frame: ByteReader, take: Take): void {
  frame.skip(1);
  const events = takeEvents(frame);
  const at = take.deviceTime(frame.u32be() * 1000);
  say(take, events, at);
  takeAir(frame, take, at);
  take.reading('battery_pct', frame.u8(), at);
}

/** A satellite scan in pieces: events, time, air, battery, then which piece of which scan it is. */
function takeScan(frame: ByteReader, take: Take, withAir: boolean): void {
  takeFix(frame, take, 0, withAir);
  frame.skip(3);
}

type Part = (frame: ByteReader, take: Take) => void;
const batteryThen =
  (bytes: number): Part =>
  (frame, take) => {
    take.reading('battery_pct', frame.u8());
    frame.skip(bytes);
  };
const skip =
  (bytes: number): Part =>
  (frame) =>
    frame.skip(bytes);

/** What stands in a message, by its number. */
const PARTS: readonly (Part | undefined)[] = [
  undefined,
  batteryThen(45),
  batteryThen(14),
  skip(31),
  skip(9),
  batteryThen(3),
  (frame, take) => takeFix(frame, take, GPS, true),
  (frame, take) => takeFix(frame, take, WIFI_BYTES, true),
  (frame, take) => takeFix(frame, take, BLUETOOTH_BYTES, true),
  (frame, take) => takeFix(frame, take, GPS, false),
  (frame, take) => takeFix(frame, take, WIFI_BYTES, false),
  (frame, take) => takeFix(frame, take, BLUETOOTH_BYTES, false),
  skip(0),
  (frame, take) => take.reject('no-device-data', `no position: error ${frame.u32be()}`),
  (frame) => {
    frame.skip(3);
    frame.skip(frame.u8());
  },
  (frame, take) => takeScan(frame, take, true),
  (frame, take) => takeScan(frame, take, false),
  takeNoFix,
];

/** T1000 of SenseCAP: parts, each with its number in front. */
export const t1000 = decoderOf((payload, take) => {
  if (SERVICE_PORTS.has(take.fPort)) take.refuse('no-device-data', `port ${take.fPort}`);
  if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
  const frame = new ByteReader(payload);
  while (frame.left > 0) {
    const number = frame.u8();
    const read = PARTS[number];
    if (!read) {
      take.reject('not-supported', `part ${number}`);
      return;
    }
    read(frame, take);
  }
});
