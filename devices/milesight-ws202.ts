import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight, presence } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-ws202',
  maker: 'Milesight',
  title: { zh: '星纵 WS202 人体与光照传感器', en: 'Milesight WS202 motion and light sensor' },
  summary: {
    zh: '有人活动时上报，空闲一段时间后报无人。',
    en: 'Says when somebody moves, and when nobody has for a while.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws202'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({ '03 00': presence, '04 00': bytes(1) }),
  examples: [
    {
      name: 'somebody moves in the dark',
      fPort: 85,
      hex: '017510030001040000',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/WS202',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 16, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'nobody',
      fPort: 85,
      hex: '017510030000040001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 16, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...milesightRefusals,
  ],
});
