import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { keySettings } from '../src/devices/presses.ts';
import { radioBridge } from '../src/devices/radio-bridge/events.ts';
import { radioBridgeStanding } from '../src/devices/radio-bridge/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'radio-bridge-rbs301-2but',
  maker: 'Radio Bridge',
  title: { zh: 'Radio Bridge RBS301-2BUT 双键按钮', en: 'Radio Bridge RBS301-2BUT two buttons' },
  summary: {
    zh: '状态变化立即上报，平时每天一次自检。',
    en: 'Says at once what happens, and once a day that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/radio-bridge'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', 'sos', ...flagEvents('tamper', 'low_battery', 'fault')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: keySettings,
  decode: radioBridge('button'),
  examples: [
    {
      name: 'the second, where only the first calls',
      fPort: 2,
      hex: '18060200',
      settings: { sos_key: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'both',
      fPort: 2,
      hex: '18061200',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    ...radioBridgeStanding,
  ],
});
