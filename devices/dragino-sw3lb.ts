import { defineDevice } from '../src/devices/define.ts';
import { flowExamples } from '../src/devices/dragino/examples.ts';
import { flow } from '../src/devices/dragino/flow.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'dragino-sw3lb',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 SW3LB 流量传感器', en: 'Dragino SW3L-LB flow sensor' },
  summary: {
    zh: '数流量传感器的脉冲；每升多少脉冲视传感器而定，须在登记中填写。',
    en: 'Counts the pulses of a flow sensor; how many make a litre depends on the sensor, and is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '公开资料对每升脉冲数说法不一（450、390/360、64/60、12）；设备若设为只报上次以来的脉冲，则不能作累计值。',
      en: 'Public documents differ on the pulses of a litre (450, 390 or 360, 64 or 60, 12); set to report pulses since its last message it gives no index.',
    },
  ],
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
    'https://github.com/akenza-io/device-type-library/tree/main/types/dragino/sw3l',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: [...flagEvents('leak')],
  expectedIntervalMs: 20 * MINUTE,
  silenceGraceMs: HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: flow,
  examples: flowExamples,
});
