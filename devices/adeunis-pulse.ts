import { adeunisPulse, adeunisPulseSettings } from '../src/devices/adeunis/pulse.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'adeunis-pulse',
  maker: 'Adeunis',
  title: { zh: 'Adeunis Pulse 脉冲采集器', en: 'Adeunis Pulse counter' },
  summary: {
    zh: '数两路水表脉冲；历史记录的间隔须在登记中填写。',
    en: 'Counts two water meters; how far apart the entries of its log are is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/adeunis/pulse4'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count'],
  events: ['general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: pulseCounters(32),
  settings: adeunisPulseSettings,
  decode: adeunisPulse,
  examples: [
    {
      name: 'the count and its log, by its own clock',
      fPort: 1,
      hex: '5a6700000127000100020003000414aba3e9',
      settings: { log_minutes: 60 },
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/adeunis/pulse4',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'pulse_count', value: 295, at: '2023-12-28T19:22:17Z' },
          { metric: 'pulse_count', value: 294, at: '2023-12-28T18:22:17Z' },
          { metric: 'pulse_count', value: 292, at: '2023-12-28T17:22:17Z' },
          { metric: 'pulse_count', value: 289, at: '2023-12-28T16:22:17Z' },
          { metric: 'pulse_count', value: 285, at: '2023-12-28T15:22:17Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'the same without knowing how far apart',
      fPort: 1,
      hex: '5a6700000127000100020003000414aba3e9',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 295, at: '2023-12-28T19:22:17Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'both inputs',
      fPort: 1,
      hex: '46000001000000000a00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 65536, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'the second, weighed',
      fPort: 1,
      hex: '4600000100000000000a',
      settings: { input: 2, litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 0.1, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'more flow than it was told to allow',
      fPort: 1,
      hex: '470000640000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'its configuration',
      fPort: 1,
      hex: '100001000239012c57003c27107530000a0000000300050103060a0d',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/adeunis/pulse4',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that nobody documents',
      fPort: 1,
      hex: 'ff00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '46000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
