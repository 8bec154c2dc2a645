import type { DeviceExample } from '../define.ts';

/** What every model of Elsys refuses. */
export const elsysRefusals: readonly DeviceExample[] = [
  {
    name: 'its settings',
    fPort: 5,
    hex: '3e071401000005dc',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a value that ends too early',
    fPort: 5,
    hex: '0100',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a type that nobody documents',
    fPort: 5,
    hex: '7f00',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
];
