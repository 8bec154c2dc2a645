import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { tektelicSoil } from '../src/devices/tektelic/channels.ts';
import { tektelicRefusals } from '../src/devices/tektelic/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['ambient_temperature_c', 'humidity_pct', 'battery_v', 'battery_pct'] as const;

export default defineDevice({
  model: 'tektelic-kiwi',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 Kiwi 土壤传感器', en: 'Tektelic Kiwi soil sensor' },
  summary: {
    zh: '土壤传感器；只取电量与环境温湿度。',
    en: 'A sensor for soil; only its battery and the air around it are kept.',
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
  decode: tektelicSoil(metrics),
  examples: [
    {
      name: 'battery',
      fPort: 10,
      hex: '00d35a00bd0a0a',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Tektelic/Kiwi',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 90, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the air',
      fPort: 10,
      hex: '0b6700e10b684d00ba4a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 38.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.24, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...tektelicRefusals,
  ],
});
