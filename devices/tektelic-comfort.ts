import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { tektelicRoom } from '../src/devices/tektelic/channels.ts';
import { tektelicRefusals } from '../src/devices/tektelic/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = [
  'door_open_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'battery_v',
  'battery_pct',
] as const;

export default defineDevice({
  model: 'tektelic-comfort',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 Comfort 室内传感器', en: 'Tektelic Comfort room sensor' },
  summary: { zh: '温湿度，可作门磁。', en: 'Temperature and humidity, and a contact for a door.' },
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
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic/Comfort',
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
      name: 'the door is open, below zero',
      fPort: 10,
      hex: '0100ff0367fff6',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: -1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...tektelicRefusals,
  ],
});
