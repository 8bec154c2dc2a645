import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { wattecoExamples } from '../src/devices/watteco/examples.ts';
import { watteco } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-ino',
  maker: 'Watteco',
  title: { zh: "Watteco In'O 输入采集器", en: "Watteco In'O pulse counter" },
  summary: { zh: '数脉冲。', en: 'Counts pulses.' },
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
  decode: watteco(),
  examples: [
    {
      name: 'a batch, of which it sends none',
      fPort: 125,
      hex: '1020',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    ...wattecoExamples,
  ],
});
