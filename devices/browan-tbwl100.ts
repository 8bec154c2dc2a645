import { tabs, wet } from '../src/devices/browan/tabs.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'browan-tbwl100',
  maker: 'Browan',
  title: { zh: 'Browan TBWL100 水浸传感器', en: 'Browan TBWL100 leak sensor' },
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
  metrics: ['water_leak_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: tabs(wet, true),
  examples: [
    {
      name: 'dry',
      fPort: 106,
      hex: '000b3628',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/browan/TBWaterleak',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 40, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet',
      fPort: 106,
      hex: '010b3628',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 40, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
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
