import { describe, expect } from 'vitest';
import { T0 } from '../core.ts';
import { goesAway } from './sensed-home.ts';
import { type Setting, type Story, tell } from './story.ts';

/** Were time to stand still in one of these, the service would, for all homes: the test would never end. */
const setting = (...rules: object[]): Setting => ({ homes: { h1: ['meter'] }, rules });
const M1 = { id: 'M1', kind: 'silence' };
const W5 = { id: 'W5', kind: 'continuous-flow', params: { hours: 24 } };
const W1 = { id: 'W1', kind: 'low-consumption' };

function diesInTheEvening(story: Story, until = 'day 3 12:00'): void {
  story.until('20:30');
  story.home('h1').meter.dies();
  story.until(until);
}

describe('time goes on', () => {
  tell('after the wait is over of a leak that people resolved and that runs on', setting(W5), (story) => {
    const { meter } = story.home('h1');
    meter.drips(5);
    story.until('day 2 12:30');
    story.resolve('h1.c1', 'leak');
    story.until('day 3 12:00');
    expect(story.alerts()).toEqual(['W5 raised day 2 01:00, resolved day 2 12:30', 'W5 raised day 3 01:00']);
  });

  tell('after it of a finding about a home whose devices have left since', setting(W1), (story) => {
    const { meter } = story.home('h1');
    meter.standsStill();
    story.until('day 2 02:30');
    story.resolve('h1.c1', 'away');
    meter.dies();
    story.register([
      { noun: 'device', id: 'h1-meter', model: 'water-meter', home: 'h1', enrolledAt: T0, disabled: true },
    ]);
    story.until('day 4 12:00');
    expect(story.alerts()).toEqual(['W1 raised day 2 01:00, resolved day 2 02:30']);
  });
});

describe('a silence that a gate keeps back', () => {
  tell(
    'for the night is told in the morning',
    setting({ ...M1, hours: { from: '08:00', to: '20:00' } }),
    (story) => {
      diesInTheEvening(story);
      expect(story.alerts()).toEqual(['M1 raised day 2 08:00']);
    },
  );

  tell(
    'for the night is not told where it has ended by the morning',
    setting({ ...M1, hours: { from: '08:00', to: '20:00' } }),
    (story) => {
      diesInTheEvening(story, 'day 2 06:30');
      story.home('h1').meter.revives();
      story.until('day 2 12:00');
      expect(story.alerts()).toEqual([]);
    },
  );

  tell('while the device is new is told when it is not', setting({ ...M1, arming: { days: 2 } }), (story) => {
    diesInTheEvening(story);
    expect(story.alerts()).toEqual(['M1 raised day 3 00:00']);
  });

  tell('while the home is away is told when it is back', setting({ ...M1, whileAway: false }), (story) => {
    goesAway(story, '00:00', 'day 2 18:30');
    story.home('h1').meter.standsStill();
    diesInTheEvening(story);
    expect(story.alerts()).toEqual(['M1 raised day 2 18:30']);
  });

  tell(
    'for the night is that of the gateway alone, where all behind it are silent',
    {
      homes: { h1: ['meter'], h2: ['meter'] },
      gateways: { gw: ['h1', 'h2'] },
      rules: [{ ...M1, hours: { from: '08:00', to: '20:00' } }],
    },
    (story) => {
      story.until('20:30');
      story.gatewayDies('gw');
      story.until('day 3 12:00');
      expect(story.alerts()).toEqual(['M1 raised day 2 08:00']);
    },
  );
});
