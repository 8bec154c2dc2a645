import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight, presence } from '../src/devices/milesight/channels.ts';
import { milesightRefusals, seatExamples } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-vs340',
  maker: 'Milesight',
  title: { zh: '星纵 VS340 桌位占用传感器', en: 'Milesight VS340 desk occupancy sensor' },
  summary: { zh: '桌边有人、无人。', en: 'Whether somebody is at the desk.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/vs-series/vs340'],
  topics: [],
  metrics: ['motion_bool', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({ '03 00': presence }),
  examples: [...seatExamples, ...milesightRefusals],
});
