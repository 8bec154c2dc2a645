import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['water_index_m3', 'flow_m3_h', 'battery_pct', 'signal_dbm'] as const;
const events = [
  'leak',
  'leak_cleared',
  'burst',
  'burst_cleared',
  'reverse',
  'reverse_cleared',
  'dry',
  'dry_cleared',
  'tamper',
  'tamper_cleared',
  'boot',
] as const;

export default defineDevice({
  model: 'water-meter',
  title: { zh: '智能水表', en: 'Smart water meter' },
  summary: {
    zh: '累计用水量、电量，以及漏水、爆管、倒流、空管、拆动标志。每小时一次；也可一次上传一天的 24 个值。',
    en: 'Cumulative index, battery, and the flags leak, burst, reverse, dry and tamper. Hourly, or 24 values once a day.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  expectedIntervalMs: HOUR,
  // Domestic meters skip an upload now and then (radio): two more missed ones are still normal.
  silenceGraceMs: 2.5 * HOUR,
  // Nine digits in litres: the register of a DN15 meter rolls over at 99,999.999 m³ or above.
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'an hourly index with the battery',
      payload: { at: '2026-03-01T08:00:00+08:00', water_index_m3: 123.456, battery_pct: 88 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 123.456, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 88, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a batch with history, in epoch milliseconds',
      payload: [
        { at: 1772323200000, water_index_m3: 1.5 },
        { at: 1772326800000, water_index_m3: 1.512 },
      ],
      receivedAt: '2026-03-01T01:00:05Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 1.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_index_m3', value: 1.512, at: '2026-03-01T01:00:00Z' },
        ],
      },
    },
    {
      name: 'a flag beside the index',
      payload: { at: '2026-03-01T00:00:00Z', water_index_m3: 9, event: 'leak' },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 9, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'leak', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'without a time, arrival counts',
      payload: { water_index_m3: 7.25 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 7.25, at: '2026-03-01T00:00:02Z' }] },
    },
    {
      name: 'a value that is text is refused, its neighbour is taken',
      payload: { at: '2026-03-01T00:00:00Z', water_index_m3: 3.5, battery_pct: '80' },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 3.5, at: '2026-03-01T00:00:00Z' }],
        rejections: ['not-a-number'],
      },
    },
    {
      name: 'a negative index cannot be true',
      payload: { at: '2026-03-01T00:00:00Z', water_index_m3: -0.001 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'a local time without offset cannot be read',
      payload: { at: '2026-03-01T08:00:00', water_index_m3: 3.5 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'clock-malformed' },
    },
    {
      name: 'broken JSON',
      payload: '{"at":',
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'malformed-json' },
    },
    {
      name: 'a bare number',
      payload: 5,
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'an empty object',
      payload: {},
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'a metric that the model does not have',
      payload: { pulse_bpm: 70 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'unknown-metric' },
    },
  ],
});
