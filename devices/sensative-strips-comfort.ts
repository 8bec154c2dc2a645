import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { stripRefusals } from '../src/devices/sensative/examples.ts';
import { strips } from '../src/devices/sensative/strips.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['ambient_temperature_c', 'humidity_pct', 'battery_pct'] as const;
const events = flagEvents('tamper');

export default defineDevice({
  model: 'sensative-strips-comfort',
  maker: 'Sensative',
  title: { zh: 'Sensative Strips Comfort 温湿度传感器', en: 'Sensative Strips Comfort climate sensor' },
  summary: { zh: '贴条式温湿度。', en: 'A strip: temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/sensative/strip'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: strips({ metrics, events }),
  examples: [
    {
      name: 'climate',
      fPort: 1,
      hex: '0001505200e1',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'humidity_pct', value: 41, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...stripRefusals,
  ],
});
