import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crowding, lengthWithin } from '../src/lib/crowding.ts';
import { quantileOfCounts } from '../src/lib/quantile.ts';

test('from the third of three within ten until the first of them is ten ago, and on while more come', () => {
  expect(crowding([0, 4, 8], 3, 10)).toEqual([{ from: 8, to: 10 }]);
  expect(crowding([0, 4, 8, 9], 3, 10)).toEqual([{ from: 8, to: 14 }]);
  expect(crowding([0, 5, 10], 3, 10)).toEqual([]);
  expect(crowding([0, 1, 2, 50, 51, 52], 3, 10)).toEqual([
    { from: 2, to: 10 },
    { from: 52, to: 60 },
  ]);
});

test('an instant is in a crowd exactly where so many lie behind it', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 });
  fc.assert(
    fc.property(
      instants,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 30 }),
      (all, count, within) => {
        const sorted = [...all].sort((a, b) => a - b);
        const found = crowding(sorted, count, within);
        let length = 0;
        for (let at = 0; at < 240; at++) {
          const behind = sorted.filter((one) => one <= at && one > at - within).length;
          expect(found.some(({ from, to }) => from <= at && at < to)).toBe(behind >= count);
          if (behind >= count) length++;
        }
        expect(lengthWithin(found, { from: 0, to: 240 })).toBe(length);
        for (const [i, { from }] of found.entries())
          if (i > 0) expect(from).toBeGreaterThan(found[i - 1]?.to ?? 0);
      },
    ),
  );
});

test('a quantile of counts is that of all of them, those of nothing among them', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(counts, fc.constantFrom(0.5, 0.9, 0.95, 1), (all, share) => {
      const sorted = [...all].sort((a, b) => a - b);
      const expected = sorted[Math.max(0, Math.ceil(all.length * share) - 1)];
      const some = all.filter((one) => one > 0);
      expect(quantileOfCounts(some, all.length, share)).toBe(expected);
    }),
  );
  expect(quantileOfCounts([], 0, 0.5)).toBeUndefined();
});
