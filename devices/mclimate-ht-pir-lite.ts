import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { mclimateHtPir } from '../src/devices/mclimate-rooms.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'mclimate-ht-pir-lite',
  maker: 'MClimate',
  title: {
    zh: 'MClimate HT PIR Lite 人体与温湿度传感器',
    en: 'MClimate HT PIR Lite motion and climate sensor',
  },
  summary: {
    zh: '有人、无人，温湿度与电池电压。',
    en: 'Whether somebody is there, the climate and its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: mclimateHtPir,
  examples: [
    {
      name: 'nobody',
      fPort: 2,
      hex: '8102797de201',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 23.3, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 48.828125, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.549804, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'after an answer',
      fPort: 2,
      hex: '39003c120a8102797de201',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 23.3, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 48.828125, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.549804, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'somebody',
      fPort: 2,
      hex: '8106797de202',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 23.3, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 48.828125, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.549804, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'an answer alone',
      fPort: 2,
      hex: '39003c120a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '810279',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
