import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { lw001Examples } from '../src/devices/moko/examples.ts';
import { lw001 } from '../src/devices/moko/lw001.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'moko-lw001-bg',
  maker: 'Moko',
  title: { zh: '摩科 LW001-BG 定位器', en: 'Moko LW001-BG tracker' },
  summary: {
    zh: '定位器：位置、移动、无活动（倒地）、拆动、电量。',
    en: 'A tracker: position, movement, man down, tampering, battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/moko',
    'https://github.com/akenza-io/device-type-library/tree/main/types/moko',
  ],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'ambient_temperature_c', 'battery_v'],
  events: ['fall', ...flagEvents('tamper', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: lw001,
  examples: lw001Examples,
});
