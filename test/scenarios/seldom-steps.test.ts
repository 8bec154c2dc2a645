import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { instant, productRules, type Setting, type Story, tell } from './story.ts';

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

/** A pulse each minute, and now and then how far they have gone: from one instant of the day to another. */
function measures(
  story: Story,
  until: string,
  { pulse, stepsEach, walks }: { pulse: number; stepsEach: number; walks: boolean },
): void {
  for (const to = instant(until); story.now < to; story.now += MINUTE) {
    if (walks) gone += 60;
    const tells = story.now % (stepsEach * MINUTE) === 0 ? { steps_count: gone } : {};
    story.publish('h1-band', { at: story.now, pulse_bpm: pulse, ...tells });
  }
  story.tick();
}
let gone = 1000;

describe('a pulse each minute, and steps more seldom', () => {
  for (const stepsEach of [60, 30, 15])
    tell(`whoever walks for half an hour is left in peace, told each ${stepsEach} min`, by('V4'), (story) => {
      story.until('08:00');
      measures(story, '10:05', { pulse: 72, stepsEach, walks: false });
      measures(story, '10:35', { pulse: 138, stepsEach, walks: true });
      measures(story, '12:00', { pulse: 80, stepsEach, walks: false });
      expect(story.alerts('h1')).toEqual([]);
    });

  tell('whoever walks for two hours is, told each quarter of an hour', by('V4'), (story) => {
    story.until('08:00');
    measures(story, '10:05', { pulse: 72, stepsEach: 15, walks: false });
    measures(story, '12:05', { pulse: 138, stepsEach: 15, walks: true });
    measures(story, '13:00', { pulse: 80, stepsEach: 15, walks: false });
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('whoever sits is told by the word that shows it, as gravely as it is', by('V4'), (story) => {
    story.until('08:00');
    measures(story, '10:20', { pulse: 72, stepsEach: 60, walks: false });
    measures(story, '11:05', { pulse: 138, stepsEach: 60, walks: false });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 11:00']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P1');
  });

  tell('whoever sits is told after ten minutes, where steps are told as often as that', by('V4'), (story) => {
    story.until('08:00');
    measures(story, '10:03', { pulse: 72, stepsEach: 10, walks: false });
    measures(story, '10:20', { pulse: 138, stepsEach: 10, walks: false });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 10:13']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P1');
  });

  tell('a pulse that stays fast after a walk is told ten minutes after its rest', by('V4'), (story) => {
    story.until('08:00');
    measures(story, '10:01', { pulse: 72, stepsEach: 5, walks: false });
    measures(story, '10:30', { pulse: 138, stepsEach: 5, walks: true });
    measures(story, '11:30', { pulse: 126, stepsEach: 5, walks: false });
    expect(story.alerts('h1')).toEqual(['V4 raised day 1 10:50']);
  });
});

describe('too little oxygen that was measured once, at rest', () => {
  const afterIt = (story: Story, steps: number, then: () => void): void => {
    story.until('08:00');
    measures(story, '10:01', { pulse: 72, stepsEach: 10, walks: false });
    story.until('10:03');
    story.publish('h1-band', { at: story.now, spo2_pct: 85 });
    story.until('10:10');
    gone += steps;
    story.publish('h1-band', { at: story.now, steps_count: gone });
    then();
  };

  tell('is told though the wearer went to the kitchen after it', by('V6'), (story) => {
    afterIt(story, 30, () => story.until('11:00'));
    expect(story.alerts('h1')).toEqual(['V6 raised day 1 10:33']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P3');
  });

  tell('and once more after that, is told as found twice', by('V6'), (story) => {
    afterIt(story, 30, () => {
      story.until('10:20');
      story.publish('h1-band', { at: story.now, spo2_pct: 84 });
    });
    expect(story.alerts('h1')).toEqual(['V6 raised day 1 10:20']);
    expect(story.rawAlerts('h1')[0]?.priority).toBe('P2');
  });

  tell('is told also where it comes together with the steps after it', by('V6'), (story) => {
    story.until('08:00');
    measures(story, '10:01', { pulse: 72, stepsEach: 10, walks: false });
    story.until('10:10');
    const low = { at: story.now - 7 * MINUTE, spo2_pct: 85 };
    gone += 30;
    story.publish('h1-band', [low, { at: story.now, steps_count: gone }]);
    story.until('11:00');
    expect(story.alerts('h1')).toEqual(['V6 raised day 1 10:40']);
  });
});
