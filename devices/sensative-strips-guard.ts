import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { stripRefusals } from '../src/devices/sensative/examples.ts';
import { strips } from '../src/devices/sensative/strips.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['door_open_bool', 'ambient_temperature_c', 'battery_pct'] as const;
const events = flagEvents('tamper');

export default defineDevice({
  model: 'sensative-strips-guard',
  maker: 'Sensative',
  title: { zh: 'Sensative Strips Guard 门磁', en: 'Sensative Strips Guard door contact' },
  summary: {
    zh: '贴条式门磁：开合、拆动、电量。',
    en: 'A strip: whether the door is open, tampering, battery.',
  },
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
      name: 'open',
      fPort: 1,
      hex: '000109010164',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'closed an hour ago',
      fPort: 2,
      hex: '000100000e100900',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-02-28T23:00:00Z' }] },
    },
    ...stripRefusals,
  ],
});
