import type { DeviceExample } from '../define.ts';

/** What every model of Milesight refuses. */
export const milesightRefusals: readonly DeviceExample[] = [
  {
    name: 'a frame that ends within a value',
    fPort: 85,
    hex: '0175',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a channel that this model does not have',
    fPort: 85,
    hex: '0a99010203',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
];

/** Leak sensors that measure the climate too. */
export const leakExamples: readonly DeviceExample[] = [
  {
    name: 'dry',
    fPort: 85,
    hex: '01755c050000',
    source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/EM300-MLD',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'wet',
    fPort: 85,
    hex: '01755c03673401046865050001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
        { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['leak'],
    },
  },
  {
    name: 'wet once, as its log remembers: kept, not raised',
    fPort: 85,
    hex: '20ce9e74466300000001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'water_leak_bool', value: 1, at: '2022-10-12T08:02:38Z' }] },
  },
];

/** Sensors of desks and seats. */
export const seatExamples: readonly DeviceExample[] = [
  {
    name: 'somebody',
    fPort: 85,
    hex: '017564030001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'nobody',
    fPort: 85,
    hex: '017564030000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
];
