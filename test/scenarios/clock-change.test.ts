import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { productRules, type Story, tell } from './story.ts';

/**
 * Rules that know night from day, through the whole step, where clocks are changed: in Berlin forward on 29 March 2026 at
 * two, back on 25 October at three. Instants carry the wall clock's own offset, so that each says what people would see.
 */
const device = (id: string, model: string, place?: string) => ({
  noun: 'device',
  id,
  model,
  home: 'h1',
  enrolledAt: T0,
  ...(place ? { place } : {}),
});
const berlin = {
  homes: { h1: [] },
  rules: productRules.filter(({ id }) => ['D1', 'I1', 'I2'].includes(id)),
  entries: [
    { noun: 'node', path: 'haitang', level: 'community', name: 'Berlin', timeZone: 'Europe/Berlin' },
    device('door', 'door-contact'),
    device('hall', 'motion-sensor', 'hall'),
    device('bath', 'motion-sensor', 'bathroom'),
  ],
};

const at = (text: string): number => Date.parse(text);

/** Nothing happens but heartbeats. */
function quietly(story: Story, until: string): void {
  const to = at(until);
  for (let next = Math.floor(story.now / HOUR + 1) * HOUR; next <= to; next += HOUR) {
    story.after(next - story.now);
    for (const id of ['hall', 'bath']) story.publish(id, { at: next, motion_bool: 0 });
    story.publish('door', { at: next, battery_pct: 90 });
  }
  story.after(to - story.now);
}

/** Nobody was looked at before: the sensors begin to speak at this instant, and the door was opened a minute before. */
function begins(story: Story, when: string): void {
  story.after(at(when) - story.now);
  story.publish('door', [
    { at: story.now - 2 * MINUTE, door_open_bool: false },
    { at: story.now - MINUTE, door_open_bool: true },
    { at: story.now - MINUTE + 5000, door_open_bool: false },
  ]);
}

function moves(story: Story, room: string, when: string): void {
  quietly(story, when);
  story.publish(room, { at: story.now, motion_bool: 1 });
  story.publish(room, { at: story.now + 1000, motion_bool: 0 });
}

/** `I1 2026-03-29T13:30:00+02:00`, for a wall clock that is so far ahead of UTC. */
function raised(story: Story, rule: string, offset: '+01:00' | '+02:00'): string[] {
  const ahead = Number(offset.slice(1, 3)) * HOUR;
  return story
    .rawAlerts('h1')
    .filter((alert) => alert.rule === rule)
    .map(({ raisedAt }) => new Date(raisedAt + ahead).toISOString().replace('.000Z', offset));
}

describe('the night in which clocks go forward', () => {
  tell('two days without the front door are told at eight by the new time', berlin, (story) => {
    begins(story, '2026-03-27T07:30:00+01:00');
    quietly(story, '2026-03-29T12:00:00+02:00');
    expect(raised(story, 'D1', '+02:00')).toEqual(['2026-03-29T08:00:00+02:00']);
  });

  tell('no movement since the evening is told after fourteen hours that truly passed', berlin, (story) => {
    begins(story, '2026-03-28T20:00:00+01:00');
    moves(story, 'hall', '2026-03-28T22:30:00+01:00');
    quietly(story, '2026-03-29T16:00:00+02:00');
    expect(raised(story, 'I1', '+02:00')).toEqual(['2026-03-29T13:30:00+02:00']);
  });

  tell('who is in the bathroom after six by the new time is there by day', berlin, (story) => {
    begins(story, '2026-03-28T20:00:00+01:00');
    moves(story, 'hall', '2026-03-29T06:00:00+02:00');
    moves(story, 'bath', '2026-03-29T06:10:00+02:00');
    quietly(story, '2026-03-29T09:00:00+02:00');
    expect(raised(story, 'I2', '+02:00')).toEqual(['2026-03-29T07:10:00+02:00']);
  });
});

describe('the night in which clocks go back', () => {
  tell('two days without the front door are told at eight by the new time', berlin, (story) => {
    begins(story, '2026-10-23T07:30:00+02:00');
    quietly(story, '2026-10-25T12:00:00+01:00');
    expect(raised(story, 'D1', '+01:00')).toEqual(['2026-10-25T08:00:00+01:00']);
  });

  tell('movement before six by the new time still belongs to the night', berlin, (story) => {
    begins(story, '2026-10-24T20:00:00+02:00');
    moves(story, 'hall', '2026-10-25T05:40:00+01:00');
    quietly(story, '2026-10-25T22:00:00+01:00');
    expect(raised(story, 'I1', '+01:00')).toEqual(['2026-10-25T19:40:00+01:00']);
  });

  tell('and so does a stay in the bathroom that begins in the hour that comes twice', berlin, (story) => {
    begins(story, '2026-10-24T20:00:00+02:00');
    moves(story, 'hall', '2026-10-25T02:40:00+02:00');
    moves(story, 'bath', '2026-10-25T02:50:00+02:00');
    quietly(story, '2026-10-25T04:00:00+01:00');
    expect(raised(story, 'I2', '+01:00')).toEqual(['2026-10-25T02:35:00+01:00']);
  });
});
