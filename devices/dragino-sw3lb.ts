import { defineDevice } from '../src/devices/define.ts';
import { flow } from '../src/devices/dragino/flow.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-sw3lb',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 SW3LB 流量传感器', en: 'Dragino SW3L-LB flow sensor' },
  summary: {
    zh: '数流量传感器的脉冲；每升多少脉冲视传感器而定，须在登记中填写。',
    en: 'Counts the pulses of a flow sensor; how many make a litre depends on the sensor, and is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '公开资料对每升脉冲数说法不一（450、390/360、64/60、12）；设备若设为只报上次以来的脉冲，则不能作累计值。',
      en: 'Public documents differ on the pulses of a litre (450, 390 or 360, 64 or 60, 12); set to report pulses since its last message it gives no index.',
    },
  ],
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
    'https://github.com/akenza-io/device-type-library/tree/main/types/dragino/sw3l',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: 20 * MINUTE,
  silenceGraceMs: HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: flow,
  examples: [
    {
      name: '195 pulses in all',
      fPort: 2,
      hex: '00000000c3000069a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 195, at: '2026-02-28T23:59:40Z' }], flags: [] },
    },
    {
      name: 'weighed: twelve of them are a litre',
      fPort: 2,
      hex: '00000000c3000069a3816c',
      settings: { litres_per_pulse: 0.08333333333333333 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.01625, at: '2026-02-28T23:59:40Z' }],
        flags: [],
      },
    },
    {
      name: 'pulses since the last message, while water runs too long',
      fPort: 2,
      hex: '02000000c3010069a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['leak'], rejections: ['not-supported'] },
    },
    {
      name: 'an entry of the log',
      fPort: 3,
      hex: '000000000000c369a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 195, at: '2026-02-28T23:59:40Z' }] },
    },
    {
      name: 'itself: battery',
      fPort: 5,
      hex: '11010001000cba',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.258, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its settings',
      fPort: 4,
      hex: '0d00007300a44a',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that it does not use',
      fPort: 42,
      hex: '0b880100250001',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
