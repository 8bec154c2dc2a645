import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { doorExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { contacts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r730f2',
  maker: 'Netvox',
  title: { zh: '奈伯思 R730F2 双路门磁', en: 'Netvox R730F2 two door contacts' },
  summary: { zh: '两路门磁，任一路打开即为开。', en: 'Two contacts; open if either is.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x7e, contacts(2)),
  examples: [...doorExamples(0x7e), ...netvoxStanding(0x7e)],
});
