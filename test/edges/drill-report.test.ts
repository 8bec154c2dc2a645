import { expect, test } from 'vitest';
import { drillReport } from '../../src/api/drill-report.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { NumberedCase } from '../../src/ports/records.ts';

const NOON = Date.UTC(2026, 2, 1, 4);
const DRILL = {
  openedAt: NOON,
  status: 'acknowledged',
  takenAt: NOON + 90_000,
  acknowledgedBy: '周敏',
  onTheWayAt: NOON + 95_000,
} as NumberedCase;

const call = (name: string, channel: string, afterS: number, change: Partial<Notice> = {}): Notice =>
  ({
    recipient: { kind: 'staff', id: name, name, role: 'grid-worker' },
    channel,
    createdAt: NOON + afterS * 1000,
    state: 'accepted',
    acceptedAt: NOON + afterS * 1000 + 200,
    ...change,
  }) as Notice;

test('the report of a drill names everybody once for each way, with how often and how soon', () => {
  const { told, steps } = drillReport(DRILL, [
    call('周敏', 'wecom', 60, { state: 'seen', seenAt: NOON + 72_000 }),
    call('周敏', 'wecom', 0),
    call('周敏', 'mail', 0, { state: 'withdrawn', acceptedAt: undefined as never }),
    call('赵师傅', 'wecom', 0, { state: 'delivered', deliveredAt: NOON + 3_000 }),
    // That somebody has it is no call.
    call('赵师傅', 'wecom', 91, { follows: { notice: 'n1' } as never, state: 'seen', seenAt: NOON + 99_000 }),
  ]);
  expect(told.map(({ name, channel, notices, state }) => [name, channel, notices, state])).toEqual([
    ['周敏', 'wecom', 2, 'seen'],
    ['周敏', 'mail', 1, 'withdrawn'],
    ['赵师傅', 'wecom', 1, 'delivered'],
  ]);
  expect(told[0]).toMatchObject({ at: NOON, acceptedMs: 200, seenMs: 12_000 });
  expect(told[2]).not.toHaveProperty('seenMs');
  expect(steps.map(({ what, afterMs }) => [what, afterMs])).toEqual([
    ['taken', 90_000],
    ['on-the-way', 95_000],
  ]);
});
