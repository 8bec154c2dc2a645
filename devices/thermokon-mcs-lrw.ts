import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { thermokon } from '../src/devices/thermokon/values.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'thermokon-mcs-lrw',
  maker: 'Thermokon',
  title: { zh: 'Thermokon MCS LRW 多功能传感器', en: 'Thermokon MCS LRW multisensor' },
  summary: { zh: '人体活动、门、温湿度。', en: 'Motion, a door, temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/thermokon/mcs-lrw'],
  topics: [],
  metrics: ['motion_bool', 'door_open_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: thermokon,
  examples: [
    {
      name: 'climate, somebody moves, the door is closed',
      fPort: 5,
      hex: '1000e1112f41035002549b',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 47, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'battery in millivolts',
      fPort: 5,
      hex: '85400c33',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.123, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a type that nobody documents',
      fPort: 5,
      hex: '7f00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a value that ends too early',
      fPort: 5,
      hex: '1000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
