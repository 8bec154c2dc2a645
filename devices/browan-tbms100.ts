import { moving, tabs } from '../src/devices/browan/tabs.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'browan-tbms100',
  maker: 'Browan',
  title: { zh: 'Browan TBMS100 人体传感器', en: 'Browan TBMS100 motion sensor' },
  summary: {
    zh: '状态变化立即上报，平时每小时心跳一次。',
    en: 'Says at once when its state changes, and every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/akenza-io/device-type-library/tree/main/types/browan',
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/browan',
  ],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'battery_v'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: tabs(moving),
  examples: [
    {
      name: 'somebody moves',
      fPort: 102,
      hex: '010b3800000a0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'nobody',
      fPort: 102,
      hex: '000b3805000a0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 100,
      hex: '01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
