import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climateExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { climate } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r720a',
  maker: 'Netvox',
  title: { zh: '奈伯思 R720A 温湿度计', en: 'Netvox R720A thermometer' },
  summary: { zh: '温度与湿度。', en: 'Temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x6e, climate),
  examples: [...climateExamples(0x6e), ...netvoxStanding(0x6e)],
});
