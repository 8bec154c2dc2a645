import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import {
  alarmedPassages,
  bytes,
  milesight,
  passageLog,
  passages,
} from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs360',
  maker: 'Milesight',
  title: { zh: '星纵 VS360 红外对射人流计数器', en: 'Milesight VS360 break-beam people counter' },
  summary: {
    zh: '数经过红外对射的人；有人经过即有活动。',
    en: 'Counts who passes its beam; whoever passes, moves.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs360'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot', ...flagEvents('fault')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({
    '02 75': bytes(1),
    // Counter, other half or alignment.
    '03 f4': (frame, take) => {
      frame.skip(1);
      take.flag('fault', frame.u8() === 1);
    },
    '04 cc': bytes(4),
    '05 cc': passages,
    '84 cc': bytes(5),
    '85 cc': alarmedPassages,
    '20 ce': passageLog,
  }),
  examples: [
    {
      name: 'two entries of the log, the second with totals',
      fPort: 85,
      hex: '20ce7b3af164000b00040020ceff3df16401070002001d000800',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/VS360',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2023-09-01T01:12:27Z' },
          { metric: 'motion_bool', value: 1, at: '2023-09-01T01:27:27Z' },
        ],
      },
    },
    {
      name: 'many people',
      fPort: 85,
      hex: '84cc011108110185cce803e90301',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/VS360',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its halves do not see each other',
      fPort: 85,
      hex: '03f40201',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['fault'] },
    },
    ...milesightRefusals,
  ],
});
