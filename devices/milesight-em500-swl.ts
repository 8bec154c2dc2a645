import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em500-swl',
  maker: 'Milesight',
  title: { zh: '星纵 EM500-SWL 液位计', en: 'Milesight EM500-SWL water level sensor' },
  summary: {
    zh: '测水箱水位；水位不进系统，只看其在线与电量。',
    en: 'Measures the level of a tank; the level itself is not kept, only that it lives and its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em500-swl'],
  topics: [],
  metrics: ['battery_pct'],
  events: ['boot'],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: milesight({ '03 77': bytes(2), '83 77': bytes(3), '20 ce': bytes(6) }),
  examples: [
    {
      name: 'level and battery',
      fPort: 85,
      hex: '01756403770200',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/EM500-SWL',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    ...milesightRefusals,
  ],
});
