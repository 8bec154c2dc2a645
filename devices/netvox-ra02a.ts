import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { smoke } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-ra02a',
  maker: 'Netvox',
  title: { zh: '奈伯思 RA02A 烟雾探测器', en: 'Netvox RA02A smoke detector' },
  summary: { zh: '烟雾与高温报警。', en: 'Alarms for smoke and for heat.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['ambient_temperature_c', 'battery_v'],
  events: ['boot', 'smoke', 'alarm_cleared', 'general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x0a, smoke),
  examples: [
    {
      name: 'smoke',
      fPort: 6,
      hex: '010a0124010000c8000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'smoke', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'quiet',
      fPort: 6,
      hex: '010a0124000000c8000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'heat',
      fPort: 6,
      hex: '010a012400010258000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 60, at: '2026-03-01T00:00:00Z' },
        ],
        events: [
          { event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' },
          { event: 'general_alarm', at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    ...netvoxStanding(0x0a),
  ],
});
