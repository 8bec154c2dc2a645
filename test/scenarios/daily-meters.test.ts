import { describe, expect } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { T0 } from '../core.ts';
import { productRules, type Setting, type Story, tell } from './story.ts';

const W1: Setting = {
  homes: { h1: [] },
  rules: productRules
    .filter(({ id }) => id === 'W1')
    .map((rule) => ({ ...rule, params: { ...rule.params, asideForRoutine: false } })),
  entries: [
    {
      noun: 'device',
      id: 'meter',
      model: 'water-meter',
      home: 'h1',
      enrolledAt: T0,
      expectedIntervalMs: DAY,
    },
  ],
};

/** Reads the meter at these times of these days. */
function reads(story: Story, at: readonly (readonly [when: string, litres: number])[]): void {
  for (const [when, litres] of at) {
    story.until(when);
    story.publish('meter', { at: story.now, water_index_m3: litres / 1000 });
  }
}

describe('a meter that is read once a day', () => {
  tell('tells of a day on which a little was drawn when it is read, and not a day later', W1, (story) => {
    reads(story, [
      ['day 1 00:02', 1000],
      ['day 2 00:02', 1120],
      ['day 3 00:02', 1126],
      ['day 4 00:02', 1126],
    ]);
    expect(story.alerts('h1')).toEqual(['W1 raised day 3 00:02']);
  });

  tell('and was not read on one day tells of the dry days when it is', W1, (story) => {
    reads(story, [
      ['day 1 00:02', 1000],
      ['day 2 00:04', 1120],
      ['day 3 00:02', 1230],
      ['day 5 00:05', 1234],
    ]);
    expect(story.alerts('h1')).toEqual(['W1 raised day 5 00:05']);
    expect(story.rawAlerts('h1')[0]?.evidence.text.en).toMatch(/^Only 4 L of water in 48/);
  });

  tell(
    'and was not read on one day says nothing where all of it may have been drawn on the other',
    W1,
    (story) => {
      reads(story, [
        ['day 1 00:02', 1000],
        ['day 2 00:04', 1120],
        ['day 3 00:02', 1230],
        ['day 5 00:05', 1246],
      ]);
      expect(story.alerts('h1')).toEqual([]);
    },
  );
});

const W5: Setting = { ...W1, rules: productRules.filter(({ id }) => id === 'W5') };

tell('a leak that a meter cannot show is not said to be looked for', W5, (story) => {
  const state = (): string | undefined => {
    const home = story.core.subjects.get('h1');
    return home && watchesOf(story.core.engine, home, story.now).find(({ rule }) => rule === 'W5')?.state;
  };
  reads(story, [
    ['day 1 06:00', 1000],
    ['day 1 07:00', 1005],
  ]);
  expect(state()).toBe('watching');
  reads(story, [['day 2 07:00', 1100]]);
  expect(state()).toBe('too-sparse');
});
