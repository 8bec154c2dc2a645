import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['battery_pct', 'signal_dbm'] as const;
const events = [
  'gas',
  'carbon_monoxide',
  'alarm_cleared',
  'alarm_test',
  'tamper',
  'tamper_cleared',
  'boot',
] as const;

export default defineDevice({
  model: 'gas-detector',
  title: { zh: '燃气报警器', en: 'Gas detector' },
  summary: {
    zh: '燃气泄漏、一氧化碳（如有）报警，报警解除，自检，电量。报警立即上报，每天一次心跳。',
    en: 'Leaking gas, carbon monoxide where it has that, back to normal, test button, battery. Alarms at once, a heartbeat once a day.',
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
      payload: { at: '2026-03-01T08:00:00+08:00', event: 'gas' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { readings: [], events: [{ event: 'gas', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an alarm is taken even if its clock cannot be read',
      payload: { at: 'now', event: 'gas' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [],
        events: [{ event: 'gas', at: '2026-03-01T00:00:01Z' }],
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
