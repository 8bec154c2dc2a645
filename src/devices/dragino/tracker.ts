import { ByteReader } from '../byte-reader.ts';
import { decoderOf, type Take } from '../take.ts';
import { takeStatus } from './water-contact.ts';

const ALARM = 0x40;
const MOVES = 0x10;
const BEACON_BYTES = 24;
const SSID_BYTES = 7;

/** Fourteen bits of millivolts under the alarm bit. */
function takeAlarmAndBattery(frame: ByteReader, take: Take): void {
  const word = frame.u16be();
  if (((word >> 8) & ALARM) !== 0) take.event('sos');
  take.reading('battery_v', (word & 0x3fff) / 1000);
}

function takePosition(frame: ByteReader, take: Take, at = take.at): void {
  const [latitude, longitude] = [frame.i32be(), frame.i32be()];
  // Zero: no fix.
  if (latitude === 0 || longitude === 0) return;
  take.reading('latitude_deg', latitude / 1e6, at);
  take.reading('longitude_deg', longitude / 1e6, at);
}

function takeClimate(frame: ByteReader, take: Take): void {
  const moisture = frame.u16be() / 10;
  take.reading('humidity_pct', moisture);
  take.reading('ambient_temperature_c', frame.i16be() / 10);
}

function takeLive(frame: ByteReader, take: Take, withClimate: boolean): void {
  takePosition(frame, take);
  takeAlarmAndBattery(frame, take);
  take.reading('motion_bool', (frame.u8() & MOVES) !== 0);
  if (withClimate) takeClimate(frame, take);
}

/** A position of the past, in UTC. */
function takePast(frame: ByteReader, take: Take): void {
  const position = new ByteReader(frame.take(8));
  const year = frame.u16be();
  const [month, day, hour, minute, second] = [...frame.take(5)] as [number, number, number, number, number];
  takePosition(position, take, take.deviceTime(Date.UTC(year, month - 1, day, hour, minute, second)));
}

/** TrackerD: what a frame is about stands in its port. The alarm is the button, pressed long. */
export const trackerD = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const port = take.fPort;
  if (port === 2) takeLive(frame, take, true);
  else if (port === 3) takeLive(frame, take, false);
  else if (port === 4) takePast(frame, take);
  else if (port === 5) takeStatus(frame, take);
  else if (port === 6 || port === 7 || port === 8) {
    frame.skip(port === 6 ? BEACON_BYTES : port === 8 ? SSID_BYTES : 0);
    takeAlarmAndBattery(frame, take);
  } else take.refuse('not-supported', `port ${port}`);
});

/** LGT-92, its elder: a position, the alarm of the button, battery, how it moved; then its attitude. */
export const lgt92 = decoderOf((payload, take) => {
  if (take.fPort !== 2) take.refuse('not-supported', `port ${take.fPort}`);
  const frame = new ByteReader(payload);
  takePosition(frame, take);
  takeAlarmAndBattery(frame, take);
});
