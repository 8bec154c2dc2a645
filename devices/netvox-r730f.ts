import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { doorExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { contacts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r730f',
  maker: 'Netvox',
  title: { zh: '奈伯思 R730F 门磁', en: 'Netvox R730F door contact' },
  summary: {
    zh: '门开合立即上报，平时约每小时心跳一次。',
    en: 'Says at once when the door opens or closes, and about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x7d, contacts(1)),
  examples: [...doorExamples(0x7d), ...netvoxStanding(0x7d)],
});
