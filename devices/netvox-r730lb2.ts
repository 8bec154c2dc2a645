import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { contacts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r730lb2',
  maker: 'Netvox',
  title: { zh: '奈伯思 R730LB2 双路霍尔门磁', en: 'Netvox R730LB2 two Hall door contacts' },
  summary: { zh: '两路门磁，任一路打开即为开。', en: 'Two contacts; open if either is.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x8e, contacts(2)),
  examples: [
    {
      name: 'open',
      fPort: 6,
      hex: '018e011c01000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'closed, and the battery is low',
      fPort: 6,
      hex: '018e019c00000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '018e006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '828e038407080100000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a report of another model',
      fPort: 6,
      hex: '01ff012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a report that ends too early',
      fPort: 6,
      hex: '018e0124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
