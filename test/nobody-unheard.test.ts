import fc from 'fast-check';
import { describe, test } from 'vitest';
import { runs, SLOW } from './runs.ts';
import { AnyLife } from './scenarios/any-life.ts';
import { LifeDisk } from './scenarios/life-disk.ts';
import { type Life, lives } from './scenarios/life-happenings.ts';

describe('whatever happens around it', () => {
  test('whoever calls is heard, whoever falls silent is missed, and no case is forgotten', () => {
    fc.assert(
      fc.property(lives(SLOW ? 60 : 24), (life) => {
        new AnyLife(life).live(life.happenings);
      }),
      { numRuns: runs(6, 2_000) },
    );
  }, 900_000);

  test('a service that is cut off and begins again knows what it knew', async () => {
    const cutOff = async ({ beginning, happenings }: Life): Promise<void> => {
      const life = new AnyLife({ beginning, restartsEvery: 0 });
      const disk = await LifeDisk.of(life.story);
      try {
        for (const { pick } of life.lived(happenings)) await disk.follows(pick);
        await disk.isRemembered();
      } finally {
        await disk.close();
      }
    };
    await fc.assert(fc.asyncProperty(lives(SLOW ? 40 : 16), cutOff), { numRuns: runs(1, 200) });
  }, 900_000);
});
