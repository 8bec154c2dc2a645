import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-ws201',
  maker: 'Milesight',
  title: { zh: '星纵 WS201 余量传感器', en: 'Milesight WS201 fill level sensor' },
  summary: {
    zh: '测纸巾盒余量；余量不进系统，只看其在线与电量。',
    en: 'Fill level of a dispenser; the level itself is not kept, only that it lives and its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws201'],
  topics: [],
  metrics: ['battery_pct'],
  events: ['boot'],
  expectedIntervalMs: 18 * HOUR,
  silenceGraceMs: 27 * HOUR,
  counters: {},
  decode: milesight({ '03 82': bytes(2), '04 d6': bytes(1), '83 82': bytes(3) }),
  examples: [
    {
      name: 'fill level and battery',
      fPort: 85,
      hex: '01756403823e0004d645',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/WS201',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    ...milesightRefusals,
  ],
});
