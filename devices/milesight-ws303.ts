import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { leak, milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-ws303',
  maker: 'Milesight',
  title: { zh: '星纵 WS303 迷你水浸传感器', en: 'Milesight WS303 mini leak sensor' },
  summary: {
    zh: '遇水立即上报；平时每天一次心跳。',
    en: 'Says at once when it gets wet; a heartbeat a day.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws303'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_pct'],
  events: ['boot', ...flagEvents('leak')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: milesight({ '03 00': leak }),
  examples: [
    {
      name: 'dry',
      fPort: 85,
      hex: '017564030000',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/WS303',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet',
      fPort: 85,
      hex: '017564030001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    ...milesightRefusals,
  ],
});
