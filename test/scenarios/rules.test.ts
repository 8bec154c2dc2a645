import { describe, expect } from 'vitest';
import { productRules, type Story, tell } from './story.ts';

const setting = { homes: { h1: ['meter'], h2: ['meter'] } } as const;

function withoutWater(story: Story): void {
  story.until('day 2 12:30');
  for (const { meter } of story.everyHome) meter.standsStill();
  story.until('day 3 12:30');
}

/** C1 looks at other rules: it goes with them. */
const without = (id: string) => productRules.filter((rule) => rule.id !== id && rule.id !== 'C1');
const override = { home: 'h1', rule: 'W1', author: '李医生', reason: '住户在乡下有菜园' };

describe('a rule set that is replaced while an alert is open', () => {
  tell('by one in another order: nothing happens', setting, (story) => {
    withoutWater(story);
    expect(story.open()).toEqual(['W1', 'W1']);
    expect(story.replaceRules([...productRules].reverse())).toBe('ok');
    story.until('day 4 12:00');
    expect(story.open()).toEqual(['W1', 'W1']);
    story.home('h1').meter.lives();
    story.until('day 5 00:00');
    expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 4 18:00']);
  });

  tell(
    'by one without the rule: the alert stands under the rule that raised it until it ends',
    setting,
    (story) => {
      withoutWater(story);
      story.replaceRules(without('W1'));
      story.until('day 4 12:00');
      expect(story.open()).toEqual(['W1', 'W1']);
      story.home('h1').meter.lives();
      story.until('day 5 00:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 4 18:00']);
      story.home('h1').meter.standsStill();
      story.until('day 7 00:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 4 18:00']);
      expect(story.open('h2')).toEqual(['W1']);
    },
  );

  tell('and back: it is one and the same alert', setting, (story) => {
    withoutWater(story);
    story.replaceRules(without('W1'));
    story.until('day 3 14:30');
    story.replaceRules(productRules);
    story.until('day 4 12:00');
    story.home('h1').meter.lives();
    story.until('day 5 00:00');
    expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 4 18:00']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1']);
  });

  tell(
    'by one with other limits: the alert is judged by those it was raised under, the next by the new ones',
    setting,
    (story) => {
      withoutWater(story);
      const strict = { windowHours: 24, belowLitres: 2, clearAboveLitres: 2, leakCorrected: false };
      story.replaceRules([{ id: 'W1', kind: 'low-consumption', params: strict }]);
      // Three litres would end it under the new limits, not under those that people were told of.
      story.home('h1').meter.litres += 3;
      story.until('day 4 12:00');
      expect(story.open('h1')).toEqual(['W1']);
      story.home('h1').meter.lives();
      story.until('day 5 00:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 4 18:00']);
    },
  );

  tell(
    'by one whose rule of that name is of another kind: the old alert stands, the new rule begins afresh',
    setting,
    (story) => {
      withoutWater(story);
      story.replaceRules([{ id: 'W1', kind: 'silence' }]);
      story.home('h1').meter.dies();
      story.until('day 4 00:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00', 'W1 raised day 3 16:00']);
      expect(story.open('h2')).toEqual(['W1']);
    },
  );

  tell('by one without the rule, and people resolve it: it does not come back', setting, (story) => {
    withoutWater(story);
    story.replaceRules(without('W1'));
    expect(story.resolve('h1.c1', 'away')).toBe('ok');
    story.until('day 5 00:00');
    expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, resolved day 3 12:30']);
  });

  tell('by one with a mistake: the old one stays in force', setting, (story) => {
    withoutWater(story);
    expect(story.replaceRules([{ id: 'W1', kind: 'low-consumption', params: { windowHours: -1 } }])).toBe(
      'RULES_INVALID',
    );
    expect(story.open()).toEqual(['W1', 'W1']);
  });

  tell(
    'while a fall waits for its wearer: the fall is not forgotten',
    { homes: { h1: ['band'] } },
    (story) => {
      story.until('10:00');
      story.home('h1').band.falls();
      story.replaceRules([...productRules].reverse());
      story.until('10:01');
      expect(story.open()).toEqual(['B2']);
    },
  );

  tell(
    'with a new rule: it watches from now on',
    { homes: { h1: ['meter'] }, rules: without('M1') },
    (story) => {
      story.until('10:00');
      story.home('h1').meter.dies();
      story.until('18:00');
      expect(story.alerts()).toEqual([]);
      story.replaceRules(productRules);
      story.tick();
      story.until('18:01');
      expect(story.open()).toEqual(['M1']);
    },
  );
});

describe('another limit for one home', () => {
  tell(
    'counts there and nowhere else',
    {
      ...setting,
      overrides: [{ ...override, params: { belowLitres: 1, clearAboveLitres: 2, leakCorrected: false } }],
    },
    (story) => {
      story.until('day 2 12:30');
      for (const { meter } of story.everyHome) meter.standsStill();
      // Two litres at midnight: too little for anybody, but not for this home.
      story.until('day 3 00:30');
      for (const { meter } of story.everyHome) meter.litres += 2;
      story.until('day 3 13:30');
      expect(story.open('h1')).toEqual([]);
      expect(story.open('h2')).toEqual(['W1']);
    },
  );

  tell('may be: not at all', { ...setting, overrides: [{ ...override, enabled: false }] }, (story) => {
    withoutWater(story);
    expect(story.alerts('h1')).toEqual([]);
    expect(story.open('h2')).toEqual(['W1']);
  });

  tell(
    'that switches the rule off while the alert is open leaves that alert to its end',
    setting,
    (story) => {
      withoutWater(story);
      story.replaceRules(productRules, [{ ...override, enabled: false }]);
      expect(story.open()).toEqual(['W1', 'W1']);
      story.home('h1').meter.lives();
      story.until('day 4 00:00');
      story.home('h1').meter.standsStill();
      story.until('day 6 00:00');
      expect(story.alerts('h1')).toEqual(['W1 raised day 3 12:00, recovered day 3 18:00']);
    },
  );
});
