import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { instant, productRules, type Setting, Story } from './story.ts';

/** Beside the meter that is read each hour one for hot water, which brings the hours of a day at once. Nobody draws hot water. */
const setting: Setting = {
  homes: { h1: ['meter'] },
  rules: productRules.filter(({ id }) => id === 'W0' || id === 'W1'),
  entries: [
    { noun: 'device', id: 'hot', model: 'water-meter', home: 'h1', enrolledAt: T0, expectedIntervalMs: DAY },
  ],
};

/** The hours of the day until this instant. */
function brings(story: Story, until: number): void {
  const hours = Array.from({ length: 24 }, (_, n) => until - (23 - n) * HOUR);
  story.publish(
    'hot',
    hours.map((at) => ({ at, water_index_m3: 7 })),
  );
}

/** Weeks in which the routine is learned; then nobody draws water since eight in the evening. */
function learned(): Story {
  const story = new Story(setting);
  for (let day = 2; day <= 29; day++) {
    story.until(`day ${day} 12:10`);
    brings(story, instant(`day ${day} 12:00`));
  }
  story.until('day 29 20:30');
  story.home('h1').meter.standsStill();
  return story;
}

describe('a home with a second meter that is behind', () => {
  test('is found when both have been read', () => {
    const story = learned();
    story.until('day 30 12:10');
    brings(story, instant('day 30 12:00'));
    expect(story.alerts('h1')).toEqual(['W0 raised day 30 12:10']);
  });

  test('is not taken for one without water when the other has been drawn from since', () => {
    const story = learned();
    story.until('day 30 16:30');
    story.home('h1').meter.lives();
    story.until('day 30 18:10');
    brings(story, instant('day 30 12:00'));
    story.until('day 31 10:00');
    expect(story.alerts('h1')).toEqual([]);
  });

  test('is well again with the first draw, and not a day later', () => {
    const story = learned();
    story.until('day 30 12:10');
    brings(story, instant('day 30 12:00'));
    story.until('day 30 12:30');
    story.home('h1').meter.lives();
    story.until('day 31 10:00');
    expect(story.alerts('h1')).toEqual(['W0 raised day 30 12:10, recovered day 30 17:00']);
  });
});
