import type { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { type Channels, logTime, warmth } from './channels.ts';

const STARTS = 1;
const MOVES = 2;
const STOPS = 3;

function takeMotion(take: Take, status: number): void {
  const motion = status & 0x0f;
  if (motion === STARTS || motion === MOVES) take.reading('motion_bool', true);
  else if (motion === STOPS) take.reading('motion_bool', false);
}

/** Degrees as 32-bit millionths; where there was no fix all bits are set. */
function takePosition(take: Take, latitude: number, longitude: number, at = take.at): void {
  if (latitude === -1 && longitude === -1) return;
  take.reading('latitude_deg', latitude / 1e6, at);
  take.reading('longitude_deg', longitude / 1e6, at);
}

export const trackerChannels: Channels = {
  ...warmth,
  '04 88': (frame, take) => {
    const [latitude, longitude] = [frame.i32le(), frame.i32le()];
    takePosition(take, latitude, longitude);
    takeMotion(take, frame.u8());
  },
  '84 88': (frame, take) => {
    const [latitude, longitude] = [frame.i32le(), frame.i32le()];
    takePosition(take, latitude, longitude);
    takeMotion(take, frame.u8());
  },
  '05 00': (frame) => frame.skip(1),
  '06 d9': (frame, take) => {
    frame.skip(8);
    takeMotion(take, frame.u8());
  },
  '07 00': (frame, take) => take.flag('tamper', frame.u8() === 1),
  '20 ce': takeLog,
};

function takeLog(frame: ByteReader, take: Take): void {
  const at = logTime(frame, take);
  const [longitude, latitude] = [frame.i32le(), frame.i32le()];
  if (at !== undefined) takePosition(take, latitude, longitude, at);
}
