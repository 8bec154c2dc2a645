import { expect, test } from 'vitest';
import type { Priority } from '../../src/model/alert.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { alarmsOf, overdueOf } from '../../src/web/cases/alarms.ts';
import { isTakenP1, markOf, withChange } from '../../src/web/cases/untaken-count.ts';

const of = (...priorities: Priority[]) => markOf(priorities.map((priority) => ({ priority })));
const one = (id: string, status: string, version: number): NumberedCase =>
  ({ id, status, version, priority: 'P1' }) as NumberedCase;

test('a tab has room for how many of the gravest there are, and how many besides', () => {
  expect(of()).toBe('');
  expect(of('P3')).toBe('P3×1');
  expect(of('P4', 'P1', 'P2', 'P1')).toBe('P1×2 +2');
  expect(of(...Array<Priority>(300).fill('P4'))).toBe('P4×99+');
});

test('who takes a case takes it off the count, and what came late does not put it there again', () => {
  const open = withChange(new Map(), one('a', 'open', 1));
  expect([...open.keys()]).toEqual(['a']);
  expect([...withChange(open, one('a', 'acknowledged', 2)).keys()]).toEqual([]);
  const reopened = withChange(open, one('a', 'open', 3));
  expect(withChange(reopened, one('a', 'acknowledged', 2))).toBe(reopened);
  expect(withChange(open, one('b', 'resolved', 4))).toBe(open);
});

test('a P1 that somebody has is in sight of all once it is overdue, or once something else was found in it', () => {
  const p1 = (id: string, dueAt: number, number: number) => ({
    ...one(id, 'acknowledged', 1),
    dueAt,
    number,
  });
  const open = { ...one('open', 'open', 1), dueAt: 300, number: 1 };
  const newer = { ...open, id: 'newer', dueAt: 400 };
  const minor = { ...open, id: 'minor', priority: 'P2' } as NumberedCase;
  const taken = [
    p1('in time', 900, 2),
    p1('late', 90, 3),
    p1('latest', 80, 4),
    p1('fell and called', 950, 5),
  ];
  const now = 500;
  const heard = new Map([['fell and called', now - 60_000]]);
  const shown = alarmsOf([open, newer, minor], taken, heard, now);
  expect(shown.map(({ of, why }) => `${of.id}: ${why}`)).toEqual([
    'newer: untaken',
    'open: untaken',
    'fell and called: again',
    'latest: overdue',
    'late: overdue',
  ]);
  const longAgo = new Map([['fell and called', now - 15 * 60_000]]);
  expect(alarmsOf([], taken, longAgo, now).map(({ of }) => of.id)).toEqual(['latest', 'late']);
  expect(markOf([open, ...overdueOf(taken, now)])).toBe('P1×3');
});

test('a P1 that somebody takes is watched until it is given back or resolved', () => {
  const taken = withChange(new Map(), one('a', 'acknowledged', 1), isTakenP1);
  expect([...taken.keys()]).toEqual(['a']);
  expect(withChange(taken, one('b', 'open', 1), isTakenP1)).toBe(taken);
  expect([...withChange(taken, one('a', 'open', 2), isTakenP1).keys()]).toEqual([]);
  expect([...withChange(taken, one('a', 'resolved', 2), isTakenP1).keys()]).toEqual([]);
});
