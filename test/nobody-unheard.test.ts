import fc from 'fast-check';
import { describe, test } from 'vitest';
import { runs } from './runs.ts';
import { AnyLife, happenings } from './scenarios/any-life.ts';

describe('whatever happens around it', () => {
  test('whoever calls is heard, whoever falls silent is missed, and no case is forgotten', () => {
    fc.assert(
      fc.property(happenings(60), (some) => {
        new AnyLife().live(some);
      }),
      { numRuns: runs(8, 2_000) },
    );
  });
});
