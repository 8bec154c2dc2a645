import { defineDevice } from '../src/devices/define.ts';
import { lgt92 } from '../src/devices/dragino/tracker.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-lgt92',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 LGT-92 定位器', en: 'Dragino LGT-92 tracker' },
  summary: { zh: '定位器：呼救键、位置、电量。', en: 'A tracker: a button for help, position, battery.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino'],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'battery_v'],
  events: ['sos'],
  expectedIntervalMs: 20 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: lgt92,
  examples: [
    {
      name: 'a position',
      fPort: 2,
      hex: '015a706606cf3cf80fa26504d200640100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 22.70423, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 114.244856, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 4.002, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the button is held',
      fPort: 2,
      hex: '00000000000000004fa26504d20064',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 4.002, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a port that it does not use',
      fPort: 8,
      hex: '00',
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
