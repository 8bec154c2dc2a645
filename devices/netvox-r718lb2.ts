import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { doorExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { contacts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718lb2',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718LB2 双路霍尔门磁', en: 'Netvox R718LB2 two Hall door contacts' },
  summary: { zh: '两路门磁，任一路打开即为开。', en: 'Two contacts; open if either is.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x45, contacts(2)),
  examples: [...doorExamples(0x45), ...netvoxStanding(0x45)],
});
