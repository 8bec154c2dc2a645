import type { DeviceExample } from './define.ts';

const byte = (value: number): string => value.toString(16).padStart(2, '0');

/** Buttons of Oxon differ by their type alone. */
export const oxonExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'the first key',
    fPort: 1,
    hex: `${byte(type)}010000001a64140070ff69101a`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
      ],
      events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
    },
  },
  {
    name: 'the second, where only the first calls',
    fPort: 1,
    hex: `${byte(type)}020000001a64140070ff69101a`,
    settings: { sos_key: 1 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
      ],
      rejections: ['no-device-data'],
    },
  },
  {
    name: 'a frame of another model',
    fPort: 1,
    hex: '55000100001a64140070ff69101a',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 1,
    hex: `${byte(type)}00`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
