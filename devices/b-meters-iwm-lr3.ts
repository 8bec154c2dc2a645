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
    ...IWM.examples,
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
  ],
});
