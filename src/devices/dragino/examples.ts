import type { DeviceExample } from '../define.ts';

/** A door contact of the first generation. */
export const doorFirstExamples: readonly DeviceExample[] = [
  {
    name: 'open',
    fPort: 10,
    hex: '8be40100000900000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
        { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'closed',
    fPort: 10,
    hex: '0be40100000900000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
        { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'a length that it does not have',
    fPort: 10,
    hex: '0be401',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** A leak sensor of the first generation. */
export const leakFirstExamples: readonly DeviceExample[] = [
  {
    name: 'wet',
    fPort: 10,
    hex: '4be40200000100000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['leak'],
    },
  },
  {
    name: 'dry',
    fPort: 10,
    hex: '0be40200000100000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a length that it does not have',
    fPort: 10,
    hex: '0be401',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** A door contact of the second generation. */
export const doorSecondExamples: readonly DeviceExample[] = [
  {
    name: 'open',
    fPort: 2,
    hex: '0100000900000269a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'an entry of the log',
    fPort: 3,
    hex: '0000000900000269a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-02-28T23:59:40Z' }] },
  },
  {
    name: 'itself: battery',
    fPort: 5,
    hex: '0a010001000cba',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'its settings',
    fPort: 4,
    hex: '00003c00000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 9,
    hex: '00',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 2,
    hex: '0100',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** A leak sensor of the second generation. */
export const leakSecondExamples: readonly DeviceExample[] = [
  {
    name: 'wet',
    fPort: 2,
    hex: '0100000900000269a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
      flags: ['leak'],
    },
  },
  {
    name: 'an entry of the log',
    fPort: 3,
    hex: '0000000900000269a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'water_leak_bool', value: 0, at: '2026-02-28T23:59:40Z' }] },
  },
  {
    name: 'itself: battery',
    fPort: 5,
    hex: '0a010001000cba',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'its settings',
    fPort: 4,
    hex: '00003c00000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 9,
    hex: '00',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 2,
    hex: '0100',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** A flow sensor. */
export const flowExamples: readonly DeviceExample[] = [
  {
    name: '195 pulses in all',
    fPort: 2,
    hex: '00000000c3000069a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'pulse_count', value: 195, at: '2026-02-28T23:59:40Z' }], flags: [] },
  },
  {
    name: 'weighed: twelve of them are a litre',
    fPort: 2,
    hex: '00000000c3000069a3816c',
    settings: { litres_per_pulse: 0.08333333333333333 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [{ metric: 'water_index_m3', value: 0.01625, at: '2026-02-28T23:59:40Z' }],
      flags: [],
    },
  },
  {
    name: 'pulses since the last message, while water runs too long',
    fPort: 2,
    hex: '02000000c3010069a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [], flags: ['leak'], rejections: ['not-supported'] },
  },
  {
    name: 'an entry of the log',
    fPort: 3,
    hex: '000000000000c369a3816c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'pulse_count', value: 195, at: '2026-02-28T23:59:40Z' }] },
  },
  {
    name: 'itself: battery',
    fPort: 5,
    hex: '11010001000cba',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'its settings',
    fPort: 4,
    hex: '0d00007300a44a',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 42,
    hex: '0b880100250001',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 2,
    hex: '0000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
