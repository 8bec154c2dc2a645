import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { movements } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r311db',
  maker: 'Netvox',
  title: { zh: '奈伯思 R311DB 弹簧震动传感器', en: 'Netvox R311DB vibration sensor' },
  summary: {
    zh: '被震动或移动时上报，平时约每小时心跳一次。',
    en: 'Says when it is shaken or moved, and about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['motion_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0xa9, movements(1)),
  examples: [
    {
      name: 'moved',
      fPort: 6,
      hex: '01a9011c01000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'still',
      fPort: 6,
      hex: '01a9011c00000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '01a9006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '82a9038407080100000000',
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
      hex: '01a90124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
