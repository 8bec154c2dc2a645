import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { lw007 } from '../src/devices/moko/pir.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'moko-lw007-pir',
  maker: 'Moko',
  title: { zh: '摩科 LW007-PIR 人体与门磁传感器', en: 'Moko LW007-PIR motion and door sensor' },
  summary: { zh: '人体活动、门、温湿度。', en: 'Motion, a door, temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/moko',
    'https://github.com/akenza-io/device-type-library/tree/main/types/moko',
  ],
  topics: [],
  metrics: ['motion_bool', 'door_open_bool', 'ambient_temperature_c', 'humidity_pct'],
  events: [...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: lw007,
  examples: [
    {
      name: 'somebody moves, the door is closed',
      fPort: 5,
      hex: '00000000004a83dc428005',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.7, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 45.2, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'sensors that are switched off',
      fPort: 5,
      hex: '0000000000f0ffffff7fff',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'shut down with an empty battery',
      fPort: 7,
      hex: '000000000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['low_battery'] },
    },
    {
      name: 'a port that it does not use',
      fPort: 99,
      hex: '000000000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 5,
      hex: '000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
