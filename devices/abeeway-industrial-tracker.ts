import { abeeway } from '../src/devices/abeeway/tracker.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'abeeway-industrial-tracker',
  maker: 'Abeeway',
  title: { zh: '艾比威 工业定位器', en: 'Abeeway industrial tracker' },
  summary: {
    zh: '呼救键、移动、位置（卫星）与电量；听到的 Wi-Fi 与蓝牙不作定位。',
    en: 'A button for help, movement, position by satellite, battery; the Wi-Fi and Bluetooth that it hears are not turned into a place.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/akenza-io/device-type-library/tree/main/types/abeeway',
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/abeeway',
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
  events: ['sos', 'fall'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: abeeway,
  examples: [
    {
      name: 'a position, 48 s old',
      fPort: 1,
      hex: '03025c8200061c572f054ffb08',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/abeeway/badgeTracker',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'latitude_deg', value: 47.5475712, at: '2026-02-28T23:59:12Z' },
          { metric: 'longitude_deg', value: 8.912768, at: '2026-02-28T23:59:12Z' },
        ],
      },
    },
    {
      name: 'what it hears of Wi-Fi',
      fPort: 1,
      hex: '032c36844926c8675e842cd7c76cc217d827bebc34dbfdad0e31b4c8675e8200d4b2',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/abeeway/badgeTracker',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 54, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.8, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the button is held',
      fPort: 1,
      hex: '0a105c820007',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.8, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a heartbeat while the call stands',
      fPort: 1,
      hex: '0510647a0001020200030202',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 17.7, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'it begins to move',
      fPort: 1,
      hex: '0a045c820001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.8, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a longer position',
      fPort: 1,
      hex: '0e025c82000030011c572f054ffb080000000a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'latitude_deg', value: 47.5475712, at: '2026-02-28T23:59:12Z' },
          { metric: 'longitude_deg', value: 8.912768, at: '2026-02-28T23:59:12Z' },
        ],
      },
    },
    {
      name: 'a type that its makers do not use',
      fPort: 1,
      hex: '7f005c82',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '0302',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
