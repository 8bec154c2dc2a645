import { describe, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { hourAfter, isWithin, timeWithin } from '../../src/rules/daily-hours.ts';
import { T0 } from '../core.ts';
import { instant, type Story, tell } from './story.ts';

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
  entries: [
    device('door', 'door-contact'),
    device('hall', 'motion-sensor', 'hall'),
    device('bath', 'motion-sensor', 'bathroom'),
  ],
};
const apart = {
  homes: { h1: [] },
  entries: [device('power', 'electricity-meter'), device('smoke', 'smoke-detector')],
};
/** Without the rule about silent devices: what is silent here is silent on purpose. */
const alerts = (story: Story): string[] => story.alerts('h1').filter((alert) => !alert.startsWith('M1'));

/** Time passes; the sensors send their heartbeats, but for those that are named. */
function quietly(story: Story, when: string, silent: readonly string[] = []): void {
  const to = instant(when);
  for (let at = Math.floor(story.now / HOUR + 1) * HOUR; at <= to; at += HOUR) {
    story.after(at - story.now);
    for (const id of ['hall', 'bath'])
      if (!silent.includes(id)) story.publish(id, { at: story.now, motion_bool: 0 });
    if (at % (4 * HOUR) === 0 && !silent.includes('door'))
      story.publish('door', { at: story.now, battery_pct: 90 });
  }
  story.until(when);
}

const moves = (story: Story, room: string): void => story.publish(room, { at: story.now, motion_bool: 1 });

/** Out or in: the door opens and falls shut. */
function door(story: Story): void {
  story.publish('door', [
    { at: story.now - 8_000, door_open_bool: true },
    { at: story.now, door_open_bool: false },
  ]);
}

/** A morning at home, until nine. */
function morning(story: Story): void {
  quietly(story, '07:00');
  door(story);
  story.until('07:02');
  for (const time of ['07:30', '08:00', '08:30', '09:00']) {
    quietly(story, time);
    moves(story, 'hall');
  }
}

describe('a home with a door contact and motion sensors', () => {
  tell('whose resident collapses behind a closed door is found by evening', setting, (story) => {
    morning(story);
    quietly(story, 'day 2 10:00');
    expect(alerts(story)).toEqual(['I1 raised day 1 21:00']);
    expect(story.rawAlerts('h1')[0]).toMatchObject({ about: 'person', priority: 'P2' });
    expect(story.rawAlerts('h1')[0]?.evidence.text.en).toMatch(/front door has not moved since/);
  });

  tell(
    'whose resident left through the door is not, until nobody has come back for two days',
    setting,
    (story) => {
      morning(story);
      story.until('09:00:20');
      door(story);
      quietly(story, 'day 4 07:59');
      expect(alerts(story)).toEqual([]);
      quietly(story, 'day 4 09:00');
      expect(alerts(story)).toEqual(['D1 raised day 4 08:00']);
      door(story);
      expect(alerts(story)).toEqual(['D1 raised day 4 08:00, recovered day 4 09:00']);
    },
  );

  tell('whose resident comes home and collapses in the hall is found', setting, (story) => {
    morning(story);
    story.until('09:00:20');
    door(story);
    quietly(story, '11:00');
    door(story);
    story.until('11:02');
    moves(story, 'hall');
    quietly(story, 'day 2 06:00');
    expect(alerts(story)).toEqual(['I1 raised day 2 01:02']);
  });

  tell('of which one sensor is silent makes no claim, and says who does not watch', setting, (story) => {
    morning(story);
    quietly(story, 'day 2 10:00', ['bath']);
    expect(alerts(story)).toEqual([]);
    expect(story.alerts('h1').some((alert) => alert.startsWith('M1'))).toBe(true);
  });

  tell('whose heartbeats come late, all at once, is judged by them', setting, (story) => {
    morning(story);
    quietly(story, '23:30', ['hall', 'bath']);
    expect(alerts(story)).toEqual([]);
    for (const id of ['hall', 'bath'])
      story.publish(
        id,
        Array.from({ length: 14 }, (_, i) => ({ at: instant('10:00') + i * HOUR, motion_bool: 0 })),
      );
    expect(alerts(story)).toEqual(['I1 raised day 1 23:30']);
    expect(story.rawAlerts('h1').find(({ rule }) => rule === 'I1')?.since).toBe(instant('21:00'));
    story.publish('hall', { at: instant('14:00') + 60_000, motion_bool: 1 });
    expect(alerts(story)).toEqual(['I1 raised day 1 23:30, late-data day 1 23:30']);
  });

  tell('that is resolved while nobody moves is told again after half a day', setting, (story) => {
    morning(story);
    quietly(story, '22:00');
    expect(story.resolve('h1.c1', 'asleep')).toBe('ok');
    quietly(story, 'day 2 09:59');
    expect(alerts(story)).toHaveLength(1);
    quietly(story, 'day 2 11:00');
    expect(alerts(story)[1]).toBe('I1 raised day 2 10:00');
  });

  tell('over a restart half-way', setting, (story) => {
    morning(story);
    quietly(story, '15:00');
    story.restart();
    quietly(story, '21:30');
    expect(alerts(story)).toEqual(['I1 raised day 1 21:00']);
  });

  tell('whose resident does not come out of the bathroom is found within the hour', setting, (story) => {
    morning(story);
    story.until('09:05');
    moves(story, 'bath');
    quietly(story, '10:04');
    expect(alerts(story)).toEqual([]);
    quietly(story, '10:30');
    expect(alerts(story)).toEqual(['I2 raised day 1 10:05']);
    expect(story.cases('h1')[0]).toMatch(/safety P1 open/);
    moves(story, 'hall');
    expect(alerts(story)).toEqual(['I2 raised day 1 10:05, recovered day 1 10:30']);
  });
});

describe('the supply of one home', () => {
  tell('that is off for half an hour is told, though the meter says nothing more', apart, (story) => {
    story.until('10:00');
    story.publish('power', { at: story.now, energy_index_kwh: 10, mains_power_bool: false });
    story.until('10:29');
    expect(alerts(story)).toEqual([]);
    story.until('12:00');
    expect(alerts(story)).toEqual(['E2 raised day 1 10:30']);
    story.publish('power', { at: story.now, energy_index_kwh: 10, mains_power_bool: true });
    expect(alerts(story)).toEqual(['E2 raised day 1 10:30, recovered day 1 12:00']);
  });
});

describe('a smoke detector', () => {
  tell('is told at once, and not ended by the detector', apart, (story) => {
    story.until('10:00');
    story.publish('smoke', { at: story.now, event: 'alarm_test' });
    expect(alerts(story)).toEqual([]);
    story.publish('smoke', { at: story.now + 1, event: 'smoke' });
    story.until('10:05');
    story.publish('smoke', { at: story.now, event: 'alarm_cleared' });
    expect(alerts(story)).toEqual(['F1 raised day 1 10:00']);
  });
});

describe('when clocks change', () => {
  const zone = 'Europe/Berlin';
  const at = (text: string): number => Date.parse(text);

  test('two days from an opening end at eight by the wall, an hour sooner or later', () => {
    // Forward on 29 March, back on 25 October 2026.
    expect(hourAfter(at('2026-03-28T08:00:00+01:00'), 48, 8, zone)).toBe(at('2026-03-30T08:00:00+02:00'));
    expect(hourAfter(at('2026-10-24T08:00:00+02:00'), 48, 8, zone)).toBe(at('2026-10-26T08:00:00+01:00'));
    expect(hourAfter(at('2026-03-28T08:01:00+01:00'), 48, 8, zone)).toBe(at('2026-03-31T08:00:00+02:00'));
  });

  test('the night is an hour shorter or longer', () => {
    const night = { from: 22, to: 6 };
    const hours = (from: string, to: string): number => timeWithin(at(from), at(to), night, zone) / HOUR;
    expect(hours('2026-03-28T12:00:00+01:00', '2026-03-29T12:00:00+02:00')).toBe(7);
    expect(hours('2026-10-24T12:00:00+02:00', '2026-10-25T12:00:00+01:00')).toBe(9);
    expect(isWithin(at('2026-03-29T05:59:00+02:00'), night, zone)).toBe(true);
    expect(isWithin(at('2026-03-29T06:00:00+02:00'), night, zone)).toBe(false);
  });
});
