import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { carbonMonoxide } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-ra02c',
  maker: 'Netvox',
  title: { zh: '奈伯思 RA02C 一氧化碳探测器', en: 'Netvox RA02C carbon monoxide detector' },
  summary: { zh: '一氧化碳与高温报警。', en: 'Alarms for carbon monoxide and for heat.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', 'carbon_monoxide', 'alarm_cleared', 'general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x11, carbonMonoxide),
  examples: [
    {
      name: 'carbon monoxide',
      fPort: 6,
      hex: '0111012401000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'carbon_monoxide', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'quiet',
      fPort: 6,
      hex: '0111012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    ...netvoxStanding(0x11),
  ],
});
