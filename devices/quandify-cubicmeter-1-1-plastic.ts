import { defineDevice } from '../src/devices/define.ts';
import { CUBICMETER } from '../src/devices/quandify/cubicmeter.ts';

export default defineDevice({
  ...CUBICMETER,
  model: 'quandify-cubicmeter-1-1-plastic',
  maker: 'Quandify',
  title: { zh: 'Quandify CubicMeter 1.1（塑料管）', en: 'Quandify CubicMeter 1.1 Plastic' },
  summary: {
    zh: '夹在塑料管外的 LoRaWAN 水量计，报文与铜管型相同。',
    en: 'Clamp-on LoRaWAN flow meter for plastic pipes; its messages are those of the copper version.',
  },
  examples: [
    {
      name: 'a status report: litres, not cubic metres',
      fPort: 1,
      hex: '49fbdf010000de1400000000000046eddf0106fc8b0702e2e6535455',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
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
      name: 'a large leak, reverse flow and a battery that is low',
      fPort: 1,
      hex: '49fbdf018001de1400000000000046eddf0106fc8b0704e202535455',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 5.342, at: '2026-03-01T08:00:00Z' },
          { metric: 'battery_v', value: 1.816, at: '2026-03-01T08:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['leak', 'reverse', 'low_battery'],
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
