import { describe, expect } from 'vitest';
import { instant, type Story, tell } from './story.ts';

const setting = { homes: { h1: ['meter', 'band'] } } as const;

function withoutWater(story: Story): void {
  story.until('day 2 12:30');
  story.home('h1').meter.standsStill();
  story.until('day 3 12:30');
}

describe('a case', () => {
  tell('is opened, told, acknowledged, noted and resolved, and its time line says so', setting, (story) => {
    withoutWater(story);
    const technical = story.cases().filter((one) => one.includes('technical'));
    expect(story.case('h1.c2')).toMatchObject({ kind: 'safety', status: 'open', priority: 'P2' });
    expect(technical).toEqual(['h1.c1 technical P3 open: a1']);
    expect(story.notices.filter(({ case: id }) => id === 'h1.c2')).toMatchObject([{ channel: 'terminal' }]);

    expect(story.acknowledge('h1.c2', '周敏')).toBe('ok');
    expect(story.acknowledge('h1.c2', '周敏')).toBe('ok');
    expect(story.acknowledge('h1.c2', '孙伟')).toBe('CASE_ALREADY_ACKNOWLEDGED');
    expect(story.note('h1.c2', '电话无人接听，已出发')).toBe('ok');
    expect(story.resolve('h1.c2', 'asleep', '')).toBe('CASE_CONTACT_REQUIRED');
    expect(story.resolve('h1.c2', 'asleep', '周敏')).toBe('ok');
    expect(story.resolve('h1.c2')).toBe('CASE_ALREADY_RESOLVED');
    expect(story.acknowledge('h1.c2')).toBe('CASE_ALREADY_RESOLVED');
    expect(story.acknowledge('h1.c9')).toBe('CASE_NOT_FOUND');
    expect(story.acknowledge('h9.c1')).toBe('CASE_NOT_FOUND');
    expect(story.timeLine('h1.c2')).toEqual([
      'opened',
      'alert-raised',
      'notice',
      'acknowledged',
      'note',
      'resolved',
    ]);
    expect(story.case('h1.c2')).toMatchObject({
      acknowledgedBy: '周敏',
      resolvedBy: '周敏',
      outcome: 'asleep',
    });
  });

  tell('about low water is joined by an SOS of the same home, which makes it P1', setting, (story) => {
    withoutWater(story);
    story.acknowledge('h1.c2');
    const before = story.notices.length;
    story.until('day 3 12:40');
    story.home('h1').band.presses();
    expect(story.cases()[1]).toBe('h1.c2 safety P1 acknowledged: a2 a3');
    expect(story.case('h1.c2')).toMatchObject({
      due: {
        contact: instant('day 3 12:45'),
        onSite: instant('day 3 13:25'),
        resolve: instant('day 3 14:40'),
      },
      dueAt: instant('day 3 12:45'),
    });
    expect(story.timeLine('h1.c2').slice(-3)).toEqual(['alert-raised', 'priority-raised', 'notice']);
    expect(story.notices.slice(before)).toMatchObject([{ alert: 'h1.a3', content: { priority: 'P1' } }]);
    expect(story.resolve('h1.c2', 'true-emergency')).toBe('ok');
    // All that is open ends with it; the band that had been silent has spoken.
    expect(story.open('h1')).toEqual([]);
  });

  tell('stays open when its alert ends: people end it', setting, (story) => {
    withoutWater(story);
    story.home('h1').meter.lives();
    story.until('day 3 20:00');
    expect(story.open('h1')).toEqual(['M1']);
    expect(story.case('h1.c2').status).toBe('open');
    expect(story.timeLine('h1.c2').at(-1)).toBe('alert-cleared');
  });

  tell('about a silent device is another than that about the person', setting, (story) => {
    story.until('day 2 12:30');
    story.home('h1').band.presses();
    story.home('h1').meter.dies();
    story.until('day 3 00:00');
    expect(story.cases()).toEqual(['h1.c1 technical P3 open: a1 a3', 'h1.c2 safety P1 open: a2']);
  });

  tell('is handled by a restarted service as by the one before', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    story.restart();
    expect(story.acknowledge('h1.c1')).toBe('ok');
    story.restart();
    story.home('h1').band.presses(story.now + 1000);
    expect(story.rawAlerts()).toMatchObject([{ count: 2 }]);
    story.restart();
    expect(story.resolve('h1.c1')).toBe('ok');
    story.until('10:10');
    story.restart();
    story.home('h1').band.presses();
    expect(story.cases()).toEqual(['h1.c1 safety P1 resolved: a1', 'h1.c2 safety P1 open: a2']);
  });
});

describe('who is told', () => {
  const roles = {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'contact'] }],
    always: ['terminal'],
    fallback: { channels: ['duty-room'] },
  };
  const staff = (channel: string) => [
    {
      noun: 'staff',
      id: 'zhou',
      name: '周敏',
      roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
      channels: [{ channel, address: '1' }],
    },
    {
      noun: 'contact',
      id: 'son',
      home: 'h1',
      name: '王建国',
      order: 1,
      channels: [{ channel, address: '2' }],
    },
  ];
  const channels = ['terminal', 'duty-room', 'robot'];

  tell(
    'are the grid worker and the contacts of the home',
    { ...setting, notify: roles, channels, entries: staff('robot') },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.notices.map(({ recipient, channel }) => `${recipient.id} ${channel}`)).toEqual([
        'zhou robot',
        'son robot',
        'terminal terminal',
      ]);
    },
  );

  tell(
    'is the fallback where nobody on the roster can be reached',
    { ...setting, notify: roles, channels },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.notices.map(({ channel }) => channel)).toEqual(['duty-room', 'terminal']);
    },
  );

  tell(
    'is the fallback where everybody has only channels that nobody configured',
    { ...setting, notify: roles, channels: ['terminal', 'duty-room'], entries: staff('pigeon') },
    (story) => {
      story.until('10:00');
      story.home('h1').band.presses();
      expect(story.notices.some(({ channel }) => channel === 'duty-room')).toBe(true);
    },
  );
});
