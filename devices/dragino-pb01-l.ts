import { defineDevice } from '../src/devices/define.ts';
import { pb01 } from '../src/devices/dragino/button.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-pb01-l',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 PB01-L 按钮', en: 'Dragino PB01-L button' },
  summary: {
    zh: '按下即呼救，并测温湿度。',
    en: 'Calls for help when it is pressed, and measures the climate.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino'],
  topics: [],
  metrics: ['ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: ['sos'],
  expectedIntervalMs: 20 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: pb01,
  examples: [
    {
      name: 'pressed',
      fPort: 2,
      hex: '0ccd030100e101c2',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.277, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 45, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a heartbeat',
      fPort: 2,
      hex: '0ccd0300fff601c2',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.277, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: -1, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 45, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'itself: battery',
      fPort: 5,
      hex: '35010001000cba',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'presses of the past',
      fPort: 3,
      hex: '00e100e101c20169a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
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
      hex: '0ccd',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
