import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { buttonExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { buttons } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { keySettings } from '../src/devices/presses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-rb02c',
  maker: 'Netvox',
  title: { zh: '奈伯思 RB02C 三键开关', en: 'Netvox RB02C three keys' },
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
  decode: netvox(0xa7, buttons(3)),
  examples: [
    {
      name: 'the third key',
      fPort: 6,
      hex: '01a7012400000100000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    ...buttonExamples(0xa7),
    ...netvoxStanding(0xa7),
  ],
});
