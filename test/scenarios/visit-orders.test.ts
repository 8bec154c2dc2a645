import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { shortLocal } from '../../src/lib/local-time.ts';
import { CHANGES_KEPT_MAX } from '../../src/model/visit.ts';
import { T0 } from '../core.ts';
import { type Setting, Story } from './story.ts';

/** Visits and changes in any order, told at once or late: what is open, and what it says, follows from the log alone. */
const setting: Setting = { homes: { h1: ['band'] }, rules: [{ id: 'C3', kind: 'visit-overdue' }] };

const event = fc.record({
  /** Hours until it is told, and how long ago it was then. */
  after: fc.integer({ min: 1, max: 60 }),
  ago: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 80 })),
  what: fc.constantFrom('discharge', 'fall', 'illness', 'seen', 'not-met' as const),
});

test('the alert is open while the oldest unanswered change or the last visit is too long ago, and names both', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: CHANGES_KEPT_MAX }), (events) => {
      const story = new Story(setting);
      story.register([{ ...story.core.registry.home('h1'), visitClass: 'high' }]);
      story.until('day 3 00:00');
      const changes: number[] = [];
      let met = 0;
      for (const { after, ago, what } of events) {
        story.after(after * HOUR);
        const at = story.now - ago * HOUR;
        const told = { home: 'h1', at, note: '', source: 'console' } as const;
        if (what === 'seen' || what === 'not-met') {
          const visits = [{ home: 'h1', at, by: '周敏', result: what, note: '' }];
          story.command({ type: 'home.visits', visits, source: 'console' });
          if (what === 'seen') met = Math.max(met, at);
        } else {
          story.command({ type: 'home.change', change: what, ...told });
          changes.push(at);
        }
        story.tick();
        const left = changes.filter((one) => one > met).sort((a, b) => a - b);
        const [oldest = Number.POSITIVE_INFINITY] = left;
        const usual = (met === 0 ? T0 : met) + 7 * DAY;
        const isOverdue = Math.min(oldest + DAY, usual) <= story.now;
        expect(story.open('h1')).toEqual(isOverdue ? ['C3'] : []);
        const text = isOverdue ? story.rawAlerts('h1').at(-1)?.evidence.text.zh : undefined;
        if (text === undefined) continue;
        expect(text.includes('应每 7 天走访一次')).toBe(usual <= story.now);
        expect(text.includes('尚无走访记录')).toBe(left.length > 0);
        for (const one of left) expect(text).toContain(shortLocal(one, 'Asia/Shanghai'));
      }
    }),
    { numRuns: 60 },
  );
});
