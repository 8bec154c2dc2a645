import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { buttonExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { buttons } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { keySettings } from '../src/devices/presses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r312',
  maker: 'Netvox',
  title: { zh: '奈伯思 R312 门铃按钮', en: 'Netvox R312 door bell button' },
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
  settings: keySettings,
  decode: netvox(0x55, buttons(1)),
  examples: [...buttonExamples(0x55), ...netvoxStanding(0x55)],
});
