import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { instant, productRules, Story, tell } from './story.ts';

/** A home that says when nobody is there: rules about its door, its rooms and its electricity keep still, and learn nothing. */
const device = (id: string, model: string, place?: string) => ({
  noun: 'device',
  id,
  model,
  home: 'h1',
  enrolledAt: T0,
  ...(place ? { place } : {}),
});
const setting = {
  homes: { h1: [] },
  rules: productRules.filter(({ id }) => ['D1', 'I1', 'E1'].includes(id)),
  entries: [
    device('door', 'door-contact'),
    device('hall', 'motion-sensor', 'hall'),
    device('power', 'electricity-meter'),
  ],
};

function goesAway(story: Story, from: string, until: string): void {
  const away = [{ from: instant(from), until: instant(until), kind: 'travel' }];
  story.register([{ noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '101', away }]);
}

/** Hours of which each uses so much: kWh by day (6 to 22) and by night. */
interface Use {
  readonly day: number;
  readonly night: number;
}
const LIVED_IN: Use = { day: 0.3, night: 0.06 };
const STANDBY: Use = { day: 0.06, night: 0.06 };
/** The refrigerator is switched off. */
const EMPTY: Use = { day: 0.02, night: 0.02 };

class Home {
  readonly #story: Story;
  #kwh = 100;

  constructor(story: Story) {
    this.#story = story;
  }

  /** Time passes, hour by hour. `lives`: somebody moves and goes in and out by day. */
  until(when: string, use: Use, lives: boolean): void {
    const story = this.#story;
    for (let at = story.now + HOUR; at <= instant(when); at += HOUR) {
      story.after(at - story.now);
      const hour = ((at - T0) / HOUR) % 24;
      const byDay = hour >= 6 && hour < 22;
      this.#kwh += byDay ? use.day : use.night;
      story.publish('power', { at, energy_index_kwh: Number(this.#kwh.toFixed(3)) });
      story.publish('door', { at: at - 10 * MINUTE, door_open_bool: lives && hour === 10 });
      story.publish('door', { at: at - 9 * MINUTE, door_open_bool: false });
      story.publish('hall', { at, motion_bool: lives && byDay ? 1 : 0 });
    }
  }
}

const collapse = (story: Story): string[] => story.alerts('h1').sort();

describe('a home with door, movement and electricity', () => {
  tell('in which nobody moves any more is found by all three', setting, (story) => {
    const home = new Home(story);
    home.until('day 9 10:00', LIVED_IN, true);
    home.until('day 12 09:00', STANDBY, false);
    expect(collapse(story)).toEqual([
      'D1 raised day 12 08:00',
      'E1 raised day 10 01:00',
      'I1 raised day 9 22:00',
    ]);
  });

  tell('raises nothing while its people are away, nor for what was missing meanwhile', setting, (story) => {
    const home = new Home(story);
    home.until('day 9 10:00', LIVED_IN, true);
    goesAway(story, 'day 9 11:00', 'day 15 18:00');
    home.until('day 15 19:00', STANDBY, false);
    home.until('day 17 00:00', LIVED_IN, true);
    expect(story.alerts()).toEqual([]);
  });

  tell('is watched again from the day on which they should be back', setting, (story) => {
    const home = new Home(story);
    home.until('day 9 10:00', LIVED_IN, true);
    goesAway(story, 'day 9 11:00', 'day 15 08:00');
    home.until('day 18 12:00', STANDBY, false);
    expect(collapse(story)).toEqual([
      'D1 raised day 17 08:00',
      'E1 raised day 15 23:00',
      'I1 raised day 15 20:00',
    ]);
  });

  // A month by the hour: told once, without the restarts.
  test('does not take the empty weeks for its standby', () => {
    const story = new Story(setting);
    const home = new Home(story);
    home.until('day 9 10:00', LIVED_IN, true);
    goesAway(story, 'day 9 11:00', 'day 23 10:00');
    home.until('day 23 10:00', EMPTY, false);
    home.until('day 25 10:00', LIVED_IN, true);
    home.until('day 26 12:00', STANDBY, false);
    expect(story.alerts().filter((alert) => alert.startsWith('E1'))).toEqual(['E1 raised day 26 01:00']);
  });
});
