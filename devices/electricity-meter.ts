import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['energy_index_kwh', 'power_w', 'mains_power_bool', 'battery_pct', 'signal_dbm'] as const;
const events = ['tamper', 'tamper_cleared', 'boot'] as const;

export default defineDevice({
  model: 'electricity-meter',
  title: { zh: '智能电表', en: 'Smart electricity meter' },
  summary: {
    zh: '累计用电量、功率；停电和来电时立即上报供电状态。每小时一次，也可 15 分钟一次或批量补传。',
    en: 'Cumulative energy and power; says at once when the mains supply goes off or comes back. Hourly, or every quarter of an hour, or in batches.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  expectedIntervalMs: HOUR,
  // As a water meter: two more missed uploads are still normal.
  silenceGraceMs: 2.5 * HOUR,
  // Six digits and two decimals, as on single-phase meters.
  counters: { energy_index_kwh: { max: 1_000_000, resolution: 0.01 } },
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'an hourly index with the power',
      payload: { at: '2026-03-01T08:00:00+08:00', energy_index_kwh: 4321.87, power_w: 64 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: {
        readings: [
          { metric: 'energy_index_kwh', value: 4321.87, at: '2026-03-01T00:00:00Z' },
          { metric: 'power_w', value: 64, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the last gasp before a power cut, and the supply that is back',
      payload: [
        { at: '2026-03-01T00:00:00Z', mains_power_bool: false },
        { at: '2026-03-01T00:40:00Z', mains_power_bool: 1, energy_index_kwh: 4321.9 },
      ],
      receivedAt: '2026-03-01T00:40:03Z',
      expect: {
        readings: [
          { metric: 'mains_power_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'mains_power_bool', value: 1, at: '2026-03-01T00:40:00Z' },
          { metric: 'energy_index_kwh', value: 4321.9, at: '2026-03-01T00:40:00Z' },
        ],
      },
    },
    {
      name: 'what solar panels feed in is negative power',
      payload: { at: '2026-03-01T04:00:00Z', power_w: -1200 },
      receivedAt: '2026-03-01T04:00:02Z',
      expect: { readings: [{ metric: 'power_w', value: -1200, at: '2026-03-01T04:00:00Z' }] },
    },
    {
      name: 'a negative index cannot be true',
      payload: { at: '2026-03-01T00:00:00Z', energy_index_kwh: -1 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'an index of water is not what it measures',
      payload: { at: '2026-03-01T00:00:00Z', water_index_m3: 1 },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'unknown-metric' },
    },
  ],
});
