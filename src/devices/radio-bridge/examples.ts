import type { DeviceExample } from '../define.ts';

/** What every sensor of Radio Bridge says or refuses beside its own events. */
export const radioBridgeStanding: readonly DeviceExample[] = [
  {
    name: 'its daily report, the battery low',
    fPort: 2,
    hex: '1801020029000000000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [{ metric: 'battery_v', value: 2.9, at: '2026-03-01T00:00:00Z' }],
      flags: ['low_battery'],
    },
  },
  {
    name: 'the case was opened',
    fPort: 2,
    hex: '180200',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [], flags: ['tamper'] },
  },
  {
    name: 'switched on',
    fPort: 2,
    hex: '18000a130504',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'an acknowledgement',
    fPort: 2,
    hex: '18ff01',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'an event of another sensor',
    fPort: 2,
    hex: '180a0032',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 2,
    hex: '18',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
