import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import {
  alarmedPassages,
  bytes,
  milesight,
  passageLog,
  passages,
  warmth,
} from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs350',
  maker: 'Milesight',
  title: { zh: '星纵 VS350 过道人流计数器', en: 'Milesight VS350 passage people counter' },
  summary: { zh: '数经过的人；有人经过即有活动。', en: 'Counts who passes; whoever passes, moves.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs350'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({
    ...warmth,
    '04 cc': bytes(4),
    '05 cc': passages,
    '84 cc': bytes(5),
    '85 cc': alarmedPassages,
    '20 ce': passageLog,
  }),
  examples: [
    {
      name: 'passages of the period',
      fPort: 85,
      hex: '04cc1200160005cc13001400',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an entry of the log',
      fPort: 85,
      hex: '20ce7b3af164000b000400',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 1, at: '2023-09-01T01:12:27Z' }] },
    },
    ...milesightRefusals,
  ],
});
