import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { DAY } from '../src/lib/clock.ts';

const metrics = ['systolic_mmhg', 'diastolic_mmhg', 'pulse_bpm', 'battery_pct'] as const;
const events = ['boot'] as const;

export default defineDevice({
  model: 'blood-pressure-cuff',
  title: { zh: '上臂式血压计', en: 'Blood pressure cuff' },
  summary: {
    zh: '经过验证的上臂袖带血压计：收缩压、舒张压、脉搏。其读数视为测量，可确认或否定手环的提示。',
    en: 'A validated upper-arm cuff: systolic, diastolic, pulse. Its readings count as measured: they confirm or refute what a band hints at.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  expectedIntervalMs: DAY,
  // People forget to measure: silence says nothing for a month.
  silenceGraceMs: 30 * DAY,
  counters: {},
  bloodPressure: 'measured',
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'a measurement',
      payload: { at: '2026-03-01T08:00:00+08:00', systolic_mmhg: 132, diastolic_mmhg: 84, pulse_bpm: 71 },
      receivedAt: '2026-03-01T00:00:20Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 132, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 84, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 71, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'two measurements a minute apart, sent together',
      payload: [
        { at: '2026-03-01T00:00:00Z', systolic_mmhg: 141, diastolic_mmhg: 88 },
        { at: '2026-03-01T00:01:00Z', systolic_mmhg: 137, diastolic_mmhg: 86 },
      ],
      receivedAt: '2026-03-01T00:01:30Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 141, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 88, at: '2026-03-01T00:00:00Z' },
          { metric: 'systolic_mmhg', value: 137, at: '2026-03-01T00:01:00Z' },
          { metric: 'diastolic_mmhg', value: 86, at: '2026-03-01T00:01:00Z' },
        ],
      },
    },
    {
      name: 'a failed measurement is no pressure of 0',
      payload: { at: '2026-03-01T00:00:00Z', systolic_mmhg: 0, diastolic_mmhg: 0 },
      receivedAt: '2026-03-01T00:00:20Z',
      expect: { rejection: 'out-of-range' },
    },
  ],
});
