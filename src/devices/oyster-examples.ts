import type { DeviceExample } from './define.ts';

/** Oyster and Yabby are the same on the air. */
export const oysterExamples: readonly DeviceExample[] = [
  {
    name: 'a position under way',
    fPort: 1,
    hex: '53ab2812c83c5d44051e8c',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        { metric: 'latitude_deg', value: 30.4655187, at: '2026-03-01T00:00:00Z' },
        { metric: 'longitude_deg', value: 114.6961096, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.5, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'nothing moved for too long',
    fPort: 4,
    hex: '53ab783c04a1f98e06',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        { metric: 'battery_v', value: 3.55, at: '2026-03-01T00:00:00Z' },
      ],
      events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }],
    },
  },
  {
    name: 'an acknowledgement',
    fPort: 2,
    hex: 'd3010262010a',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 66,
    hex: '00',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 4,
    hex: '53ab',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
