import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { wattecoExamples } from '../src/devices/watteco/examples.ts';
import { pulseSensoBatch } from '../src/devices/watteco/forms.ts';
import { watteco } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-pulse-senso',
  maker: 'Watteco',
  title: { zh: "Watteco Pulse Sens'O 脉冲采集器", en: "Watteco Pulse Sens'O pulse counter" },
  summary: { zh: '数脉冲，逐次或成批上报。', en: 'Counts pulses; reports one by one or in batches.' },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://support.watteco.com/',
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
  ],
  topics: [],
  metrics: [
    'water_index_m3',
    'pulse_count',
    'ambient_temperature_c',
    'humidity_pct',
    'battery_v',
    'motion_bool',
  ],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: watteco({ batch: pulseSensoBatch }),
  examples: [
    {
      name: 'a batch: three inputs, four times',
      fPort: 125,
      hex: '3203032cd2dc00000000117b02000080903d005000401040801d11604704d8119024912492247b',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'pulse_count', value: 0, at: '2026-02-28T21:00:00Z' },
          { metric: 'pulse_count', value: 0, at: '2026-02-28T22:00:00Z' },
          { metric: 'pulse_count', value: 0, at: '2026-02-28T23:00:00Z' },
          { metric: 'pulse_count', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the second input of the batch, weighed',
      fPort: 125,
      hex: '3203032cd2dc00000000117b02000080903d005000401040801d11604704d8119024912492247b',
      settings: { input: 2, litres_per_pulse: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 67108.864, at: '2026-02-28T21:00:00Z' },
          { metric: 'water_index_m3', value: 67108.864, at: '2026-02-28T22:00:00Z' },
          { metric: 'water_index_m3', value: 67108.864, at: '2026-02-28T23:00:00Z' },
          { metric: 'water_index_m3', value: 67108.864, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a batch that ends too early',
      fPort: 125,
      hex: '3203032cd2dc0000000011',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    ...wattecoExamples,
  ],
});
