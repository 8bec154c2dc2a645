import { pressed, tabs } from '../src/devices/browan/tabs.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'browan-tbpb100',
  maker: 'Browan',
  title: { zh: 'Browan TBPB100 按钮', en: 'Browan TBPB100 push button' },
  summary: { zh: '按下即呼救。', en: 'Calls for help when it is pressed.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/browan'],
  topics: [],
  metrics: ['ambient_temperature_c', 'battery_v'],
  events: ['sos'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: tabs(pressed),
  examples: [
    {
      name: 'pressed',
      fPort: 147,
      hex: '010b38',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a heartbeat',
      fPort: 147,
      hex: '000b38',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 24, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 147,
      hex: '01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
