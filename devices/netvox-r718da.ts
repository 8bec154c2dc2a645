import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { movementExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { movements } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718da',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718DA 滚珠震动传感器', en: 'Netvox R718DA vibration sensor' },
  summary: {
    zh: '被震动或移动时上报，平时约每小时心跳一次。',
    en: 'Says when it is shaken or moved, and about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['motion_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x1a, movements(1)),
  examples: [...movementExamples(0x1a), ...netvoxStanding(0x1a)],
});
