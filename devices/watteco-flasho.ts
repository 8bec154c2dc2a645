import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { wattecoExamples } from '../src/devices/watteco/examples.ts';
import { watteco } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-flasho',
  maker: 'Watteco',
  title: { zh: "Watteco Flash'O 闪光采集器", en: "Watteco Flash'O pulse counter" },
  summary: {
    zh: '数脉冲；批量报文尚不支持。',
    en: 'Counts pulses; its batches of many readings are not read.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '设为批量上报时整个报文被拒，并写明原因。',
      en: 'Set to report in batches, its messages are refused by name.',
    },
  ],
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
  examples: wattecoExamples,
});
