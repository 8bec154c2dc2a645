import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { leakExamples, netvoxStanding, secondProbeExamples } from '../src/devices/netvox/examples.ts';
import { leaks } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718wa2',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718WA2 双路水浸传感器', en: 'Netvox R718WA2 leak sensor with two probes' },
  summary: {
    zh: '遇水立即上报，平时约每小时心跳一次。',
    en: 'Says at once when it gets wet, and about every hour that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: ['boot', ...flagEvents('leak', 'low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x46, leaks(2)),
  examples: [...leakExamples(0x46), ...secondProbeExamples(0x46), ...netvoxStanding(0x46)],
});
