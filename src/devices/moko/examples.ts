import type { DeviceExample } from '../define.ts';

/** LW001-BG and LW001-BG PRO are the same on the air. */
export const lw001Examples: readonly DeviceExample[] = [
  {
    name: 'a heartbeat, after it moved',
    fPort: 1,
    hex: '211be0014700000000',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/moko/LW001-BG-PRO',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 27, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a position',
    fPort: 2,
    hex: '011fc00207e60803090f1f00091227888e443aa0500c',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/moko',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 31, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.4, at: '2026-03-01T00:00:00Z' },
        { metric: 'latitude_deg', value: 30.458075, at: '2022-08-03T09:15:31Z' },
        { metric: 'longitude_deg', value: 114.4692816, at: '2022-08-03T09:15:31Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a short position',
    fPort: 12,
    hex: '01e112278c97443aa3d411',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/moko/LW001-BG-PRO',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'latitude_deg', value: 30.4581783, at: '2026-03-01T00:00:00Z' },
        { metric: 'longitude_deg', value: 114.4693716, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'switched off by a magnet',
    fPort: 4,
    hex: '211af002',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/moko/LW001-BG-PRO',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 26, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.7, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a man down',
    fPort: 6,
    hex: '111bf0003c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 27, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.7, at: '2026-03-01T00:00:00Z' },
      ],
      events: [{ event: 'fall', at: '2026-03-01T00:00:00Z' }],
      flags: [],
    },
  },
  {
    name: 'it begins to move',
    fPort: 8,
    hex: '011bf000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'ambient_temperature_c', value: 27, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.7, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'it asks for the time',
    fPort: 11,
    hex: '0000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 44,
    hex: '011bf0',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a header that ends too early',
    fPort: 1,
    hex: '21',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
