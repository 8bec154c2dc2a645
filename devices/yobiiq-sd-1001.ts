import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { yobiiqSmoke } from '../src/devices/yobiiq-smoke.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'yobiiq-sd-1001',
  maker: 'Yobiiq',
  title: { zh: 'Yobiiq SD-1001 烟雾报警器', en: 'Yobiiq SD-1001 smoke detector' },
  summary: {
    zh: '烟雾、联动报警、自检、市电与电量。',
    en: 'Smoke, alarms of its neighbours, tests, mains and battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/yobiiq'],
  topics: [],
  metrics: ['mains_power_bool', 'battery_pct'],
  events: ['boot', 'smoke', 'alarm_cleared', 'alarm_test', ...flagEvents('fault', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: yobiiqSmoke,
  examples: [
    {
      name: 'smoke, and its test button',
      fPort: 8,
      hex: '01005f020001030000040000050001060000070001',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/yobiiq',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 95, at: '2026-03-01T00:00:00Z' },
          { metric: 'mains_power_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        events: [
          { event: 'smoke', at: '2026-03-01T00:00:00Z' },
          { event: 'alarm_test', at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'all is well',
      fPort: 8,
      hex: '01005f020001030000040000050000060000070000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 95, at: '2026-03-01T00:00:00Z' },
          { metric: 'mains_power_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'what it is',
      fPort: 50,
      hex: 'ff090100ff0a0102ff162404152795ff0f02ff0b01',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/yobiiq',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an acknowledgement',
      fPort: 8,
      hex: '00',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/yobiiq',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that it does not use',
      fPort: 9,
      hex: '00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a value that ends too early',
      fPort: 8,
      hex: '0100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
