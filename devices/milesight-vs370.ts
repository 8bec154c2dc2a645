import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight, presence } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs370',
  maker: 'Milesight',
  title: { zh: '星纵 VS370 毫米波存在传感器', en: 'Milesight VS370 radar presence sensor' },
  summary: {
    zh: '雷达测有人、无人，静坐也能发现。',
    en: 'Finds by radar whether somebody is there, also one who sits still.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs370'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({ '03 00': bytes(1), '04 00': presence }),
  examples: [
    {
      name: 'somebody in a dim room',
      fPort: 85,
      hex: '017564030000040001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...milesightRefusals,
  ],
});
