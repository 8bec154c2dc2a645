import { expect, test } from 'vitest';
import { PRIORITIES } from '../src/model/alert.ts';
import { allowance } from '../src/notify/kept-free.ts';

const allowed = (max: number): number[] => PRIORITIES.map((priority) => allowance(max, priority));

test('of a limit something is kept for what is graver, of four calls an hour one for a P1', () => {
  expect(allowed(60)).toEqual([60, 50, 40, 40]);
  expect(allowed(4)).toEqual([4, 3, 3, 3]);
});

test('what allows a single message allows it for everything', () => {
  expect(allowed(1)).toEqual([1, 1, 1, 1]);
});
