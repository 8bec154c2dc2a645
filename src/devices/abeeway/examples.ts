import type { DeviceExample } from '../define.ts';

/** All trackers of this generation are the same on the air. */
export const abeewayExamples: readonly DeviceExample[] = [
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
];
