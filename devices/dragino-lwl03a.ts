import { defineDevice } from '../src/devices/define.ts';
import { secondGeneration } from '../src/devices/dragino/water-contact.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lwl03a',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LWL03A 绳式水浸传感器', en: 'Dragino LWL03A leak sensor with a rope' },
  summary: {
    zh: '遇水立即上报，断网期间的记录可补取。',
    en: 'Says at once when it gets wet; what it logged can be fetched.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lds03a'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: secondGeneration('leak'),
  examples: [
    {
      name: 'wet',
      fPort: 2,
      hex: '0100000900000269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'an entry of the log',
      fPort: 3,
      hex: '0000000900000269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_leak_bool', value: 0, at: '2026-02-28T23:59:40Z' }] },
    },
    {
      name: 'itself: battery',
      fPort: 5,
      hex: '0a010001000cba',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its settings',
      fPort: 4,
      hex: '00003c00000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that it does not use',
      fPort: 9,
      hex: '00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '0100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
