import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const person = (id: string, role: string): object => ({
  noun: 'staff',
  id,
  name: id,
  roles: [{ role, node: 'haitang' }],
  channels: [{ channel: 'robot', address: id }],
});

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B4', kind: 'event', params: { events: ['fall'] }, priority: 'P4' }],
  channels: ['robot', 'terminal'],
  entries: [person('zhou', 'grid-worker'), person('wu', 'committee')],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P4'], roles: ['grid-worker'] }],
    always: ['terminal'],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

/** Who hears of it, and at which hour from the beginning it is sent. */
const heard = (story: Story): string[] =>
  story.notices
    .filter(({ recipient }) => recipient.kind === 'staff')
    .map(
      ({ nextAttemptAt = 0, recipient }) => `${(nextAttemptAt - instant('00:00')) / HOUR} ${recipient.id}`,
    );

describe('care and upkeep', () => {
  tell('wakes nobody, and is told in the morning; a screen shows it at once', setting, (story) => {
    story.until('03:00');
    story.home('h1').band.falls();
    expect(heard(story)).toEqual(['9 zhou']);
    expect(story.notices.find(({ channel }) => channel === 'terminal')).toMatchObject({
      nextAttemptAt: instant('03:00'),
    });
  });

  tell('is told at once by day, and once a day for as long as nobody takes it', setting, (story) => {
    story.until('15:00');
    story.home('h1').band.falls();
    story.until('day 3 16:00');
    expect(heard(story)).toEqual(['15 zhou', '39 zhou', '39 wu', '63 zhou', '63 wu']);
  });

  tell('is asked about again when whoever has it lets its three days pass', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.acknowledge('h1.c1', 'zhou');
    story.until('day 4 11:00');
    expect(story.timeLine('h1.c1')).toContain('overdue');
  });
});
