import { merryIotDoor } from '../src/devices/browan/tabs.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'browan-merryiot-dw10',
  maker: 'Browan',
  title: { zh: 'Browan MerryIoT DW10 门磁', en: 'Browan MerryIoT DW10 door contact' },
  summary: { zh: '门的开合、拆动、温湿度。', en: 'Whether the door is open, tampering, climate.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/browan'],
  topics: [],
  metrics: ['door_open_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: [...flagEvents('tamper')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: merryIotDoor,
  examples: [
    {
      name: 'closed',
      fPort: 120,
      hex: '000f151c0000d22500',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/browan',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 28, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'open, and taken off',
      fPort: 120,
      hex: '050ff61c0000d22500',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: -10, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 28, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['tamper'],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 120,
      hex: '000f',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
