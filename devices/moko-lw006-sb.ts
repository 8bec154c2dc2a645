import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { lw006 } from '../src/devices/moko/lw006.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'moko-lw006-sb',
  maker: 'Moko',
  title: { zh: '摩科 LW006-SB 定位胸卡', en: 'Moko LW006-SB badge' },
  summary: {
    zh: '带呼救键的胸卡：呼救、倒地、位置、移动、电量。',
    en: 'A badge with a button: calls for help, man down, position, movement, battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/moko',
    'https://github.com/akenza-io/device-type-library/tree/main/types/moko',
  ],
  topics: [],
  metrics: [
    'latitude_deg',
    'longitude_deg',
    'motion_bool',
    'charging_bool',
    'ambient_temperature_c',
    'battery_pct',
  ],
  events: ['sos', 'fall', 'fall_cancelled', 'general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: lw006,
  examples: [
    {
      name: 'the button is held',
      fPort: 5,
      hex: '5069a3816c0005',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-02-28T23:59:40Z' }],
      },
    },
    {
      name: 'a man down, as a heartbeat says',
      fPort: 3,
      hex: '501969a3816c000201',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 25, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'fall', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'charging, all is well',
      fPort: 1,
      hex: 'd0194710000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'charging_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 25, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a position by satellite',
      fPort: 8,
      hex: '50000a03100912278c97443aa3d411',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'latitude_deg', value: 30.4581783, at: '2026-02-28T23:59:50Z' },
          { metric: 'longitude_deg', value: 114.4693716, at: '2026-02-28T23:59:50Z' },
        ],
      },
    },
    {
      name: 'what it hears of Wi-Fi',
      fPort: 8,
      hex: '50000a001007c0ffeec0ffee01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'stored frames',
      fPort: 7,
      hex: '020001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 5,
      hex: '5069',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
