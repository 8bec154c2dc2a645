import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { mclimatePirMini } from '../src/devices/mclimate-rooms.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'mclimate-pir-mini',
  maker: 'MClimate',
  title: { zh: 'MClimate PIR Mini 人体传感器', en: 'MClimate PIR Mini motion sensor' },
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
  decode: mclimatePirMini,
  examples: [
    {
      name: 'somebody',
      fPort: 2,
      hex: '0102888002f1c80101af',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.32549, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'after an answer',
      fPort: 2,
      hex: '120a0102809903e1cc010012',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 59.765625, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.36, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'somebody came',
      fPort: 2,
      hex: '3a0102809903e1cc010012',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 59.765625, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.36, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'nobody, its light sensor off',
      fPort: 2,
      hex: '01028880ffffc80001af',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 24.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.32549, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '010288',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
