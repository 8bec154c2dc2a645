import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { counterExamples, netvoxStanding } from '../src/devices/netvox/examples.ts';
import { counts } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r730h',
  maker: 'Netvox',
  title: { zh: '奈伯思 R730H 脉冲采集器', en: 'Netvox R730H pulse counter' },
  summary: {
    zh: '数脉冲；脉冲当量在登记中填写。',
    en: 'Counts pulses; what one weighs is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '设备须设为只在满量程时清零（Clear when Roll-Over），否则每次上报后从零开始，不是累计值。',
      en: 'It must be set to clear its count only at roll-over; otherwise every report begins at zero again, and is no index.',
    },
  ],
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(16),
  settings: pulseSettings,
  decode: netvox(0x7f, counts(1)),
  examples: [...counterExamples(0x7f), ...netvoxStanding(0x7f)],
});
