import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { wattecoRoomExamples } from '../src/devices/watteco/examples.ts';
import { watteco, wattecoCase } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-vaqao',
  maker: 'Watteco',
  title: { zh: "Watteco Vaqa'O 空气与人体传感器", en: "Watteco Vaqa'O air and motion sensor" },
  summary: {
    zh: '有人、无人与温湿度；批量报文尚不支持。',
    en: 'Whether somebody is there, and the climate; its batches of many readings are not read.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '设为批量上报时整个报文被拒，并写明原因。',
      en: 'Set to report in batches, its messages are refused by name.',
    },
  ],
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
  decode: watteco(wattecoCase),
  examples: wattecoRoomExamples,
});
