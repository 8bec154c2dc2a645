import type { DeviceExample } from './define.ts';

const byte = (value: number): string => value.toString(16).padStart(2, '0');

/** Pulse counters of Enless differ by their type alone. */
export const enlessExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'a leak at the first input',
    fPort: 1,
    hex: `000095${byte(type)}311100000001000000010000000001000700`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'pulse_count', value: 1, at: '2026-03-01T00:00:00Z' }], flags: ['leak'] },
  },
  {
    name: 'weighed',
    fPort: 1,
    hex: `000095${byte(type)}311100000064000000010000000000000700`,
    settings: { litres_per_pulse: 10 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'water_index_m3', value: 1, at: '2026-03-01T00:00:00Z' }], flags: [] },
  },
  {
    name: 'a frame of another model',
    fPort: 1,
    hex: '00009512311100000001000000010000000000000700',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 1,
    hex: '000095',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
