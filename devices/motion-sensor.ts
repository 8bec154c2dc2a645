import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'battery_pct', 'signal_dbm'] as const;
const events = ['tamper', 'tamper_cleared', 'boot'] as const;

export default defineDevice({
  model: 'motion-sensor',
  title: { zh: '人体活动感应器', en: 'Motion sensor' },
  summary: {
    zh: '感应到活动时立即上报，无活动时每小时心跳。房间写在登记的 place 中；卫生间停留规则需要它。',
    en: 'Says at once when somebody moves, and a heartbeat each hour while nobody does. Its room stands in the registry as place; the bathroom rule needs it.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  // The heartbeat: between two of them a room in which nobody moves says nothing.
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'somebody moves, and does not any more',
      payload: [
        { at: '2026-03-01T00:00:00Z', motion_bool: true },
        { at: '2026-03-01T00:01:30Z', motion_bool: false },
      ],
      receivedAt: '2026-03-01T00:01:31Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:01:30Z' },
        ],
      },
    },
    {
      name: 'a heartbeat',
      payload: { at: '2026-03-01T01:00:00Z', motion_bool: 0, battery_pct: 77 },
      receivedAt: '2026-03-01T01:00:01Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T01:00:00Z' },
          { metric: 'battery_pct', value: 77, at: '2026-03-01T01:00:00Z' },
        ],
      },
    },
    {
      name: 'a word instead of yes or no',
      payload: { at: '2026-03-01T00:00:00Z', motion_bool: 'yes' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'not-a-number' },
    },
  ],
});
