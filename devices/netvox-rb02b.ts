import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { buttonExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { buttons } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { keySettings } from '../src/devices/presses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-rb02b',
  maker: 'Netvox',
  title: { zh: '奈伯思 RB02B 双键开关', en: 'Netvox RB02B two keys' },
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
  decode: netvox(0xa6, buttons(2)),
  examples: [
    {
      name: 'the second key, where only the first calls',
      fPort: 6,
      hex: '01a6012400010000000000',
      settings: { sos_key: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
        flags: [],
        rejections: ['no-device-data'],
      },
    },
    ...buttonExamples(0xa6),
    ...netvoxStanding(0xa6),
  ],
});
