import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { movementExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { movements } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r311wa',
  maker: 'Netvox',
  title: { zh: '奈伯思 R311WA 双路座位占用传感器', en: 'Netvox R311WA two seat sensors' },
  summary: {
    zh: '两路坐垫或床垫，任一路有人即为有人。',
    en: 'Two seats or beds; somebody is there if either is taken.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['motion_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x5a, movements(2)),
  examples: [...movementExamples(0x5a), ...netvoxStanding(0x5a)],
});
