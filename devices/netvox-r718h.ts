import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { counts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718h',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718H 脉冲采集器', en: 'Netvox R718H pulse counter' },
  summary: {
    zh: '数脉冲；脉冲当量在登记中填写。',
    en: 'Counts pulses; what one weighs is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '设备须设为只在满量程时清零（Clear when Roll-Over），否则每次上报后从零开始，不是累计值。',
      en: 'It must be set to clear its count only at roll-over; otherwise every report begins at zero again, and is no index.',
    },
  ],
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(16),
  settings: pulseSettings,
  decode: netvox(0x1f, counts(1)),
  examples: [
    {
      name: 'pulses',
      fPort: 6,
      hex: '011f012401020304000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 258, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'weighed',
      fPort: 6,
      hex: '011f012401020304000000',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_index_m3', value: 2.58, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '011f006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '821f038407080100000000',
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
      hex: '011f0124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
