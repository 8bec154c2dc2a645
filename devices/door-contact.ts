import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['door_open_bool', 'battery_pct', 'signal_dbm'] as const;
const events = ['tamper', 'tamper_cleared', 'boot'] as const;

export default defineDevice({
  model: 'door-contact',
  title: { zh: '门磁', en: 'Door contact' },
  summary: {
    zh: '门开、门关时立即上报；门不动时只发心跳。登记时可写明位置（place），不写即入户门。',
    en: 'Says at once when the door opens and when it closes, and a heartbeat while it does not move. The registry may name its place; without one it is the front door.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  // The heartbeat: between two of them a door that does not move says nothing.
  expectedIntervalMs: 4 * HOUR,
  // One missed heartbeat is normal for a battery and a weak radio.
  silenceGraceMs: 6 * HOUR,
  counters: {},
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'the door opens',
      payload: { at: '2026-03-01T08:00:00+08:00', door_open_bool: true },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'open and closed in one message',
      payload: [
        { at: '2026-03-01T00:00:00Z', door_open_bool: 1 },
        { at: '2026-03-01T00:00:06Z', door_open_bool: 0 },
      ],
      receivedAt: '2026-03-01T00:00:07Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:06Z' },
        ],
      },
    },
    {
      name: 'a heartbeat',
      payload: { at: '2026-03-01T04:00:00Z', door_open_bool: 0, battery_pct: 91 },
      receivedAt: '2026-03-01T04:00:01Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T04:00:00Z' },
          { metric: 'battery_pct', value: 91, at: '2026-03-01T04:00:00Z' },
        ],
      },
    },
    {
      name: 'a door is open or it is not',
      payload: { at: '2026-03-01T00:00:00Z', door_open_bool: 2 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'out-of-range' },
    },
  ],
});
