import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** Kinds of report, in the lower five bits; how good the fix is stands above. */
const STATIC = 4;
const MOVING = 5;
const STARTS = 6;
const STOPS = 7;
const HELP = 14;
const LOW_BATTERY = 15;

const signed24 = (value: number): number => (value << 8) >> 8;

export default defineDevice({
  model: 'globalsat-lt-20',
  maker: 'GlobalSat',
  title: { zh: 'GlobalSat LT-20 定位器', en: 'GlobalSat LT-20 tracker' },
  summary: { zh: '位置、移动、呼救与电量。', en: 'Position, movement, calls for help and battery.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/globalsat/LT-20'],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'battery_pct'],
  events: ['sos', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    frame.skip(2);
    const longitude = (signed24(frame.u24le()) * 215) / 1e7;
    const latitude = (signed24(frame.u24le()) * 108) / 1e7;
    const status = frame.u8();
    if (status >> 5 > 0) {
      take.reading('latitude_deg', latitude);
      take.reading('longitude_deg', longitude);
    }
    const kind = status & 0x1f;
    if (kind === MOVING || kind === STARTS) take.reading('motion_bool', true);
    else if (kind === STATIC || kind === STOPS) take.reading('motion_bool', false);
    else if (kind === HELP) take.event('sos');
    take.flag('low_battery', kind === LOW_BATTERY);
    take.reading('battery_pct', frame.u8());
  }),
  examples: [
    {
      name: 'a position, by period',
      fPort: 2,
      hex: '0102a60f065b2d434264',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 47.5472484, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 8.540273, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a call for help without a fix',
      fPort: 2,
      hex: '01020000000000000e64',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'it moves',
      fPort: 2,
      hex: '0102a60f065b2d434564',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 47.5472484, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 8.540273, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '0102',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
