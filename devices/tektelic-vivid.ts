import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { tektelicRoom } from '../src/devices/tektelic/channels.ts';
import { tektelicRefusals } from '../src/devices/tektelic/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = [
  'motion_bool',
  'door_open_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'battery_v',
  'battery_pct',
] as const;

export default defineDevice({
  model: 'tektelic-vivid',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 Vivid 室内与人体传感器', en: 'Tektelic Vivid room and motion sensor' },
  summary: {
    zh: '温湿度、人体活动，可作门磁。',
    en: 'Temperature, humidity and motion, and a contact for a door.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic',
    'https://github.com/TektelicCommunications/data-converters',
  ],
  topics: [],
  metrics,
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: tektelicRoom(metrics),
  examples: [
    {
      name: 'climate',
      fPort: 10,
      hex: '036700e104684d00ba0b9e',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic/Vivid',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 38.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 2.974, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'somebody moves',
      fPort: 10,
      hex: '0a00ff0d040005',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    ...tektelicRefusals,
  ],
});
