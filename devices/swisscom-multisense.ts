import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { multisense } from '../src/devices/swisscom-multisense.ts';
import { multisenseExamples } from '../src/devices/swisscom-multisense-examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'swisscom-multisense',
  maker: 'Swisscom',
  title: { zh: 'Swisscom Multisense 多功能传感器', en: 'Swisscom Multisense' },
  summary: {
    zh: '按下即呼救，并测温湿度与移动。',
    en: 'Calls for help when pressed; measures climate and movement.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/swisscom/multisense-button'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: ['sos'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: multisense,
  examples: multisenseExamples,
});
