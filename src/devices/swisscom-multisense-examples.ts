import type { DeviceExample } from './define.ts';

/** All kinds of Multisense are the same on the air. */
export const multisenseExamples: readonly DeviceExample[] = [
  {
    name: 'pressed',
    fPort: 3,
    hex: '010040ff0108ca',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.53, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
      ],
      events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
    },
  },
  {
    name: 'in its mode of use, pressed',
    fPort: 3,
    hex: '010120ff',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [{ metric: 'battery_v', value: 3.53, at: '2026-03-01T00:00:00Z' }],
      events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
    },
  },
  {
    name: 'it was moved',
    fPort: 3,
    hex: '010004ff0400050108ca025a',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.53, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        { metric: 'humidity_pct', value: 45, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'its mode changes',
    fPort: 100,
    hex: '0100000000000001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 9,
    hex: '010040ff',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 3,
    hex: '0100',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
