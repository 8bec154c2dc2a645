import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { t1000Examples } from '../src/devices/sensecap/examples.ts';
import { t1000 } from '../src/devices/sensecap/t1000.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'sensecap-t1000-b',
  maker: 'Seeed Studio',
  title: { zh: '矽递 SenseCAP T1000-B 定位卡', en: 'SenseCAP T1000-B tracker card' },
  summary: {
    zh: '卡片定位器：呼救键、位置、移动、温度与电量。',
    en: 'A tracker of the size of a card: a button for help, position, movement, temperature and battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/sensecap'],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'ambient_temperature_c', 'battery_pct'],
  events: ['sos'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: t1000,
  examples: t1000Examples,
});
