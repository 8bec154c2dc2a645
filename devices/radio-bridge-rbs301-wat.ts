import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { radioBridge } from '../src/devices/radio-bridge/events.ts';
import { radioBridgeStanding } from '../src/devices/radio-bridge/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'radio-bridge-rbs301-wat',
  maker: 'Radio Bridge',
  title: { zh: 'Radio Bridge RBS301-WAT 水浸传感器', en: 'Radio Bridge RBS301-WAT leak sensor' },
  summary: {
    zh: '状态变化立即上报，平时每天一次自检。',
    en: 'Says at once what happens, and once a day that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/radio-bridge'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'tamper', 'low_battery', 'fault')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: radioBridge('water'),
  examples: [
    {
      name: 'wet',
      fPort: 2,
      hex: '18080080',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'dry',
      fPort: 2,
      hex: '18080100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    ...radioBridgeStanding,
  ],
});
