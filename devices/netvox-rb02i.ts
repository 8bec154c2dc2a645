import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { buttonExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { buttons } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-rb02i',
  maker: 'Netvox',
  title: { zh: '奈伯思 RB02I 紧急按钮', en: 'Netvox RB02I emergency button' },
  summary: {
    zh: '按下即呼救，平时约每小时心跳一次。',
    en: 'Calls for help when it is pressed, and says about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', 'sos', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x10, buttons(1)),
  examples: [...buttonExamples(0x10), ...netvoxStanding(0x10)],
});
