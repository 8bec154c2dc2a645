import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { fallRadarChannels } from '../src/devices/milesight/fall-radar.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs373',
  maker: 'Milesight',
  title: { zh: '星纵 VS373 毫米波跌倒雷达', en: 'Milesight VS373 fall detection radar' },
  summary: {
    zh: '雷达测跌倒、久卧不动、离床与有人、无人。',
    en: 'Finds by radar a fall, somebody motionless, out of bed, and whether somebody is there.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '说明书与公开解码器对报警状态的编号不同，这里按解码器：1 触发、2 解除、3 忽略。',
      en: 'Its readme and its public codec number the alarm status differently; here as the codec does: 1 triggered, 2 over, 3 ignored.',
    },
  ],
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs373'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot', 'fall', 'fall_cancelled', 'general_alarm'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight(fallRadarChannels),
  examples: [
    {
      name: 'a fall',
      fPort: 85,
      hex: '03f8040000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'fall', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'the alarm of a fall',
      fPort: 85,
      hex: '06fb0100000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'fall', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the alarm is over',
      fPort: 85,
      hex: '06fb0100000200',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'fall_cancelled', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'nobody in the room',
      fPort: 85,
      hex: '03f8010000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a fall of the log, which calls nobody any more',
      fPort: 85,
      hex: '20ce9e7446630100000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    ...milesightRefusals,
  ],
});
