import { describe, expect, test } from 'vitest';
import type { RuleSet } from '../../src/model/rule-set.ts';
import { instant, productRules, Story, tell } from './story.ts';

type RuleEntry = RuleSet['rules'][number];
const W1 = productRules.find(({ id }) => id === 'W1') as RuleEntry;
const rules = (more: Partial<RuleEntry>): unknown[] => [{ ...W1, arming: undefined, ...more }];
const home = (away: unknown[] = []) => ({
  noun: 'home',
  id: 'h1',
  parent: 'haitang/g1/b1/u1',
  name: '101',
  away,
});

/** Nobody draws water from noon of the second day on. */
function standsStill(story: Story): void {
  story.until('day 2 12:30');
  story.home('h1').meter.standsStill();
}

describe('a home that is away', () => {
  const setting = { homes: { h1: ['meter'] }, rules: rules({}) } as const;

  tell('raises nothing while it is, and nothing for what was missing meanwhile', setting, (story) => {
    standsStill(story);
    story.register([home([{ from: instant('day 2 13:00'), until: instant('day 5 18:00'), kind: 'travel' }])]);
    story.until('day 5 20:30');
    story.home('h1').meter.lives();
    story.until('day 8 00:00');
    expect(story.alerts()).toEqual([]);
  });

  tell('is watched again from the end on: 24 hours without water after it raise', setting, (story) => {
    standsStill(story);
    story.register([home([{ from: instant('day 2 13:00'), until: instant('day 5 18:00'), kind: 'travel' }])]);
    story.until('day 7 00:00');
    expect(story.alerts()).toEqual(['W1 raised day 6 18:00']);
  });

  tell('keeps the alert that was open before', setting, (story) => {
    standsStill(story);
    story.until('day 3 14:00');
    expect(story.open()).toEqual(['W1']);
    story.register([
      home([{ from: instant('day 3 14:00'), until: instant('day 5 18:00'), kind: 'hospital' }]),
    ]);
    story.until('day 4 12:00');
    expect(story.open()).toEqual(['W1']);
  });

  tell(
    'still has its falls heard: being away is no reason not to need help',
    { homes: { h1: ['band'] } },
    (story) => {
      story.register([home([{ from: instant('00:00'), until: instant('day 5 18:00'), kind: 'travel' }])]);
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.open()).toEqual(['B1']);
    },
  );

  tell(
    'is watched all the same by a rule that the operator wants so',
    { homes: { h1: ['meter'] }, rules: rules({ whileAway: true }) },
    (story) => {
      standsStill(story);
      story.register([
        home([{ from: instant('day 2 13:00'), until: instant('day 5 18:00'), kind: 'travel' }]),
      ]);
      story.until('day 4 00:00');
      expect(story.open()).toEqual(['W1']);
    },
  );
});

describe('a rule that speaks at certain hours', () => {
  const hours = { from: '18:00', to: '22:00' };

  tell(
    'raises what it found before when they begin, though nothing is reported in between',
    { homes: { h1: ['meter'] }, rules: rules({ hours }) },
    (story) => {
      standsStill(story);
      story.until('day 3 12:30');
      expect(story.alerts()).toEqual([]);
      story.home('h1').meter.dies();
      story.until('day 3 19:00');
      expect(story.alerts()).toEqual(['W1 raised day 3 18:00']);
      const [alert] = story.rawAlerts();
      expect(alert?.since).toBe(instant('day 3 12:00'));
      expect(alert?.evidence.freshnessMs).toBe(6 * 3_600_000);
    },
  );

  tell(
    'says nothing of what had ended by then',
    { homes: { h1: ['meter'] }, rules: rules({ hours }) },
    (story) => {
      standsStill(story);
      story.until('day 3 12:30');
      story.home('h1').meter.litres += 40;
      story.until('day 4 00:00');
      expect(story.alerts()).toEqual([]);
    },
  );

  tell(
    'may reach over midnight',
    { homes: { h1: ['meter'] }, rules: rules({ hours: { from: '22:00', to: '06:00' } }) },
    (story) => {
      standsStill(story);
      story.until('day 4 12:00');
      expect(story.alerts()).toEqual(['W1 raised day 3 22:00']);
    },
  );
});

describe('a rule that is not armed yet', () => {
  tell(
    'keeps still until the days are over, and then raises what still holds',
    { homes: { h1: ['meter'] }, rules: rules({ arming: { days: 5 } }) },
    (story) => {
      standsStill(story);
      story.until('day 5 23:30');
      expect(story.alerts()).toEqual([]);
      story.until('day 6 01:30');
      expect(story.alerts()).toEqual(['W1 raised day 6 00:00']);
    },
  );

  tell(
    'never trusts a meter that counts too coarsely',
    {
      homes: { h1: ['meter'] },
      rules: rules({ arming: { days: 0, coarsestLitres: 0.5 } }),
    },
    (story) => {
      standsStill(story);
      story.until('day 5 00:00');
      expect(story.alerts()).toEqual([]);
    },
  );
});

describe('a rule in shadow', () => {
  tell(
    'finds what it would find, and tells nobody',
    { homes: { h1: ['meter'] }, rules: rules({ mode: 'shadow' }) },
    (story) => {
      standsStill(story);
      story.until('day 4 00:00');
      story.home('h1').meter.lives();
      story.until('day 5 12:00');
      expect(story.alerts()).toEqual(['W1 raised day 3 12:00, recovered day 4 07:00']);
      expect(story.rawAlerts().map(({ shadow, case: of }) => ({ shadow, of }))).toEqual([
        { shadow: true, of: '' },
      ]);
      expect(story.cases()).toEqual([]);
      expect(story.notices).toEqual([]);
    },
  );

  tell(
    'that is switched on tells people what still holds',
    { homes: { h1: ['meter'] }, rules: rules({ mode: 'shadow' }) },
    (story) => {
      standsStill(story);
      story.until('day 3 14:30');
      story.replaceRules(rules({}));
      story.until('day 3 20:00');
      expect(story.alerts()).toEqual([
        'W1 raised day 3 12:00, rule-changed day 3 14:30',
        'W1 raised day 3 15:00',
      ]);
      expect(story.cases()).toEqual(['h1.c1 safety P2 open: a2']);
    },
  );

  tell(
    'that was active before leaves its open alert with people',
    { homes: { h1: ['meter'] }, rules: rules({}) },
    (story) => {
      standsStill(story);
      story.until('day 3 14:30');
      story.replaceRules(rules({ mode: 'shadow' }));
      story.home('h1').meter.lives();
      story.until('day 5 12:30');
      story.home('h1').meter.standsStill();
      story.until('day 7 00:00');
      expect(story.cases()).toEqual(['h1.c1 safety P2 open: a1']);
      expect(story.rawAlerts().map(({ shadow }) => shadow)).toEqual([undefined, true]);
    },
  );
});

test('what a gate keeps back is counted once, by rule and gate, until it is found no more', () => {
  const story = new Story({ homes: { h1: ['meter'] }, rules: rules({ arming: { days: 5 } }) });
  standsStill(story);
  story.until('day 5 23:30');
  expect(story.core.engine.heldBack.get('W1')?.get('not-armed')).toBe(1);
});
