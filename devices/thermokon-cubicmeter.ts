import { defineDevice } from '../src/devices/define.ts';
import { CUBICMETER } from '../src/devices/quandify/cubicmeter.ts';

export default defineDevice({
  ...CUBICMETER,
  model: 'thermokon-cubicmeter',
  maker: 'Thermokon',
  title: { zh: 'Thermokon CubicMeter 管外水量计', en: 'Thermokon CubicMeter' },
  summary: {
    zh: 'Quandify CubicMeter 的贴牌产品，报文相同；其公开解码器把升标成立方米。',
    en: 'The CubicMeter of Quandify under another name; its public codec labels litres as cubic metres.',
  },
  examples: [
    {
      name: 'a status report: litres, not cubic metres',
      fPort: 1,
      hex: '49fbdf010000de1400000000000046eddf0106fc8b0702e2e6535455',
      source: 'https://github.com/actility/device-catalog/tree/main/vendors/thermokon/drivers/cubicmeter',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 5.342, at: '2026-03-01T08:00:00Z' },
          { metric: 'battery_v', value: 3.64, at: '2026-03-01T08:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T08:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a response about its hardware holds no reading',
      fPort: 6,
      hex: '0400021000001602053f0100000300e3ddcbb1bd758732000001000000000000010000000000',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a report that was cut',
      fPort: 1,
      hex: '49fbdf010000de14',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
