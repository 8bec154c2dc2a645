import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { type Setting, type Story, tell } from './story.ts';

const device = (id: string, model: string, place?: string): object => ({
  noun: 'device',
  id,
  model,
  home: 'h1',
  enrolledAt: T0,
  ...(place ? { place } : {}),
});
const E2 = (minutes: number) => ({ id: 'E2', kind: 'power-loss', params: { minutes } });
const by = (...rules: object[]): Setting => ({
  homes: { h1: [] },
  rules,
  entries: [device('power', 'electricity-meter'), device('hall', 'motion-sensor', 'hall')],
});

/** The power goes off at eight, and the meter says no more after that. */
function dark(story: Story): void {
  story.publish('power', { at: story.now, mains_power_bool: 1 });
  story.until('08:00');
  story.publish('power', { at: story.now, mains_power_bool: 0 });
}

describe('a rule that waits when its limits become others', () => {
  tell('tells at once what is too long by the new ones', by(E2(600)), (story) => {
    dark(story);
    story.until('10:00');
    expect(story.replaceRules([E2(60)])).toBe('ok');
    expect(story.alerts('h1')).toEqual(['E2 raised day 1 10:00']);
    expect(story.rawAlerts('h1')[0]?.since).toBe(T0 + 9 * HOUR);
  });

  tell('waits no longer than they say', by(E2(600)), (story) => {
    dark(story);
    story.until('08:30');
    story.replaceRules([E2(60)]);
    story.until('12:00');
    expect(story.alerts('h1')).toEqual(['E2 raised day 1 09:00']);
  });

  tell('waits as long as they say where they are longer', by(E2(60)), (story) => {
    dark(story);
    story.until('08:30');
    story.replaceRules([E2(600)]);
    story.until('day 2 00:00');
    expect(story.alerts('h1')).toEqual(['E2 raised day 1 18:00']);
  });

  tell('does so in the one home that has limits of its own', by(E2(600)), (story) => {
    dark(story);
    story.until('10:00');
    const own = { home: 'h1', rule: 'E2', params: { minutes: 60 }, author: '周敏', reason: '用呼吸机' };
    story.replaceRules([E2(600)], [own]);
    expect(story.alerts('h1')).toEqual(['E2 raised day 1 10:00']);
  });

  const byDay = { hours: { from: '12:00', to: '21:00' } };
  tell(
    'does not tell by day what it had found at night by the old ones',
    by({ ...E2(60), ...byDay }),
    (story) => {
      dark(story);
      story.until('11:00');
      story.replaceRules([{ ...E2(300), ...byDay }]);
      story.until('15:00');
      expect(story.alerts('h1')).toEqual(['E2 raised day 1 13:00']);
    },
  );
});

describe('a flat in which nobody moves', () => {
  const I1 = (hours: number) => ({
    id: 'I1',
    kind: 'no-movement',
    params: { wakingHours: hours, nightHours: hours },
  });

  tell('is not waited for by the old hours', by(I1(14)), (story) => {
    story.until('07:00');
    for (let hour = 7; hour <= 15; hour++) {
      story.until(`${hour}:00`.padStart(5, '0'));
      story.publish('hall', { at: story.now, motion_bool: hour === 7 ? 1 : 0 });
    }
    story.until('15:30');
    story.replaceRules([I1(6)]);
    expect(story.alerts('h1')).toEqual(['I1 raised day 1 15:30']);
  });
});

describe('a reading that was beyond the limit of before', () => {
  const V6 = (below: number) => ({
    id: 'V6',
    kind: 'reading-limit',
    params: { limits: [{ metric: 'spo2_pct', below }], ifUnconfirmed: 'P3' },
  });
  const band = (below: number): Setting => ({ homes: { h1: ['band'] }, rules: [V6(below)] });

  tell('is told of no more where it is not beyond that of now', band(92), (story) => {
    story.until('10:00');
    story.publish('h1-band', { at: story.now, spo2_pct: 90 });
    story.until('10:05');
    expect(story.replaceRules([V6(87)])).toBe('ok');
    story.until('12:00');
    expect(story.alerts('h1')).toEqual([]);
  });

  tell('confirms nothing by that of now', band(92), (story) => {
    story.until('10:00');
    story.publish('h1-band', { at: story.now, spo2_pct: 90 });
    story.until('10:05');
    expect(story.replaceRules([V6(87)])).toBe('ok');
    story.until('10:10');
    story.publish('h1-band', { at: story.now, spo2_pct: 86 });
    expect(story.alerts('h1')).toEqual([]);
    story.until('12:00');
    expect(story.alerts('h1')).toEqual(['V6 raised day 1 10:30']);
  });
});
