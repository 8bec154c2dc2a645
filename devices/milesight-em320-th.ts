import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climate, climateLog, milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em320-th',
  maker: 'Milesight',
  title: { zh: '星纵 EM320-TH 温湿度计', en: 'Milesight EM320-TH thermometer' },
  summary: {
    zh: '每 10 分钟上报温度与湿度，防水外壳。',
    en: 'Temperature and humidity every 10 minutes, in a case that water does not harm.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em320-th'],
  topics: [],
  metrics: ['ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: milesight({ ...climate, '20 ce': climateLog }),
  examples: [
    {
      name: 'live',
      fPort: 85,
      hex: '01755c03673401046865',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'an entry of the log',
      fPort: 85,
      hex: '20ce9e74466310015d',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 27.2, at: '2022-10-12T08:02:38Z' },
          { metric: 'humidity_pct', value: 46.5, at: '2022-10-12T08:02:38Z' },
        ],
      },
    },
    ...milesightRefusals,
  ],
});
