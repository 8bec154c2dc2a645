import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { stripRefusals } from '../src/devices/sensative/examples.ts';
import { strips } from '../src/devices/sensative/strips.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'ambient_temperature_c', 'battery_pct'] as const;
const events = flagEvents('tamper');

export default defineDevice({
  model: 'sensative-strips-presence',
  maker: 'Sensative',
  title: { zh: 'Sensative Strips Presence 占用传感器', en: 'Sensative Strips Presence occupancy sensor' },
  summary: { zh: '贴条式有人、无人。', en: 'A strip: whether somebody is there.' },
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
      name: 'somebody',
      fPort: 1,
      hex: '000112010164',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'nobody',
      fPort: 1,
      hex: '00011200',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    ...stripRefusals,
  ],
});
