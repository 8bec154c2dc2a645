import { defineDevice } from '../src/devices/define.ts';
import { doorSecondExamples } from '../src/devices/dragino/examples.ts';
import { secondGeneration } from '../src/devices/dragino/water-contact.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lds03a',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LDS03A 门磁', en: 'Dragino LDS03A door contact' },
  summary: {
    zh: '门开合立即上报，断网期间的记录可补取。',
    en: 'Says at once when the door opens or closes; what it logged can be fetched.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lds03a'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: [],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: secondGeneration('door'),
  examples: doorSecondExamples,
});
