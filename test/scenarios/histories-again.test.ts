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

describe('what a device brings again of before', () => {
  const by = (id: string, device: 'band' | 'thermometer'): Setting => ({
    homes: { h1: [device] },
    rules: productRules.filter((rule) => rule.id === id),
  });
  type Kept = readonly (readonly [hour: number, value: number])[];
  /** All of these are brought, hours since the story began. */
  const brings = (story: Story, device: string, metric: string, kept: Kept): void => {
    for (const [hour, value] of kept)
      story.publish(`h1-${device}`, { at: T0 + Math.round(hour * 60) * MINUTE, [metric]: value });
  };
  const good: Kept = [7, 31, 55, 79].flatMap((hour) => [
    [hour, 36.7],
    [hour + 0.5, 36.8],
    [hour + 5, 36.6],
    [hour + 5.5, 36.7],
  ]);

  tell('does not end a fever of now', by('V7', 'thermometer'), (story) => {
    const fever: Kept = [
      [112, 39.4],
      [112.5, 39.5],
    ];
    for (const hour of [17, 20]) {
      story.until(`day 5 ${hour}:00`);
      brings(story, 'thermometer', 'body_temperature_c', [...good, ...fever]);
    }
    expect(story.alerts('h1')).toEqual(['V7 raised day 5 17:00']);
    story.until('day 5 22:00');
    brings(story, 'thermometer', 'body_temperature_c', [
      [117, 37],
      [117.5, 36.9],
    ]);
    expect(story.alerts('h1')).toEqual(['V7 raised day 5 17:00, recovered day 5 22:00']);
  });

  tell('is no fever of now, however many there were', by('V7', 'thermometer'), (story) => {
    const kept: (readonly [number, number])[] = [];
    for (let day = 1; day <= 14; day++) {
      const morning = 24 * (day - 1) + 7;
      const readings = [39.4, 39.3, 36.8, 36.7];
      kept.push(...readings.map((value, n) => [morning + n / 2, value] as const));
      story.until(`day ${day} 20:00`);
      brings(story, 'thermometer', 'body_temperature_c', kept);
    }
    expect(story.alerts('h1')).toHaveLength(14);
  });

  tell('is not told again where people had resolved it while it lasted', by('V7', 'thermometer'), (story) => {
    const fever: Kept = [
      [8, 38.6],
      [8.5, 38.6],
    ];
    story.until('day 1 09:00');
    brings(story, 'thermometer', 'body_temperature_c', fever);
    story.resolve('h1.c1');
    const after: Kept = [
      [10, 38.5],
      [10.5, 38.4],
    ];
    story.until('day 1 11:00');
    brings(story, 'thermometer', 'body_temperature_c', [...fever, ...after]);
    for (const hour of [16, 20]) {
      story.until(`day 1 ${hour}:00`);
      const well: Kept = [13, 13.5, 14, 14.5, 15, 15.5].map((at) => [at, 36.8]);
      brings(story, 'thermometer', 'body_temperature_c', [...fever, ...after, ...well]);
    }
    expect(story.alerts('h1')).toHaveLength(1);
  });

  tell('does not confirm itself', by('V6', 'band'), (story) => {
    story.until('10:00');
    brings(story, 'band', 'spo2_pct', [[10, 90]]);
    story.until('11:00');
    for (let n = 0; n < 8; n++) story.publish('h1-band', { at: story.now - n, pulse_bpm: 70 + n });
    brings(story, 'band', 'spo2_pct', [[10, 90]]);
    expect(story.rawAlerts('h1').map(({ priority }) => priority)).toEqual(['P3']);
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
    expect(reviews(story)).toEqual([]);
  },
);

const reviews = (story: Story): string[] => story.alerts('h1').filter((one) => one.startsWith('B2-review'));

tell(
  'a band without a clock that brings four falls at once has seen four, and no more where it says so again',
  { homes: { h1: ['band'] }, rules: productRules.filter(({ id }) => id === 'B2-review') },
  (story) => {
    const fall = { event: 'fall' };
    story.until('10:00');
    story.publish('h1-band', [fall, fall, fall]);
    story.publish('h1-band', { at: story.now, ...fall });
    expect(reviews(story)).toEqual([]);
    story.until('11:00');
    story.publish('h1-band', fall);
    expect(reviews(story)).toEqual(['B2-review raised day 1 11:00']);
    story.until('day 2 10:01');
    expect(reviews(story)).toEqual(['B2-review raised day 1 11:00, recovered day 2 10:00']);
  },
);
