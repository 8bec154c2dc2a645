import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ID_MAX, IdSet } from '../src/model/id-set.ts';
import { runs } from './runs.ts';

const ids = fc.array(fc.integer({ min: 1, max: ID_MAX }), { maxLength: 12 });
const setOf = (some: readonly number[]): IdSet => some.reduce((set, id) => set.with(id), IdSet.none);

test('a set of ids tells what is in it, and what it has in common with another', () => {
  fc.assert(
    fc.property(ids, ids, fc.integer({ min: 1, max: ID_MAX }), (some, others, id) => {
      const [a, b] = [setOf(some), setOf(others)];
      const [held, beside] = [new Set(some), new Set(others)];
      const both = [...held].filter((one) => beside.has(one)).sort((x, y) => x - y);
      expect([a.size, a.has(id)]).toEqual([held.size, held.has(id)]);
      expect(a.and(b).ids).toEqual(both);
      expect(a.meets(b)).toBe(both.length > 0);
      expect(a.isWithin(b)).toBe(both.length === held.size);
      expect(a.equals(b)).toBe(both.length === held.size && both.length === beside.size);
      expect([a.isWithin(IdSet.all), a.meets(IdSet.all)]).toEqual([true, held.size > 0]);
    }),
    { numRuns: runs(100) },
  );
});

test('the same ids are the same set, in whatever order they came', () => {
  expect(setOf([200, 3, 64])).toBe(setOf([64, 200, 3, 64]));
});

test('ever new mixtures do not pile up, and those of before still say what they hold', () => {
  const before = setOf([7, 255]);
  for (let id = 1; id < 60; id++) for (let other = 1; other < 60; other++) setOf([id, other]);
  const after = setOf([255, 7]);
  expect(after).not.toBe(before);
  expect([after.equals(before), before.equals(after), before.meets(after)]).toEqual([true, true, true]);
});

test('ids up to 30 are bits as they are stored, whatever else there is; with others a set has none', () => {
  expect([IdSet.none.bits, setOf([1, 30]).bits, setOf([31]).bits, setOf([2, 32]).bits]).toEqual([
    0,
    2 ** 30 + 2,
    -1,
    -1,
  ]);
});
