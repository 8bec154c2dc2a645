import { defineDevice } from '../src/devices/define.ts';
import { contactSettings } from '../src/devices/elsys/contact.ts';
import { elsysRefusals } from '../src/devices/elsys/examples.ts';
import { elsys } from '../src/devices/elsys/values.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = [
  'door_open_bool',
  'water_leak_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'battery_v',
] as const;

export default defineDevice({
  model: 'elsys-ems',
  maker: 'Elsys',
  title: { zh: '艾尔西斯 EMS 多功能传感器', en: 'Elsys EMS multisensor' },
  summary: { zh: '温湿度、门、水浸、移动。', en: 'Climate, a door, water on the floor, movement.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://elsys.se/public/documents/Sensor_payload.pdf'],
  topics: [],
  metrics,
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  settings: contactSettings,
  decode: elsys(metrics),
  examples: [
    {
      name: 'wet',
      fPort: 5,
      hex: '0100e202291203070e10',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 41, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'the door is open',
      fPort: 5,
      hex: '0d00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    ...elsysRefusals,
  ],
});
