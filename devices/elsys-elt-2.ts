import { defineDevice } from '../src/devices/define.ts';
import { contactSettings } from '../src/devices/elsys/contact.ts';
import { elsysRefusals } from '../src/devices/elsys/examples.ts';
import { elsys } from '../src/devices/elsys/values.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = [
  'water_index_m3',
  'pulse_count',
  'door_open_bool',
  'water_leak_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'battery_v',
] as const;

export default defineDevice({
  model: 'elsys-elt-2',
  maker: 'Elsys',
  title: { zh: '艾尔西斯 ELT-2 脉冲与外接传感器', en: 'Elsys ELT-2 pulse counter and external probe' },
  summary: {
    zh: '数水表脉冲，或接门磁、水浸探头。',
    en: 'Counts the pulses of a water meter, or carries a contact or a probe for water.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://elsys.se/public/documents/Sensor_payload.pdf'],
  topics: [],
  metrics,
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: contactSettings,
  decode: elsys(metrics),
  examples: [
    {
      name: 'pulses',
      fPort: 5,
      hex: '0100e20229070e100b00000792',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 22.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 41, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 1938, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'weighed',
      fPort: 5,
      hex: '0b00000792',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 19.38, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its second input',
      fPort: 5,
      hex: '0b000007921700000010',
      settings: { input: 2 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 16, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'wet',
      fPort: 5,
      hex: '1201',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    ...elsysRefusals,
  ],
});
