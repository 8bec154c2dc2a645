import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { callAndActivity } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r309',
  maker: 'Netvox',
  title: { zh: '奈伯思 R309 呼叫与活动监测', en: 'Netvox R309 call button with activity watch' },
  summary: {
    zh: '按下呼救；长时间无活动时也报警。',
    en: 'Calls for help when pressed, and raises an alarm when nobody moved for long.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', 'sos', 'general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0xd3, callAndActivity),
  examples: [
    {
      name: 'all is well',
      fPort: 6,
      hex: '01d3012400000000000000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'pressed',
      fPort: 6,
      hex: '01d3012401000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'nobody moved for long',
      fPort: 6,
      hex: '01d3012400010000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    ...netvoxStanding(0xd3),
  ],
});
