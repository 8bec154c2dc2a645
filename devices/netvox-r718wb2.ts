import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { leaks } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718wb2',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718WB2 双路绳式水浸传感器', en: 'Netvox R718WB2 leak sensor with two ropes' },
  summary: {
    zh: '遇水立即上报，平时约每小时心跳一次。',
    en: 'Says at once when it gets wet, and about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x47, leaks(2)),
  examples: [
    {
      name: 'wet',
      fPort: 6,
      hex: '0147012401000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'dry, and the battery is low',
      fPort: 6,
      hex: '0147019f00000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'wet at the second place only',
      fPort: 6,
      hex: '0147012400010000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '0147006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '8247038407080100000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a report of another model',
      fPort: 6,
      hex: '01ff012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a report that ends too early',
      fPort: 6,
      hex: '01470124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
