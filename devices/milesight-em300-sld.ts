import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climate, leak, milesight, stateLog, takeLeak } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em300-sld',
  maker: 'Milesight',
  title: { zh: '星纵 EM300-SLD 点式水浸传感器', en: 'Milesight EM300-SLD spot leak sensor' },
  summary: {
    zh: '遇水立即上报，平时每 10 分钟发温湿度与电量；断网期间的记录补发。',
    en: 'Says at once when it gets wet; climate and battery every 10 minutes, and what it logged while the network was away.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em300-sld'],
  topics: [],
  metrics: ['water_leak_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot', ...flagEvents('leak')],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: milesight({ ...climate, '05 00': leak, '06 00': leak, '20 ce': stateLog(takeLeak) }),
  examples: [
    {
      name: 'dry',
      fPort: 85,
      hex: '01755c050000',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/EM300-MLD',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet',
      fPort: 85,
      hex: '01755c03673401046865050001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'wet once, as its log remembers: kept, not raised',
      fPort: 85,
      hex: '20ce9e74466300000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_leak_bool', value: 1, at: '2022-10-12T08:02:38Z' }] },
    },
    ...milesightRefusals,
  ],
});
