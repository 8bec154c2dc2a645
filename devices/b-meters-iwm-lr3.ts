import { IWM } from '../src/devices/b-meters/iwm.ts';
import { defineDevice } from '../src/devices/define.ts';

export default defineDevice({
  ...IWM,
  model: 'b-meters-iwm-lr3',
  title: { zh: 'B METERS IWM-LR3 水表模块', en: 'B METERS IWM-LR3 module' },
  summary: {
    zh: '装在机械水表上的 LoRaWAN 模块：累计量、倒流量和告警。',
    en: 'LoRaWAN module on a mechanical water meter: index, reverse volume and alarms.',
  },
  examples: [
    {
      name: 'litres in BCD',
      fPort: 1,
      hex: '44975101000000000000001300',
      source: 'https://github.com/actility/device-catalog/tree/main/vendors/b-meters/drivers/iwm-lrx',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 15.197, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0, at: '2026-03-01T08:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the example of a public catalogue, as its codec reads it',
      fPort: 1,
      hex: '2c4a2001002201000000000d02',
      source:
        'https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/b-meters/iwmlr3-codec.yaml',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 73.802, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0.29, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['tamper'],
      },
    },
    {
      name: 'tens of litres with a leak, a magnet and a temperature below freezing',
      fPort: 1,
      hex: '44742001003401000000001409ff33',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 120.74, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 1.34, at: '2026-03-01T08:00:00Z' },
          { metric: 'ambient_temperature_c', value: -20.5, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['tamper', 'leak'],
      },
    },
    {
      name: 'an application that is not known',
      fPort: 1,
      hex: '99975101000000000000001300',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that was cut',
      fPort: 1,
      hex: '449751010000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
