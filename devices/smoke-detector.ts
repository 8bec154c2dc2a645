import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['battery_pct', 'signal_dbm'] as const;
const events = [
  'smoke',
  'carbon_monoxide',
  'alarm_cleared',
  'alarm_test',
  'tamper',
  'tamper_cleared',
  'boot',
] as const;

export default defineDevice({
  model: 'smoke-detector',
  title: { zh: '烟雾报警器', en: 'Smoke detector' },
  summary: {
    zh: '烟雾、一氧化碳（如有）报警，报警解除，自检，电量。报警立即上报，每天一次心跳。',
    en: 'Smoke, carbon monoxide where it has that, back to normal, test button, battery. Alarms at once, a heartbeat once a day.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  // The heartbeat: alarms come at once.
  expectedIntervalMs: DAY,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'an alarm',
      payload: { at: '2026-03-01T08:00:00+08:00', event: 'smoke' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { readings: [], events: [{ event: 'smoke', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an alarm is taken even if its clock cannot be read',
      payload: { at: 'now', event: 'smoke' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [],
        events: [{ event: 'smoke', at: '2026-03-01T00:00:01Z' }],
        rejections: ['clock-malformed'],
      },
    },
    {
      name: 'somebody presses its test button: no alarm',
      payload: { at: '2026-03-01T00:00:00Z', event: 'alarm_test', battery_pct: 96 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 96, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'alarm_test', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'an event that it does not have',
      payload: { at: '2026-03-01T00:00:00Z', event: 'sos' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'unknown-event' },
    },
  ],
});
