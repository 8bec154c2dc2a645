import { defineDevice } from '../src/devices/define.ts';
import { enlessPulse } from '../src/devices/enless-pulse.ts';
import { enlessExamples } from '../src/devices/enless-pulse-examples.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'enless-wireless-tx-pulse-600',
  maker: 'Enless Wireless',
  title: { zh: 'Enless TX Pulse 600 脉冲采集器', en: 'Enless TX Pulse 600 pulse counter' },
  summary: { zh: '数三路脉冲，并报漏水。', en: 'Counts three inputs and reports leaks.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/enless-wireless'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: enlessPulse(0x08),
  examples: [
    {
      name: 'three inputs',
      fPort: 1,
      hex: '00009508311100000001000000010000000000000700',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/enless-wireless',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 1, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    ...enlessExamples(0x08),
  ],
});
