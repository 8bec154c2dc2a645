import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { stripRefusals } from '../src/devices/sensative/examples.ts';
import { strips } from '../src/devices/sensative/strips.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['water_leak_bool', 'ambient_temperature_c', 'battery_pct'] as const;
const events = flagEvents('leak', 'tamper');

export default defineDevice({
  model: 'sensative-strips-drip',
  maker: 'Sensative',
  title: { zh: 'Sensative Strips Drip 水浸传感器', en: 'Sensative Strips Drip leak sensor' },
  summary: { zh: '贴条式水浸：遇水、温度、电量。', en: 'A strip: water, temperature, battery.' },
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
      name: 'wet',
      fPort: 1,
      hex: '00010e010200e1',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'dry',
      fPort: 1,
      hex: '00010e000164',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet an hour ago: kept, not raised',
      fPort: 2,
      hex: '000100000e100e01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-02-28T23:00:00Z' }] },
    },
    ...stripRefusals,
  ],
});
