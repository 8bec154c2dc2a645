import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { DAY } from '../src/lib/clock.ts';

const metrics = ['body_temperature_c', 'battery_pct'] as const;
const events = ['boot'] as const;

export default defineDevice({
  model: 'thermometer',
  title: { zh: '体温计', en: 'Thermometer' },
  summary: {
    zh: '腋下或耳温计：体温。由本人测量，不按时上报。',
    en: 'Armpit or ear thermometer: body temperature. Used when somebody uses it, not by the clock.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  expectedIntervalMs: DAY,
  // Nobody who is well takes their temperature: that it says nothing means nothing for a year.
  silenceGraceMs: 365 * DAY,
  counters: {},
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'a measurement',
      payload: { at: '2026-03-01T08:00:00+08:00', body_temperature_c: 36.7 },
      receivedAt: '2026-03-01T00:00:05Z',
      expect: { readings: [{ metric: 'body_temperature_c', value: 36.7, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'degrees Fahrenheit cannot be true',
      payload: { at: '2026-03-01T00:00:00Z', body_temperature_c: 98.1 },
      receivedAt: '2026-03-01T00:00:05Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'the temperature of the skin is another metric',
      payload: { at: '2026-03-01T00:00:00Z', skin_temperature_c: 33.1 },
      receivedAt: '2026-03-01T00:00:05Z',
      expect: { rejection: 'unknown-metric' },
    },
  ],
});
