import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { occupancy } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-rb11e',
  maker: 'Netvox',
  title: { zh: '奈伯思 RB11E 人体感应器', en: 'Netvox RB11E occupancy sensor' },
  summary: {
    zh: '有人无人、室温，被拆下即报。',
    en: 'Whether somebody is there, the room temperature, and whether it was taken down.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'battery_v'],
  events: ['boot', ...flagEvents('tamper', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x03, occupancy),
  examples: [
    {
      name: 'somebody is there',
      fPort: 6,
      hex: '010301240a280020010000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 26, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'below zero, nobody, taken down',
      fPort: 6,
      hex: '01030124ff9c0020000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: -1, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['tamper'],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '0103006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '8203038407080100000000',
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
      hex: '01030124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
