import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { batteryOnly } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r716s',
  maker: 'Netvox',
  title: { zh: '奈伯思 R716S 信号测试仪', en: 'Netvox R716S signal tester' },
  summary: {
    zh: '网络信号测试仪：没有居家数据，只认得它的应答。',
    en: 'A tester of the network: nothing of a home, only its answers are known.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/thingsboard/data-converters/tree/master/VENDORS/Netvox/R716S'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(undefined, batteryOnly),
  examples: [
    {
      name: 'how it joins again',
      fPort: 20,
      hex: '8200000e1003',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Netvox/R716S',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a report',
      fPort: 6,
      hex: '01ff012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'a report that ends too early',
      fPort: 6,
      hex: '01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
