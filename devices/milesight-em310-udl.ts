import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { bytes, milesight, taken } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em310-udl',
  maker: 'Milesight',
  title: { zh: '星纵 EM310-UDL 测距传感器', en: 'Milesight EM310-UDL distance sensor' },
  summary: {
    zh: '超声测距；距离不进系统，只看其在线、电量与是否被移动。',
    en: 'Ultrasonic distance; the distance itself is not kept, only that it lives, its battery and whether it was tilted.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em310-udl'],
  topics: [],
  metrics: ['battery_pct'],
  events: ['boot', ...flagEvents('tamper')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 1.5 * HOUR,
  counters: {},
  decode: milesight({ '03 82': bytes(2), '83 82': bytes(3), '04 00': taken, '20 ce': bytes(7) }),
  examples: [
    {
      name: 'distance and battery',
      fPort: 85,
      hex: '01756403824408040001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        flags: ['tamper'],
      },
    },
    ...milesightRefusals,
  ],
});
