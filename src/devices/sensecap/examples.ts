import type { DeviceExample } from '../define.ts';

/** T1000-A and T1000-B are the same on the air. */
export const t1000Examples: readonly DeviceExample[] = [
  {
    name: 'a call for help with a position',
    fPort: 5,
    hex: '06000040006502cf150082390e02d37bd400f200641f',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/seeed/senseCAPT1000A',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'latitude_deg', value: 47.414228, at: '2023-09-14T09:15:01Z' },
        { metric: 'longitude_deg', value: 8.534286, at: '2023-09-14T09:15:01Z' },
        { metric: 'ambient_temperature_c', value: 24.2, at: '2023-09-14T09:15:01Z' },
        { metric: 'battery_pct', value: 31, at: '2023-09-14T09:15:01Z' },
      ],
      events: [{ event: 'sos', at: '2023-09-14T09:15:01Z' }],
    },
  },
  {
    name: 'a position, sent by one press, which is no call',
    fPort: 5,
    hex: '090000800064b909080082355b02d379e460',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/seeed/senseCAPT1000A',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'latitude_deg', value: 47.413732, at: '2023-07-20T10:14:32Z' },
        { metric: 'longitude_deg', value: 8.533339, at: '2023-07-20T10:14:32Z' },
        { metric: 'battery_pct', value: 96, at: '2023-07-20T10:14:32Z' },
      ],
    },
  },
  {
    name: 'battery and settings, at the start',
    fPort: 5,
    hex: '0260010a0105010002d0003c003c0001',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/seeed/senseCAPT1000A',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_pct', value: 96, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'it begins to move',
    fPort: 5,
    hex: '090000010069a3816c06cbc2c00158fd405a',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 1, at: '2026-02-28T23:59:40Z' },
        { metric: 'latitude_deg', value: 22.609216, at: '2026-02-28T23:59:40Z' },
        { metric: 'longitude_deg', value: 114.01696, at: '2026-02-28T23:59:40Z' },
        { metric: 'battery_pct', value: 90, at: '2026-02-28T23:59:40Z' },
      ],
    },
  },
  {
    name: 'no position, no sensor for the air',
    fPort: 5,
    hex: '110100000069a3816c800080005a',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_pct', value: 90, at: '2026-02-28T23:59:40Z' }] },
  },
  {
    name: 'battery and settings',
    fPort: 5,
    hex: '0564000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'an error: no time',
    fPort: 5,
    hex: '0d00000001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port of the network',
    fPort: 192,
    hex: '00',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a part that ends too early',
    fPort: 5,
    hex: '0600',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
