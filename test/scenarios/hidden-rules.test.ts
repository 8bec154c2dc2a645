import { describe, expect } from 'vitest';
import { T0 } from '../core.ts';
import { productRules, type Setting, type Story, tell } from './story.ts';

const W1 = { id: 'W1', kind: 'low-consumption' };
const E2 = { id: 'E2', kind: 'power-loss' };
const C1 = { id: 'C1', kind: 'composite', params: { signals: [['W1'], ['E2']], withinHours: 48 } };
const entry = (id: string, model: string, more = {}) => ({
  noun: 'device',
  id,
  model,
  home: 'h1',
  enrolledAt: T0,
  ...more,
});
const by = (...rules: object[]): Setting => ({
  homes: { h1: ['meter'] },
  rules,
  entries: [entry('power', 'electricity-meter')],
});

/** No water from the beginning, no power since eleven at night: both are open at six. */
function bothOpen(story: Story): void {
  story.home('h1').meter.standsStill();
  story.publish('power', { at: story.now, mains_power_bool: 1 });
  story.until('23:00');
  story.publish('power', { at: story.now, mains_power_bool: 0 });
  story.until('day 2 06:00');
}
const agreed = (story: Story): string[] => story.alerts('h1').filter((alert) => alert.startsWith('C1'));

describe('a rule over other rules', () => {
  tell('that is put in force finds what agrees already', by(W1, E2), (story) => {
    bothOpen(story);
    story.replaceRules([W1, E2, C1]);
    expect(agreed(story)).toEqual(['C1 raised day 2 06:00']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P1 open: a1 a2 a3']);
  });

  tell(
    'that leaves the shadow is told of what agrees already',
    by(W1, E2, { ...C1, mode: 'shadow' }),
    (story) => {
      bothOpen(story);
      story.replaceRules([W1, E2, C1]);
      expect(agreed(story)).toEqual([
        'C1 raised day 2 01:00, rule-changed day 2 06:00',
        'C1 raised day 2 06:00',
      ]);
      expect(story.cases('h1')[0]).toMatch(/^h1\.c1 safety P1 open/);
    },
  );

  tell('tells nobody what a rule in shadow finds', by({ ...W1, mode: 'shadow' }, E2, C1), (story) => {
    bothOpen(story);
    expect(agreed(story)).toEqual([]);
    story.replaceRules([W1, E2, C1]);
    story.until('day 2 08:00');
    expect(agreed(story)).toEqual(['C1 raised day 2 07:00']);
  });

  tell(
    'is not kept back by what a rule in shadow finds',
    by(
      W1,
      E2,
      { id: 'W7', kind: 'no-draw', mode: 'shadow' },
      { ...C1, params: { ...C1.params, unless: ['W7'] } },
    ),
    (story) => {
      bothOpen(story);
      expect(agreed(story)).toEqual(['C1 raised day 2 01:00']);
    },
  );

  tell(
    'that is in shadow itself counts what others in shadow find',
    by({ ...W1, mode: 'shadow' }, E2, { ...C1, mode: 'shadow' }),
    (story) => {
      bothOpen(story);
      expect(agreed(story)).toEqual(['C1 raised day 2 01:00']);
    },
  );
});

describe('signals that agree', () => {
  const withDoor = (place: string): Setting => ({
    homes: { h1: ['meter'] },
    rules: [W1, E2, C1],
    entries: [
      entry('power', 'electricity-meter'),
      entry('hall', 'motion-sensor', { place: 'hall' }),
      entry('door', 'door-contact', { place }),
    ],
  });
  /** Somebody moves in the hall, and then this door opens. */
  function opensLast(story: Story): void {
    story.home('h1').meter.standsStill();
    story.until('20:00');
    story.publish('hall', { at: story.now, motion_bool: 1 });
    story.until('20:10');
    story.publish('door', { at: story.now, door_open_bool: 1 });
  }

  tell('are told where the refrigerator was the last door that opened', withDoor('kitchen'), (story) => {
    opensLast(story);
    bothOpen(story);
    expect(agreed(story)).toEqual(['C1 raised day 2 01:00']);
  });

  tell('are no more than each where it was the front door', withDoor('entrance'), (story) => {
    opensLast(story);
    bothOpen(story);
    expect(agreed(story)).toEqual([]);
  });
});

describe('a home whose routine is learned', () => {
  const rules = productRules.filter(({ id }) => id === 'W0' || id === 'W1');

  tell(
    'and whose meter turns out to count in ten litres is left to the reference rule at once',
    { homes: { h1: ['meter'] }, rules },
    (story) => {
      story.until('day 30 12:30');
      story.register([entry('h1-meter', 'water-meter', { counterResolution: 0.01 })]);
      story.home('h1').meter.standsStill();
      story.until('day 31 13:30');
      expect(story.alerts('h1')).toEqual(['W1 raised day 31 12:00']);
    },
  );
});
