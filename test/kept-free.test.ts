import { expect, test } from 'vitest';
import { PRIORITIES } from '../src/model/alert.ts';
import { addressAllowance, allowance } from '../src/notify/kept-free.ts';

const allowed = (max: number): number[] => PRIORITIES.map((priority) => allowance(max, priority));

test('of a limit something is kept for what is graver, of four calls an hour one for a P1', () => {
  expect(allowed(60)).toEqual([60, 50, 40, 40]);
  expect(allowed(4)).toEqual([4, 3, 3, 3]);
});

test('what allows a single message allows it for everything', () => {
  expect(allowed(1)).toEqual([1, 1, 1, 1]);
});

const byNumber = (max: number, isFirst: boolean, isMilder: boolean): number[] =>
  PRIORITIES.map((priority) => addressAllowance(max, { priority, isFirst, isMilder }));

test('of a telephone’s four calls the last is for the first word of a P1, and half is all that drills and things get', () => {
  expect(byNumber(4, true, false)).toEqual([4, 3, 2, 2]);
  expect(byNumber(4, false, false)).toEqual([3, 2, 2, 2]);
  expect(byNumber(4, true, true)).toEqual([2, 2, 2, 2]);
  expect(byNumber(18, true, false)).toEqual([18, 15, 12, 9]);
  expect(byNumber(1, false, true)).toEqual([1, 1, 1, 1]);
});
