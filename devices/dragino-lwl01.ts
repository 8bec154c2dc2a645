import { defineDevice } from '../src/devices/define.ts';
import { leakFirstExamples } from '../src/devices/dragino/examples.ts';
import { firstGeneration } from '../src/devices/dragino/water-contact.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lwl01',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LWL01 水浸传感器', en: 'Dragino LWL01 leak sensor' },
  summary: {
    zh: '遇水立即上报；平时每天一次心跳。',
    en: 'Says at once when it gets wet; a heartbeat a day.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lwl02'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: firstGeneration('leak'),
  examples: leakFirstExamples,
});
