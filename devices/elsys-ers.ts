import { defineDevice } from '../src/devices/define.ts';
import { elsysRefusals } from '../src/devices/elsys/examples.ts';
import { elsys } from '../src/devices/elsys/values.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'] as const;

export default defineDevice({
  model: 'elsys-ers',
  maker: 'Elsys',
  title: { zh: '艾尔西斯 ERS 室内传感器', en: 'Elsys ERS room sensor' },
  summary: { zh: '温湿度、光照、人体活动。', en: 'Temperature, humidity, light and motion.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://elsys.se/public/documents/Sensor_payload.pdf'],
  topics: [],
  metrics,
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: elsys(metrics),
  examples: [
    {
      name: 'somebody moved',
      fPort: 5,
      hex: '0100e202290400270506060308070d62',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 41, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.426, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...elsysRefusals,
  ],
});
