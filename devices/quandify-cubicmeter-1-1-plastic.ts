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
});
