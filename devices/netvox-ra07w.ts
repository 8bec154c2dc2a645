import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { leakLocation } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-ra07w',
  maker: 'Netvox',
  title: { zh: '奈伯思 RA07W 定位水浸传感器', en: 'Netvox RA07W leak sensor that says where' },
  summary: {
    zh: '绳上何处遇水，离起点多远；0 为未遇水。',
    en: 'Where along its rope there is water; zero means nowhere.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x0c, leakLocation),
  examples: [
    {
      name: 'water at 1.2 m',
      fPort: 6,
      hex: '010c0124000c0000000000',
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
      name: 'dry',
      fPort: 6,
      hex: '010c012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '010c006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '820c038407080100000000',
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
      hex: '010c0124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
