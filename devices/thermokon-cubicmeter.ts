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
});
