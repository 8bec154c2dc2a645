import { defineDevice } from '../src/devices/define.ts';
import { doorFirstExamples } from '../src/devices/dragino/examples.ts';
import { firstGeneration } from '../src/devices/dragino/water-contact.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lds01',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LDS01 门磁', en: 'Dragino LDS01 door contact' },
  summary: {
    zh: '门开合立即上报；平时每天一次心跳。',
    en: 'Says at once when the door opens or closes; a heartbeat a day.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lds02'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: [],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: firstGeneration('door'),
  examples: doorFirstExamples,
});
