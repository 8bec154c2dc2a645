import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { tektelicRoom } from '../src/devices/tektelic/channels.ts';
import { tektelicRefusals } from '../src/devices/tektelic/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['ambient_temperature_c', 'humidity_pct', 'battery_v', 'battery_pct'] as const;

export default defineDevice({
  model: 'tektelic-aura',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 Aura 传感器', en: 'Tektelic Aura sensor' },
  summary: {
    zh: '温湿度；自身用电量不进系统。',
    en: 'Temperature and humidity; what it consumes itself is not kept.',
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
      name: 'what it consumed itself: nothing of the home',
      fPort: 10,
      hex: '00fe0001518000006a50000000',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic/Aura',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'climate',
      fPort: 10,
      hex: '036700e104684d',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 38.5, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...tektelicRefusals,
  ],
});
