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
