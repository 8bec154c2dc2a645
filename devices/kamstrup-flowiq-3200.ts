import { defineDevice } from '../src/devices/define.ts';
import { FLOWIQ } from '../src/devices/mbus/kamstrup.ts';

const SOURCE =
  'https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/kamstrup/mbusparser.yaml';

export default defineDevice({
  ...FLOWIQ,
  model: 'kamstrup-flowiq-3200',
  title: { zh: '卡姆鲁普 flowIQ 3200 超声水表', en: 'Kamstrup flowIQ 3200 water meter' },
  summary: {
    zh: '较大口径的 LoRaWAN 超声水表，报文与 flowIQ 2200 相同。',
    en: 'The larger ultrasonic LoRaWAN water meter; its messages are those of the flowIQ 2200.',
  },
  sources: [SOURCE, 'EN 13757-3:2018, EN 13757-7:2018'],
  examples: [
    {
      name: 'daily decrements: what it says of each day before was more',
      hex: '7a08000000446d0020fd284413c1aa77004d931306b20127012201',
      source: SOURCE,
      receivedAt: '2023-08-29T05:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 7842.497, at: '2023-08-29T00:00:00Z' },
          { metric: 'water_index_m3', value: 7842.792, at: '2023-08-28T00:00:00Z' },
          { metric: 'water_index_m3', value: 7843.082, at: '2023-08-27T00:00:00Z' },
        ],
      },
    },
    {
      name: 'signed differences of half years',
      hex: '7a08000000446d0020fa284413c1aa77004d931308d2fe270122012293',
      source: SOURCE,
      receivedAt: '2023-08-26T05:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 7842.497, at: '2023-08-26T00:00:00Z' },
          { metric: 'water_index_m3', value: 7842.202, at: '2023-02-26T00:00:00Z' },
          { metric: 'water_index_m3', value: 7841.912, at: '2022-08-26T00:00:00Z' },
          { metric: 'water_index_m3', value: 7869.782, at: '2022-02-26T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the frame at installation holds no reading, and says that the meter is there',
      hex: '7258578853372c3c16d610080004ff16bf587000',
      source: SOURCE,
      receivedAt: '2023-08-26T05:00:00Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'a header that nobody knows',
      hex: '79',
      source: SOURCE,
      receivedAt: '2023-08-26T05:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a header that ends too early',
      hex: '72000000000000000000',
      source: SOURCE,
      receivedAt: '2023-08-26T05:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
