import { describe, expect } from 'vitest';
import { atLength } from '../runs.ts';
import { EMPTY, goesAway, LIVED_IN, SensedHome, STANDBY, sensedHome } from './sensed-home.ts';
import { productRules, Story, tell, tellAtLength } from './story.ts';

/** A home that says when nobody is there: rules about its door, its rooms and its electricity keep still, and learn nothing. */
const setting = sensedHome(
  { door: 'door-contact', hall: 'motion-sensor', power: 'electricity-meter' },
  productRules.filter(({ id }) => ['D1', 'I1', 'E1'].includes(id)),
);

const collapse = (story: Story): string[] => story.alerts('h1').sort();

describe('a home with door, movement and electricity', () => {
  tell('in which nobody moves any more is found by all three', setting, (story) => {
    const home = new SensedHome(story);
    home.until('day 9 10:00', LIVED_IN, true);
    home.until('day 12 09:00', STANDBY, false);
    expect(collapse(story)).toEqual([
      'D1 raised day 12 08:00',
      'E1 raised day 10 01:00',
      'I1 raised day 9 22:00',
    ]);
  });

  tellAtLength(
    'raises nothing while its people are away, nor for what was missing meanwhile',
    setting,
    (story) => {
      const home = new SensedHome(story);
      home.until('day 9 10:00', LIVED_IN, true);
      goesAway(story, 'day 9 11:00', 'day 15 18:00');
      home.until('day 15 19:00', STANDBY, false);
      home.until('day 17 00:00', LIVED_IN, true);
      expect(story.alerts()).toEqual([]);
    },
  );

  tellAtLength('is watched again from the day on which they should be back', setting, (story) => {
    const home = new SensedHome(story);
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
  atLength('does not take the empty weeks for its standby', () => {
    const story = new Story(setting);
    const home = new SensedHome(story);
    home.until('day 9 10:00', LIVED_IN, true);
    goesAway(story, 'day 9 11:00', 'day 23 10:00');
    home.until('day 23 10:00', EMPTY, false);
    home.until('day 25 10:00', LIVED_IN, true);
    home.until('day 26 12:00', STANDBY, false);
    expect(story.alerts().filter((alert) => alert.startsWith('E1'))).toEqual(['E1 raised day 26 01:00']);
  });
});
