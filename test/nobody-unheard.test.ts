import fc from 'fast-check';
import { describe, test } from 'vitest';
import { runs, SLOW } from './runs.ts';
import { AnyLife } from './scenarios/any-life.ts';
import { lives } from './scenarios/life-happenings.ts';

describe('whatever happens around it', () => {
  test('whoever calls is heard, whoever falls silent is missed, and no case is forgotten', () => {
    fc.assert(
      fc.property(lives(SLOW ? 60 : 24), (life) => {
        new AnyLife(life).live(life.happenings);
      }),
      { numRuns: runs(6, 2_000) },
    );
  }, 900_000);
});
