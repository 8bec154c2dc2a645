import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { productRules, Story, tell, tellAtLength } from './story.ts';

/** Water or power that fails for a whole building is one finding; people in need are found all the same. */
const names = Array.from({ length: 6 }, (_, index) => `h${index + 1}`);
const AREA = 'area~haitang~g1~b1';
const chosen = (...ids: string[]) => productRules.filter(({ id }) => ids.includes(id));
/** Half a day without water is enough here, so that a cut of some hours would be told of each home. */
const low = { id: 'W', kind: 'low-consumption', params: { windowHours: 12, belowLitres: 5 } };
const street = {
  homes: Object.fromEntries(names.map((id) => [id, ['meter' as const]])),
  rules: [low, ...chosen('M3-water')],
};

const cutsOff = (story: Story, homes: readonly string[] = names): void => {
  for (const id of homes) story.home(id).meter.standsStill();
};
const isBack = (story: Story, homes: readonly string[] = names): void => {
  for (const id of homes) story.home(id).meter.lives();
};
const states = (story: Story, home: string): string[] => {
  const subject = story.core.subjects.get(home);
  return subject ? watchesOf(story.core.engine, subject, story.now).map(({ state }) => state) : [];
};

describe('a building whose water is cut', () => {
  tell('is one alert, and none about its homes while it lasts', street, (story) => {
    story.until('day 10 06:30');
    cutsOff(story);
    story.until('day 10 20:30');
    expect(story.alerts()).toEqual(['M3-water raised day 10 11:00']);
    expect(story.rawAlerts(AREA)[0]).toMatchObject({ about: 'area', home: '', path: 'haitang/g1/b1' });
    expect(states(story, 'h1')).toEqual(['area-outage']);
    isBack(story);
    story.until('day 12 00:00');
    expect(story.alerts()).toEqual(['M3-water raised day 10 11:00, recovered day 10 21:00']);
  });

  atLength(
    'has to stand still for longer, the more buildings there are in which that may happen by chance',
    () => {
      const raised = (buildings: number): string[] => {
        const few = { h1: ['meter'], h2: ['meter'], h3: ['meter'] } as const;
        const story = new Story({ ...street, homes: few });
        const others = Array.from({ length: buildings }, (_, n) => `haitang/g1/c${n}`);
        story.register([
          ...others.map((path) => ({ noun: 'node', path, level: 'building', name: path })),
          ...others.flatMap((parent, n) =>
            [1, 2, 3].map((k) => ({ noun: 'home', id: `c${n}-${k}`, parent, name: `${k}` })),
          ),
        ]);
        story.until('day 10 06:30');
        cutsOff(story, ['h1', 'h2', 'h3']);
        story.until('day 10 20:30');
        return story.alerts(AREA);
      };
      expect(raised(0)).toEqual(['M3-water raised day 10 11:00']);
      // One false alarm in 60 days over all buildings: hours more where there are sixteen of them.
      expect(raised(15)).toEqual(['M3-water raised day 10 14:00']);
    },
  );

  tell('in which one home had been without water for long: that one is told', street, (story) => {
    story.until('day 9 20:30');
    cutsOff(story, ['h1']);
    story.until('day 10 06:30');
    cutsOff(story);
    story.until('day 10 17:00');
    expect(story.alerts('h1')).toEqual(['W raised day 10 06:00']);
    expect(story.alerts('h2')).toEqual([]);
  });

  tellAtLength('ends no alert that was open', street, (story) => {
    story.until('day 9 20:30');
    cutsOff(story, ['h1']);
    story.until('day 10 06:30');
    cutsOff(story);
    story.until('day 10 23:30');
    expect(story.open('h1')).toEqual(['W']);
    isBack(story, names.slice(1));
    story.until('day 11 12:00');
    expect(story.open('h1')).toEqual(['W']);
    expect(story.open(AREA)).toEqual([]);
  });

  tell('hides nobody for longer than half a day', street, (story) => {
    story.until('day 10 06:30');
    cutsOff(story);
    story.until('day 10 22:30');
    expect(story.alerts('h1')).toEqual([]);
    story.until('day 11 00:00');
    expect(story.alerts('h1')).toEqual(['W raised day 10 23:00']);
  });

  tellAtLength('is none while a single home draws water', street, (story) => {
    story.until('day 10 06:30');
    cutsOff(story, names.slice(1));
    story.until('day 10 21:00');
    expect(story.open(AREA)).toEqual([]);
    expect(story.alerts('h2')).toEqual(['W raised day 10 18:00']);
  });

  tellAtLength('is none in ordinary nights', street, (story) => {
    story.until('day 14 00:00');
    expect(story.alerts()).toEqual([]);
  });
});

describe('power', () => {
  const houses = {
    homes: Object.fromEntries(names.map((id) => [id, []])),
    rules: chosen('E2', 'M3-power'),
    entries: names.map((home) => ({
      noun: 'device',
      id: `${home}-power`,
      model: 'electricity-meter',
      home,
      enrolledAt: T0,
    })),
  };
  const says = (story: Story, homes: readonly string[], on: boolean): void => {
    for (const id of homes) story.publish(`${id}-power`, { at: story.now, mains_power_bool: on });
  };

  tell('that fails for a district is not that of a single home', houses, (story) => {
    says(story, names, true);
    story.until('10:00');
    says(story, names, false);
    story.until('12:00');
    expect(story.alerts()).toEqual(['M3-power raised day 1 10:10']);
    says(story, names, true);
    story.until('14:00');
    expect(story.alerts()).toEqual(['M3-power raised day 1 10:10, recovered day 1 12:00']);
  });

  tell('that is back everywhere but in one home: that home is found then', houses, (story) => {
    says(story, names, true);
    story.until('10:00');
    says(story, names, false);
    story.until('12:00');
    says(story, names.slice(1), true);
    story.after(2 * HOUR);
    expect(story.open(AREA)).toEqual([]);
    expect(story.open('h1')).toEqual(['E2']);
    expect(story.open('h2')).toEqual([]);
  });

  tell(
    'that is back in half of the homes: the others are found one by one, nothing twice',
    houses,
    (story) => {
      says(story, names, true);
      story.until('10:00');
      says(story, names, false);
      story.until('12:00');
      says(story, names.slice(3), true);
      story.until('15:00');
      expect(story.alerts(AREA)).toEqual(['M3-power raised day 1 10:10, recovered day 1 12:00']);
      expect(story.open()).toEqual(['E2', 'E2', 'E2']);
      // A later cut is another.
      says(story, names, true);
      story.until('18:00');
      says(story, names, false);
      story.until('19:00');
      expect(story.alerts(AREA).at(-1)).toBe('M3-power raised day 1 18:10');
    },
  );

  tell(
    'that is off in one home alone is told of that home, and stays so in a later outage',
    houses,
    (story) => {
      says(story, names, true);
      story.until('08:00');
      says(story, ['h1'], false);
      story.until('10:00');
      expect(story.alerts()).toEqual(['E2 raised day 1 08:30']);
      says(story, names.slice(1), false);
      story.until('12:00');
      expect(story.alerts()).toEqual(['E2 raised day 1 08:30', 'M3-power raised day 1 10:10']);
      says(story, names.slice(1), true);
      story.until('13:00');
      expect(story.open()).toEqual(['E2']);
    },
  );

  describe('of a home that is dark', () => {
    const dark = (story: Story): void => {
      says(story, ['h1'], true);
      story.until('09:00');
      says(story, ['h1'], false);
    };
    const without = chosen('M3-power');
    const replaces = (story: Story, rules: readonly unknown[]): void => {
      const standIn = { id: 'E2', kind: 'power-loss', enabled: false };
      expect(story.replaceRules([...rules, ...(rules === without ? [standIn] : [])], [])).toBe('ok');
    };

    tell('is told by a rule that is switched on while it is', { ...houses, rules: without }, (story) => {
      dark(story);
      story.until('11:00');
      replaces(story, houses.rules);
      story.until('12:00');
      expect(story.alerts()).toEqual(['E2 raised day 1 11:00']);
      says(story, ['h1'], true);
      expect(story.open()).toEqual([]);
    });

    tell('is told though the rule was off for a moment while it waited', houses, (story) => {
      dark(story);
      story.until('09:10');
      replaces(story, without);
      story.until('09:20');
      replaces(story, houses.rules);
      story.until('12:00');
      expect(story.alerts()).toEqual(['E2 raised day 1 09:30']);
    });

    tell('is not, where the meter measures power though it did not say so', houses, (story) => {
      dark(story);
      story.until('09:20');
      story.publish('h1-power', { at: story.now, power_w: 80 });
      replaces(story, without);
      replaces(story, houses.rules);
      story.until('12:00');
      expect(story.alerts()).toEqual([]);
    });
  });
});
