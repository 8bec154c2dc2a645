import fc from 'fast-check';
import { describe, test } from 'vitest';
import { runs } from './runs.ts';
import { spells, WornLife } from './scenarios/worn-life.ts';

describe('whatever somebody is like and does', () => {
  test('signs beyond their limits are told when docs/rules.md promises it, and nothing else is', () => {
    fc.assert(
      fc.property(spells(12), (life) => {
        new WornLife().live(life);
      }),
      { numRuns: runs(4, 1_500) },
    );
  }, 900_000);
});
