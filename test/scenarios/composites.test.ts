import { describe, expect, test } from 'vitest';
import { atLength } from '../runs.ts';
import { goesAway, LIVED_IN, SensedHome, STANDBY, sensedHome } from './sensed-home.ts';
import { productRules, Story } from './story.ts';

/**
 * The product's C1 over water, movement, door and electricity. Without a water meter's routine: it is learned in three weeks,
 * and W3 says the same sooner here.
 */
const rules = [
  ...productRules.filter(({ id }) => ['I1', 'D1', 'E1', 'C1'].includes(id)),
  { id: 'W3', kind: 'no-draw', params: { gapHours: 14 } },
];
const standIns = ['W0', 'W1'].map((id) => ({ id, kind: 'no-draw', enabled: false }));
const setting = sensedHome(
  { meter: 'water-meter', door: 'door-contact', hall: 'motion-sensor', power: 'electricity-meter' },
  [...rules, ...standIns],
);
/** Nine days by the hour: told once, without the restarts. */
const tale = (name: string, play: (story: Story) => void): void => test(name, () => play(new Story(setting)));
const taleAtLength = (name: string, play: (story: Story) => void): void =>
  atLength(name, () => play(new Story(setting)));
const alerts = (story: Story): string[] => story.alerts('h1').sort();

function livedIn(story: Story): SensedHome {
  const home = new SensedHome(story, { meter: true });
  home.until('day 9 12:00', LIVED_IN, true);
  return home;
}

describe('signals that agree', () => {
  tale('raise a case of the first priority where the resident lies behind a closed door', (story) => {
    livedIn(story).until('day 10 06:00', STANDBY, false);
    expect(alerts(story)).toEqual([
      'C1 raised day 10 03:00',
      'E1 raised day 10 03:00',
      'I1 raised day 9 20:00',
      'W3 raised day 10 02:00',
    ]);
    expect(story.rawAlerts('h1').find(({ rule }) => rule === 'C1')).toMatchObject({ priority: 'P1' });
  });

  taleAtLength('are no more than each by itself where the door was the last thing that moved', (story) => {
    const home = livedIn(story);
    home.door();
    home.until('day 10 12:00', STANDBY, false);
    expect(alerts(story)).toEqual(['E1 raised day 10 03:00', 'W3 raised day 10 02:00']);
  });

  taleAtLength('count again once somebody has come in by that door and moved', (story) => {
    const home = livedIn(story);
    home.door();
    home.until('day 9 14:00', STANDBY, false);
    home.door();
    home.until('day 9 16:00', LIVED_IN, true);
    home.until('day 10 12:00', STANDBY, false);
    expect(alerts(story).map((alert) => alert.slice(0, 2))).toContain('C1');
  });

  tale('say nothing while the people are away', (story) => {
    const home = livedIn(story);
    goesAway(story, 'day 9 12:00', 'day 13 18:00');
    home.until('day 13 17:00', STANDBY, false);
    expect(alerts(story)).toEqual([]);
  });

  taleAtLength(
    'agree as ever while guests are there, if none of them moves or draws water either',
    (story) => {
      const home = livedIn(story);
      goesAway(story, 'day 9 12:00', 'day 10 18:00', 'visitors');
      home.until('day 10 06:00', STANDBY, false);
      expect(alerts(story)).toContain('C1 raised day 10 03:00');
    },
  );

  taleAtLength('do not agree where a cat walks about: water alone tells', (story) => {
    const home = livedIn(story);
    home.hasCat = true;
    home.until('day 10 12:00', STANDBY, false);
    expect(alerts(story)).toEqual(['W3 raised day 10 02:00']);
  });

  taleAtLength('nor where its owner has gone out and the cat has not', (story) => {
    const home = livedIn(story);
    home.door();
    home.hasCat = true;
    home.until('day 10 12:00', STANDBY, false);
    expect(alerts(story)).toEqual(['W3 raised day 10 02:00']);
  });
});
