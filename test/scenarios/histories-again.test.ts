import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { productRules, type Setting, type Story, tell } from './story.ts';

const V2: Setting = {
  homes: { h1: ['cuff'] },
  rules: productRules.filter(({ id }) => id === 'V2'),
};

/** It brings all that it has kept: two readings a morning, from the second day until this one. */
function connects(story: Story, day: number, until = day): void {
  story.until(`day ${day} 20:00`);
  for (let morning = 2; morning <= Math.min(day, until); morning++)
    for (const place of [0, 1]) {
      const at = T0 + (24 * (morning - 1) + 7) * HOUR + 2 * place * MINUTE;
      story.publish('h1-cuff', { at, systolic_mmhg: 150 + morning, diastolic_mmhg: 80 });
    }
}

describe('a cuff that brings its whole memory each evening', () => {
  tell('is not believed to have measured more often than it did', V2, (story) => {
    for (const day of [2, 3, 4, 5, 6, 7, 8]) connects(story, day, 5);
    story.until('day 9 10:00');
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('weighs each reading once in the mean of the week', V2, (story) => {
    for (const day of [2, 3, 4, 5, 6, 7, 8]) connects(story, day);
    story.until('day 9 10:00');
    expect(story.alerts('h1')).toEqual(['V2 raised day 9 09:00']);
    expect(story.rawAlerts('h1')[0]?.evidence.values).toMatchObject({ readings: 12, systolic: 156 });
  });
});
