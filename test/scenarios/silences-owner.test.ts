import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const person = (id: string, name: string, role: string, node: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'robot', address: id }],
});
const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['removed'] }, priority: 'P3' },
  ],
  channels: ['robot'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P3'], roles: ['grid-worker'] }],
    fallback: { channels: ['robot'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P3'],
        steps: [{ after: '2d', roles: ['committee'] }],
        repeatEvery: '2d',
      },
    ],
    targets: [{ kinds: ['safety'], priorities: ['P1'], contact: '3d', onSite: '3d', resolve: '3d' }],
  },
} satisfies Setting;

const hush = (story: Story): void => {
  const until = story.now + HOUR;
  const silence = { type: 'silence.begin', id: 's1', mode: 'silence', home: 'h1', until } as const;
  story.command({ ...silence, reason: '换水表', includesP1: '消防演习', testers: [] });
};
const heardSince = (story: Story, from: string): string[] =>
  story.notices
    .filter(({ createdAt }) => createdAt >= instant(from))
    .map(({ createdAt, recipient }) => `${(createdAt - instant(from)) / MINUTE} ${recipient.id}`);

describe('at the end of a silence whoever has a case', () => {
  tell('hears that somebody called again meanwhile', setting, (story) => {
    story.until('10:00').home('h1').band.presses();
    story.acknowledge('h1.c1', '吴强');
    story.until('12:00');
    hush(story);
    story.until('12:30').home('h1').band.presses();
    story.until('14:00');
    expect(heardSince(story, '12:00')).toEqual(['60 wu', '60 zhou']);
    expect(story.notices.at(-1)?.content.body.zh).toContain('静音已结束，此前未通知');
    story.until('18:00');
    expect(heardSince(story, '12:00')).toHaveLength(2);
  });

  tell('hears so at once where it is ended before its time', setting, (story) => {
    story.until('10:00').home('h1').band.presses();
    story.acknowledge('h1.c1', '吴强');
    story.until('12:00');
    hush(story);
    story.until('12:30').home('h1').band.presses();
    story.until('12:40').command({ type: 'silence.end', id: 's1' });
    story.until('12:41');
    expect(heardSince(story, '12:00')).toEqual(['40 wu', '40 zhou']);
  });

  tell('hears nothing of what they had seen when they took it', setting, (story) => {
    story.until('10:00');
    hush(story);
    story.home('h1').band.presses();
    story.until('10:30');
    story.acknowledge('h1.c1', '吴强');
    story.until('12:00');
    expect(heardSince(story, '10:00')).toEqual([]);
    expect(story.lastEntry('h1.c1', 'note')?.text.zh).toBe('静音已结束，此前未通知');
  });

  tell('hears nothing where nothing was held back', setting, (story) => {
    story.until('10:00').home('h1').band.presses();
    story.acknowledge('h1.c1', '吴强');
    story.until('12:00');
    hush(story);
    story.until('14:00');
    expect(heardSince(story, '12:00')).toEqual([]);
  });
});
