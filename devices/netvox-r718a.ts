import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climateExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { climate } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718a',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718A 低温温湿度计', en: 'Netvox R718A thermometer for the cold' },
  summary: { zh: '温度与湿度。', en: 'Temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x0b, climate),
  examples: [...climateExamples(0x0b), ...netvoxStanding(0x0b)],
});
