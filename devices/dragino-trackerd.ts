import { defineDevice } from '../src/devices/define.ts';
import { trackerD } from '../src/devices/dragino/tracker.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-trackerd',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 TrackerD 定位器', en: 'Dragino TrackerD tracker' },
  summary: {
    zh: '定位器：长按呼救键、位置、移动、温湿度、电量。',
    en: 'A tracker: a button held for help, position, movement, climate, battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino'],
  topics: [],
  metrics: [
    'latitude_deg',
    'longitude_deg',
    'motion_bool',
    'ambient_temperature_c',
    'humidity_pct',
    'battery_v',
  ],
  events: ['sos'],
  expectedIntervalMs: 20 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: trackerD,
  examples: [
    {
      name: 'a position, while it moves',
      fPort: 2,
      hex: '015a706606cf3cf80fa23001ae00da',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 22.70423, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 114.244856, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 4.002, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 43, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.8, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the button is held',
      fPort: 7,
      hex: '4fa220',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 4.002, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a position of the past',
      fPort: 4,
      hex: '015a706606cf3cf807ea021c0a0b0c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 22.70423, at: '2026-02-28T10:11:12Z' },
          { metric: 'longitude_deg', value: 114.244856, at: '2026-02-28T10:11:12Z' },
        ],
      },
    },
    {
      name: 'no fix',
      fPort: 3,
      hex: '00000000000000000fa220',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 4.002, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a port that it does not use',
      fPort: 90,
      hex: '0fa2',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '015a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
