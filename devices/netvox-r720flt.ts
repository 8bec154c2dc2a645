import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { toiletTank } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r720flt',
  maker: 'Netvox',
  title: { zh: '奈伯思 R720FLT 马桶水箱监测', en: 'Netvox R720FLT toilet tank monitor' },
  summary: {
    zh: '数水箱补水次数（即冲水次数），并报漏水与故障。',
    en: 'Counts how often the tank of a toilet fills, so how often it was flushed; reports a leaking tank and faults.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['pulse_count', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'fault', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: { pulse_count: { max: 2 ** 32, resolution: 1 } },
  decode: netvox(0xd4, toiletTank),
  examples: [
    {
      name: 'a hundred flushes',
      fPort: 6,
      hex: '01d4012400000064000000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the tank leaks',
      fPort: 6,
      hex: '01d4012400000064000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    ...netvoxStanding(0xd4),
  ],
});
