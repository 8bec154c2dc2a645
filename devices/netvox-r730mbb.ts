import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { activityExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { activityCount } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r730mbb',
  maker: 'Netvox',
  title: { zh: '奈伯思 R730MBB 活动计次器', en: 'Netvox R730MBB activity counter' },
  summary: { zh: '数所装之物被使用的次数。', en: 'Counts how often the thing that it hangs on was used.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['pulse_count', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: { pulse_count: { max: 2 ** 32, resolution: 1 } },
  decode: netvox(0x83, activityCount),
  examples: [...activityExamples(0x83), ...netvoxStanding(0x83)],
});
