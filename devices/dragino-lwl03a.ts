import { defineDevice } from '../src/devices/define.ts';
import { leakSecondExamples } from '../src/devices/dragino/examples.ts';
import { secondGeneration } from '../src/devices/dragino/water-contact.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lwl03a',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LWL03A 绳式水浸传感器', en: 'Dragino LWL03A leak sensor with a rope' },
  summary: {
    zh: '遇水立即上报，断网期间的记录可补取。',
    en: 'Says at once when it gets wet; what it logged can be fetched.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lds03a'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: secondGeneration('leak'),
  examples: leakSecondExamples,
});
