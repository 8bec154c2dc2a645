import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { tektelicRoom } from '../src/devices/tektelic/channels.ts';
import { tektelicRefusals } from '../src/devices/tektelic/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = [
  'motion_bool',
  'door_open_bool',
  'water_leak_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'battery_v',
  'battery_pct',
] as const;

export default defineDevice({
  model: 'tektelic-smart-room',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 智能房间传感器', en: 'Tektelic Smart Room sensor' },
  summary: {
    zh: '温湿度、人体活动、门、水浸，视型号而定。',
    en: 'Temperature, humidity, motion, a door, water on the floor, as the variant has them.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic',
    'https://github.com/TektelicCommunications/data-converters',
  ],
  topics: [],
  metrics,
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: tektelicRoom(metrics),
  examples: [
    {
      name: 'wet',
      fPort: 10,
      hex: '0900ff00ff0130',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.04, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'nobody moves',
      fPort: 10,
      hex: '0a0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    ...tektelicRefusals,
  ],
});
