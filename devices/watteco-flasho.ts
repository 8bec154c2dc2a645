import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { wattecoExamples } from '../src/devices/watteco/examples.ts';
import { flashoBatch } from '../src/devices/watteco/forms.ts';
import { watteco } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-flasho',
  maker: 'Watteco',
  title: { zh: "Watteco Flash'O 闪光采集器", en: "Watteco Flash'O pulse counter" },
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
  decode: watteco({ batch: flashoBatch }),
  examples: [
    {
      name: 'a batch',
      fPort: 125,
      hex: '20000000e008000000207e1c20424030040801',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'pulse_count', value: 0, at: '2026-02-28T23:58:06Z' },
          { metric: 'pulse_count', value: 0, at: '2026-02-28T23:59:21Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-02-28T23:58:24Z' },
        ],
      },
    },
    {
      name: 'a batch that ends too early',
      fPort: 125,
      hex: '20000000e008',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    ...wattecoExamples,
  ],
});
