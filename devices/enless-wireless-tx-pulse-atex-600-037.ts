import { defineDevice } from '../src/devices/define.ts';
import { enlessPulse } from '../src/devices/enless-pulse.ts';
import { enlessExamples } from '../src/devices/enless-pulse-examples.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'enless-wireless-tx-pulse-atex-600-037',
  maker: 'Enless Wireless',
  title: { zh: 'Enless TX Pulse ATEX 600-037 脉冲采集器', en: 'Enless TX Pulse ATEX 600-037 pulse counter' },
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
  decode: enlessPulse(0x09),
  examples: [
    {
      name: 'three inputs',
      fPort: 1,
      hex: '0000a0090d01000000120000001a0000001800000000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/enless-wireless',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 18, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    ...enlessExamples(0x09),
  ],
});
