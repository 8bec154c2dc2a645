import { defineDevice } from '../src/devices/define.ts';
import { firstGeneration } from '../src/devices/dragino/water-contact.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lds02',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LDS02 门磁', en: 'Dragino LDS02 door contact' },
  summary: {
    zh: '门开合立即上报；平时每天一次心跳。',
    en: 'Says at once when the door opens or closes; a heartbeat a day.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/dragino/lds02'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: [],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: firstGeneration('door'),
  examples: [
    {
      name: 'open',
      fPort: 10,
      hex: '8be40100000900000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'closed',
      fPort: 10,
      hex: '0be40100000900000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.044, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a length that it does not have',
      fPort: 10,
      hex: '0be401',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
