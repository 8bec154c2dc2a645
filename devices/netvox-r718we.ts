import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { leakLocationExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { leakLocation } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718we',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718WE 定位水浸传感器', en: 'Netvox R718WE leak sensor that says where' },
  summary: {
    zh: '绳上何处遇水，离起点多远；0 为未遇水。',
    en: 'Where along its rope there is water; zero means nowhere.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x8f, leakLocation),
  examples: [...leakLocationExamples(0x8f), ...netvoxStanding(0x8f)],
});
