import type { DeviceExample } from '../define.ts';

/** What every strip refuses. */
export const stripRefusals: readonly DeviceExample[] = [
  {
    name: 'a type that nobody documents',
    fPort: 1,
    hex: '000123ff',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a port that it does not use',
    fPort: 7,
    hex: '0001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a value that ends too early',
    fPort: 1,
    hex: '000102',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
