import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { t1000 } from '../src/devices/sensecap/t1000.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'sensecap-t1000-a',
  maker: 'Seeed Studio',
  title: { zh: '矽递 SenseCAP T1000-A 定位卡', en: 'SenseCAP T1000-A tracker card' },
  summary: {
    zh: '卡片定位器：呼救键、位置、移动、温度与电量。',
    en: 'A tracker of the size of a card: a button for help, position, movement, temperature and battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/sensecap'],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'ambient_temperature_c', 'battery_pct'],
  events: ['sos'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: t1000,
  examples: [
    {
      name: 'a call for help with a position',
      fPort: 5,
      hex: '060000400069a3816c06cbc2c00158fd4000e100325a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 22.609216, at: '2026-02-28T23:59:40Z' },
          { metric: 'longitude_deg', value: 114.01696, at: '2026-02-28T23:59:40Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-02-28T23:59:40Z' },
          { metric: 'battery_pct', value: 90, at: '2026-02-28T23:59:40Z' },
        ],
        events: [{ event: 'sos', at: '2026-02-28T23:59:40Z' }],
      },
    },
    {
      name: 'it begins to move',
      fPort: 5,
      hex: '090000010069a3816c06cbc2c00158fd405a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-02-28T23:59:40Z' },
          { metric: 'latitude_deg', value: 22.609216, at: '2026-02-28T23:59:40Z' },
          { metric: 'longitude_deg', value: 114.01696, at: '2026-02-28T23:59:40Z' },
          { metric: 'battery_pct', value: 90, at: '2026-02-28T23:59:40Z' },
        ],
      },
    },
    {
      name: 'no position, no sensor for the air',
      fPort: 5,
      hex: '110100000069a3816c800080005a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 90, at: '2026-02-28T23:59:40Z' }] },
    },
    {
      name: 'battery and settings',
      fPort: 5,
      hex: '0564000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an error: no time',
      fPort: 5,
      hex: '0d00000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port of the network',
      fPort: 192,
      hex: '00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a part that ends too early',
      fPort: 5,
      hex: '0600',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
