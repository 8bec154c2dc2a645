import type { DeviceExample } from '../define.ts';

/** What every model of Tektelic refuses. */
export const tektelicRefusals: readonly DeviceExample[] = [
  {
    name: 'its configuration',
    fPort: 100,
    hex: '2000000e10',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a port that it does not use',
    fPort: 77,
    hex: '036700e1',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a value that ends too early',
    fPort: 10,
    hex: '0367',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
