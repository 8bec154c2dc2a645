import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { windowAndGlass } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r311cb',
  maker: 'Netvox',
  title: { zh: '奈伯思 R311CB 门窗与玻璃破碎传感器', en: 'Netvox R311CB window and glass sensor' },
  summary: { zh: '窗的开合与玻璃破碎。', en: 'Whether the window is open, and whether its glass broke.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', 'general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x56, windowAndGlass),
  examples: [
    {
      name: 'the glass breaks',
      fPort: 6,
      hex: '0156011c00010000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'open',
      fPort: 6,
      hex: '0156011c01000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    ...netvoxStanding(0x56),
  ],
});
