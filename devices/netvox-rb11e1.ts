import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding, occupancyExamples } from '../src/devices/netvox/examples.ts';
import { occupancy } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-rb11e1',
  maker: 'Netvox',
  title: { zh: '奈伯思 RB11E1 人体感应器', en: 'Netvox RB11E1 occupancy sensor' },
  summary: {
    zh: '有人无人、室温，被拆下即报。',
    en: 'Whether somebody is there, the room temperature, and whether it was taken down.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'battery_v'],
  events: ['boot', ...flagEvents('tamper', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x07, occupancy),
  examples: [...occupancyExamples(0x07), ...netvoxStanding(0x07)],
});
