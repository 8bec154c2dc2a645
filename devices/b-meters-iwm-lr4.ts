import { IWM } from '../src/devices/b-meters/iwm.ts';
import { defineDevice } from '../src/devices/define.ts';

export default defineDevice({
  ...IWM,
  model: 'b-meters-iwm-lr4',
  title: { zh: 'B METERS IWM-LR4 水表模块', en: 'B METERS IWM-LR4 module' },
  summary: {
    zh: '装在机械水表上的 LoRaWAN 模块：累计量、倒流量和告警。',
    en: 'LoRaWAN module on a mechanical water meter: index, reverse volume and alarms.',
  },
});
