import type { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';

const LOW_BATTERY = 0x04;
const TAMPER = 0x08;
const MAN_DOWN = 0x10;
const MOVED = 0x20;

/** The state bits that begin every frame of LW001: battery, tamper, man down, whether it moved since the last frame. */
export function takeState(take: Take, state: number, motionApart = false): void {
  take.flag('low_battery', (state & LOW_BATTERY) !== 0);
  take.flag('tamper', (state & TAMPER) !== 0);
  if ((state & MAN_DOWN) !== 0) take.event('fall');
  if (!motionApart) take.reading('motion_bool', (state & MOVED) !== 0);
}

export const isDown = (payload: Uint8Array): boolean => ((payload[0] ?? 0) & MAN_DOWN) !== 0;

/** 2.2 to 3.7 V in steps of a tenth, in the upper half of a byte. */
export const takeBattery = (take: Take, byte: number): void =>
  take.reading('battery_v', (22 + (byte >> 4)) / 10);

/** Ten-millionths of a degree. */
export function takePosition(frame: ByteReader, take: Take, at = take.at): void {
  const [latitude, longitude] = [frame.i32be(), frame.i32be()];
  if (latitude === 0 && longitude === 0) return;
  take.reading('latitude_deg', latitude / 1e7, at);
  take.reading('longitude_deg', longitude / 1e7, at);
}
