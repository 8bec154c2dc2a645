import { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import { bcdOf, unsignedLe } from './records.ts';

/** Unit codes of the fixed data structure that are volumes, in m³. */
const VOLUMES: Readonly<Record<number, number>> = {
  38: 1e-6,
  39: 1e-5,
  40: 1e-4,
  41: 1e-3,
  42: 1e-2,
  43: 1e-1,
  44: 1,
  45: 10,
  46: 100,
};
/** The second counter is the first one at some date in the past. */
const HISTORIC = 0x3e;

const BINARY = 0x80;
const STORED = 0x40;

/** Media of this structure whose volume is water: hot, cold, and the same in mode 2; 0 is anything. */
const WATER = [0x00, 0x06, 0x07, 0x0c, 0x0d];

/** The older data structure of EN 13757-3 (CI 73): status, two unit codes, two counters of four bytes. */
export function takeFixed(counters: Uint8Array, medium: number, take: Take): void {
  if (!WATER.includes(medium))
    take.refuse('not-supported', `the medium 0x${medium.toString(16)} is not water`);
  const reader = new ByteReader(counters);
  const status = reader.u8();
  const codes = [reader.u8() & 0x3f, reader.u8() & 0x3f];
  if ((status & STORED) !== 0)
    take.refuse('not-supported', 'counters stored at a date that the frame does not tell');
  for (const code of codes) {
    const bytes = reader.take(4);
    const value = (status & BINARY) !== 0 ? unsignedLe(bytes) : bcdOf(bytes);
    const weight = VOLUMES[code];
    if (code === HISTORIC || value === undefined || weight === undefined) continue;
    take.reading('water_index_m3', weight < 1 ? value / Math.round(1 / weight) : value * weight);
    return;
  }
}
