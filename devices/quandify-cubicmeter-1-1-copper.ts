import { defineDevice } from '../src/devices/define.ts';
import { CUBICMETER } from '../src/devices/quandify/cubicmeter.ts';

export default defineDevice({
  ...CUBICMETER,
  model: 'quandify-cubicmeter-1-1-copper',
  maker: 'Quandify',
  title: { zh: 'Quandify CubicMeter 1.1（铜管）', en: 'Quandify CubicMeter 1.1 Copper' },
  summary: {
    zh: '夹在铜管外的 LoRaWAN 水量计，带漏水检测和水温。',
    en: 'Clamp-on LoRaWAN flow meter for copper pipes, with leak detection and temperatures.',
  },
});
