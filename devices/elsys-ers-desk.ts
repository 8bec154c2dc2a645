import { defineDevice } from '../src/devices/define.ts';
import { elsysRefusals } from '../src/devices/elsys/examples.ts';
import { elsys } from '../src/devices/elsys/values.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'] as const;

export default defineDevice({
  model: 'elsys-ers-desk',
  maker: 'Elsys',
  title: { zh: '艾尔西斯 ERS-DESK 桌位占用传感器', en: 'Elsys ERS-DESK desk occupancy sensor' },
  summary: { zh: '桌边有人、无人。', en: 'Whether somebody is at the desk.' },
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
      name: 'nobody',
      fPort: 5,
      hex: '0100e202291100070e10',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 41, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...elsysRefusals,
  ],
});
