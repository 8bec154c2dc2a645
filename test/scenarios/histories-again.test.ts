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

describe('a thermometer that brings its whole memory each evening', () => {
  const V7: Setting = { homes: { h1: ['thermometer'] }, rules: productRules.filter(({ id }) => id === 'V7') };
  /** A morning of high fever and a good noon on the second day; from then on all is well. */
  const memory = (day: number): (readonly [at: number, celsius: number])[] =>
    Array.from({ length: day - 1 }, (_, n) => n + 2).flatMap((morning) =>
      [0, 20, 300, 320].map((minute) => {
        const at = T0 + (24 * (morning - 1) + 7) * HOUR + minute * MINUTE;
        return [at, morning === 2 && minute < 60 ? 39.4 : 36.8] as const;
      }),
    );

  tell('tells of a fever once', V7, (story) => {
    for (const day of [2, 3, 4, 5]) {
      story.until(`day ${day} 20:00`);
      for (const [at, body_temperature_c] of memory(day))
        story.publish('h1-thermometer', { at, body_temperature_c });
    }
    expect(story.alerts('h1')).toHaveLength(1);
  });

  tell('tells of it once, where all of it comes in one message', V7, (story) => {
    for (const day of [2, 3, 4, 5]) {
      story.until(`day ${day} 20:00`);
      story.publish(
        'h1-thermometer',
        memory(day).map(([at, body_temperature_c]) => ({ at, body_temperature_c })),
      );
    }
    expect(story.alerts('h1')).toHaveLength(1);
  });
});

tell(
  'a band whose clock stands still is believed again when it measures too little oxygen anew',
  { homes: { h1: ['band'] }, rules: productRules.filter(({ id }) => id === 'V6') },
  (story) => {
    const at = T0 + 9 * HOUR;
    story.until('09:00');
    for (const [hour, spo2_pct] of [
      [9, 86],
      [10, 97],
      [11, 98],
      [12, 85],
    ] as const) {
      story.until(`day 1 ${String(hour).padStart(2, '0')}:05`);
      story.publish('h1-band', { at, spo2_pct });
    }
    story.until('14:00');
    expect(story.alerts('h1')).toEqual([
      'V6 raised day 1 09:35, recovered day 1 11:05',
      'V6 raised day 1 12:35',
    ]);
  },
);

tell(
  'a band that brings its falls again every hour has not seen more of them',
  { homes: { h1: ['band'] }, rules: productRules.filter(({ id }) => id === 'B2-review') },
  (story) => {
    story.until('10:00');
    const falls = [0, 20, 40].map((minute) => ({ at: story.now + minute * MINUTE, event: 'fall' }));
    const beside = (at: number) => Array.from({ length: 8 }, (_, n) => ({ at: at + n, pulse_bpm: 70 + n }));
    for (const hour of [11, 12, 13]) {
      story.until(`${hour}:00`);
      for (const one of [...falls, ...beside(story.now)]) story.publish('h1-band', one);
    }
    expect(story.alerts('h1').filter((alert) => alert.startsWith('B2-review'))).toEqual([]);
  },
);
