import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { radioBridge } from '../src/devices/radio-bridge/events.ts';
import { radioBridgeStanding } from '../src/devices/radio-bridge/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'radio-bridge-rbs301-1but',
  maker: 'Radio Bridge',
  title: { zh: 'Radio Bridge RBS301-1BUT 按钮', en: 'Radio Bridge RBS301-1BUT button' },
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
  decode: radioBridge('button'),
  examples: [
    {
      name: 'pressed',
      fPort: 2,
      hex: '18060300',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'let go',
      fPort: 2,
      hex: '18060301',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    ...radioBridgeStanding,
  ],
});
