import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { wattecoRoomExamples } from '../src/devices/watteco/examples.ts';
import { roomBatch } from '../src/devices/watteco/forms.ts';
import { watteco, wattecoCase } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-vaqao',
  maker: 'Watteco',
  title: { zh: "Watteco Vaqa'O 空气与人体传感器", en: "Watteco Vaqa'O air and motion sensor" },
  summary: {
    zh: '有人、无人与温湿度，逐次或成批上报。',
    en: 'Whether somebody is there, and the climate; reports one by one or in batches.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco'],
  topics: [],
  metrics: [
    'ambient_temperature_c',
    'humidity_pct',
    'motion_bool',
    'battery_v',
    'water_index_m3',
    'pulse_count',
  ],
  events: [...flagEvents('tamper')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  decode: watteco({ states: [wattecoCase], batch: roomBatch }),
  examples: wattecoRoomExamples,
});
