import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { atLength } from '../runs.ts';
import { instant, productRules, Story, tell } from './story.ts';

/** Rules that look for what does not come have deadlines of their own, which pass while a gate is closed. */
const only = (id: string, gates: object): readonly unknown[] =>
  productRules.flatMap((rule) => (rule.id === id ? { ...rule, ...gates } : []));
const leak = { id: 'W5', kind: 'continuous-flow', params: { hours: 24 } };
const byDay = { hours: { from: '08:00', to: '20:00' } };
const fallsSilent = (story: Story, at: string): void => void story.until(at).home('h1').meter.dies();

describe('what is missed while a gate is closed', () => {
  tell(
    'is told when the hours of its rule begin, and time goes on meanwhile',
    { homes: { h1: ['meter'], h2: ['meter'] }, rules: only('M1', byDay) },
    (story) => {
      fallsSilent(story, '21:30');
      story.until('day 2 07:59');
      expect(story.alerts()).toEqual([]);
      story.until('day 2 20:00');
      expect(story.alerts()).toEqual(['M1 raised day 2 08:00']);
    },
  );

  tell(
    'is not told where it has come back by then, and is missed anew',
    { homes: { h1: ['meter'] }, rules: only('M1', byDay) },
    (story) => {
      fallsSilent(story, '21:30');
      story.until('day 2 05:30').home('h1').meter.revives();
      story.until('day 2 09:30');
      expect(story.alerts()).toEqual([]);
      story.home('h1').meter.dies();
      story.until('day 2 20:00');
      expect(story.open('h1')).toEqual(['M1']);
    },
  );

  tell(
    'is told soon after an absence in which nobody wants to hear of it',
    { homes: { h1: ['meter'] }, rules: only('M1', { whileAway: false }) },
    (story) => {
      story.until('09:00');
      const period = { from: story.now, until: story.now + 30 * HOUR, kind: 'travel', note: '' } as const;
      story.command({ type: 'home.away', home: 'h1', period });
      fallsSilent(story, '12:30');
      story.until('day 2 14:59');
      expect(story.open('h1')).toEqual([]);
      story.until('day 2 15:20');
      expect(story.open('h1')).toEqual(['M1']);
    },
  );

  tell(
    'is told soon after its rule was armed',
    { homes: { h1: ['meter'] }, rules: only('M1', { arming: { days: 2 } }) },
    (story) => {
      fallsSilent(story, '12:30');
      story.until('day 2 23:59');
      expect(story.alerts()).toEqual([]);
      story.until('day 3 00:20');
      expect(story.open('h1')).toEqual(['M1']);
    },
  );

  tell(
    'is told at once when the hours of its rule are taken away',
    { homes: { h1: ['meter'] }, rules: only('M1', byDay) },
    (story) => {
      fallsSilent(story, '20:30');
      story.until('day 2 01:00');
      expect(story.alerts()).toEqual([]);
      story.replaceRules(only('M1', {}));
      story.until('day 2 01:20');
      expect(story.open('h1')).toEqual(['M1']);
    },
  );

  tell(
    'and of a rule without a deadline too',
    { homes: { h1: ['meter'] }, rules: [{ ...leak, ...byDay }] },
    (story) => {
      story.home('h1').meter.drips(5);
      story.until('day 2 02:00');
      expect(story.alerts()).toEqual([]);
      story.home('h1').meter.dies();
      story.replaceRules([leak]);
      story.until('day 2 02:20');
      expect(story.open('h1')).toEqual(['W5']);
    },
  );

  tell('is told of visits too', { homes: { h1: ['meter'] }, rules: only('C3', byDay) }, (story) => {
    story.until('12:00').command({ type: 'home.visit-class', home: 'h1', visitClass: 'high' });
    const change = { home: 'h1', at: instant('22:00'), change: 'fall', note: '' } as const;
    story.until('22:00').command({ type: 'home.change', ...change, source: 'console' });
    story.until('day 9 22:00');
    expect(story.alerts()).toEqual(['C3 raised day 3 08:00']);
  });

  tell(
    'is told of homes in which nothing hangs',
    { homes: { h1: [] }, rules: only('M4', byDay) },
    (story) => {
      story.until('day 4 00:00');
      expect(story.alerts()).toEqual(['M4 raised day 2 08:00']);
    },
  );

  for (const how of ['disabled', 'removed'] as const)
    tell(
      `is told of a home whose last device was ${how}, until one hangs there again`,
      { homes: { h1: ['meter', 'band'] }, rules: only('M4', {}) },
      (story) => {
        const { registry } = story.until('12:00').core;
        const devices = registry.devices('h1');
        const off = devices.map((one) => ({ ...one, disabled: true }));
        if (how === 'disabled') story.register(off);
        else
          story.register(
            [],
            devices.map(({ id }) => ({ noun: 'device', key: id })),
          );
        story.until('day 3 00:00');
        expect(story.alerts()).toEqual(['M4 raised day 2 12:00']);
        story.register(devices);
        story.until('day 3 12:00');
        expect(story.open('h1')).toEqual([]);
      },
    );

  /** Some of all that a rule of the product may look for or miss, by day and by night, in an absence and out of it. */
  const goesOn = (rules: readonly unknown[]): void => {
    const homes = {
      h1: ['meter', 'band'],
      h2: ['meter', 'band'],
      h3: ['meter'],
      h4: ['meter'],
      h5: [],
    } as const;
    const story = new Story({ homes, gateways: { gw1: ['h1'] }, rules });
    story.until('05:30').command({ type: 'home.visit-class', home: 'h2', visitClass: 'high' });
    const period = { from: story.now, until: story.now + 28 * HOUR, kind: 'travel', note: '' } as const;
    for (const home of ['h1', 'h2']) story.command({ type: 'home.away', home, period });
    story.until('21:30').home('h1').band.falls();
    story.home('h2').band.measures(195, 118);
    story.until('21:32').home('h2').band.measures(196, 118);
    story.home('h1').meter.standsStill();
    for (const home of ['h2', 'h3', 'h4']) story.home(home).meter.dies();
    story.until('day 2 22:00').gatewayDies('gw1');
    for (const home of ['h2', 'h3', 'h4']) story.home(home).meter.revives().standsStill();
    story.until('day 4 12:00');
  };
  const gates = [byDay, { whileAway: false }, { arming: { days: 3 } }];
  for (const gate of gates)
    atLength(`lets time go on, whichever rule it is: ${JSON.stringify(gate)}`, () => {
      for (const { id } of productRules)
        goesOn(productRules.map((rule) => (rule.id === id ? { ...rule, enabled: true, ...gate } : rule)));
    });
});
