import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { productRules, type Setting, type Story, tell } from './story.ts';

const by = (...rules: string[]): Setting => ({
  homes: { h1: ['band'] },
  rules: productRules.filter(({ id }) => rules.includes(id)),
});

/** So many hours of somebody who goes about at home: once an hour, or more often, the band says what it measured and how far they went. */
function says(story: Story, hours: number, everyMinutes: number, values: object): void {
  const to = story.now + hours * HOUR;
  for (let at = story.now, steps = 1000; at < to; at += everyMinutes * 60_000, steps += 2 * everyMinutes) {
    story.now = at;
    story.publish('h1-band', { at, steps_count: steps, ...values });
  }
  story.now = to;
  story.tick();
}

describe('steps that are told once an hour do not say that somebody walks now', () => {
  tell('a fast pulse that holds is found', by('V4'), (story) => {
    story.until('09:00');
    story.publish('h1-band', { at: story.now, steps_count: 900 });
    story.until('10:00');
    says(story, 4, 60, { pulse_bpm: 128 });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 11:00']);
  });

  tell('so is too little oxygen', by('V6'), (story) => {
    story.until('10:00');
    says(story, 4, 60, { spo2_pct: 85 });
    expect(story.alerts('h1')[0]).toMatch(/^V6 raised day 1 1[01]:/);
  });

  tell('so is a low pressure', by('V3'), (story) => {
    story.until('09:00');
    story.publish('h1-band', { at: story.now, steps_count: 900 });
    story.until('10:00');
    says(story, 4, 60, { systolic_mmhg: 80, diastolic_mmhg: 50 });
    expect(story.alerts('h1')[0]).toMatch(/^V3 raised day 1 1[01]:/);
  });
});

describe('steps that are told every ten minutes do', () => {
  tell('whoever walks for hours is left in peace', by('V3', 'V4', 'V6'), (story) => {
    story.until('09:50');
    story.publish('h1-band', { at: story.now, steps_count: 900 });
    story.until('10:00');
    const walking = { pulse_bpm: 128, spo2_pct: 85, systolic_mmhg: 80, diastolic_mmhg: 50 };
    says(story, 4, 10, walking);
    expect(story.alerts('h1')).toEqual([]);
  });
});
