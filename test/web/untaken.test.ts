import { expect, test } from 'vitest';
import type { Priority } from '../../src/model/alert.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { markOf, withChange } from '../../src/web/cases/untaken-count.ts';

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
