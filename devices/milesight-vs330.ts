import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight, presence } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs330',
  maker: 'Milesight',
  title: { zh: '星纵 VS330 卫生间占用传感器', en: 'Milesight VS330 bathroom occupancy sensor' },
  summary: {
    zh: '卫生间有人、无人；学习未完成时不给结论。',
    en: 'Whether somebody is in the bathroom; says nothing while it is still learning the room.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs330'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({
    '02 a5': bytes(8),
    '03 8e': presence,
    '04 a8': bytes(1),
    '06 a6': bytes(4),
    '07 a7': bytes(1),
    '08 a8': bytes(1),
  }),
  examples: [
    {
      name: 'somebody is there',
      fPort: 85,
      hex: '01756202a5b80b800cb80b800c038e0104a80106a69080000008a801',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 98, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'still learning',
      fPort: 85,
      hex: '038e02',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    ...milesightRefusals,
  ],
});
