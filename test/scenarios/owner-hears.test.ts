import { describe, expect } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { calls, person, RELATIVE } from './called.ts';
import { type Setting, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
    { id: 'N2', kind: 'event', params: { events: ['smoke'] }, priority: 'P1' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    RELATIVE,
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [{ after: '30min', roles: ['grid-worker'] }],
        repeatEvery: '30min',
      },
    ],
  },
} satisfies Setting;

describe('whoever has a case and is not among those who hear of such a case first', () => {
  tell('hears that it has become graver', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    const from = story.now;
    story.acknowledge('h1.c1', '吴强');
    story.after(MINUTE);
    story.home('h1').band.presses();
    expect(calls(story, from).sort()).toEqual(['0 zhou', '1 wu', '1 zhou']);
  });

  tell('hears that nobody answers the telephone, where others have tried', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    const from = story.now;
    story.acknowledge('h1.c1', '吴强');
    story.after(MINUTE);
    for (const whom of ['resident', 'son'] as const) story.step('h1.c1', 'call-no-answer', whom, '周敏');
    expect(story.case('h1.c1').priority).toBe('P1');
    expect(calls(story, from).sort()).toEqual(['0 zhou', '1 wu', '1 zhou']);
  });

  tell('hears of another emergency in it', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    const from = story.now;
    story.acknowledge('h1.c1', '吴强');
    story.after(MINUTE);
    story.home('h1').band.falls();
    expect(calls(story, from).sort()).toEqual(['0 zhou', '1 wu', '1 zhou']);
  });

  tell('is paged when they are late', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    const from = story.now;
    story.acknowledge('h1.c1', '吴强');
    story.until('10:05:30');
    expect(calls(story, from).sort()).toEqual(['0 zhou', '5 wu', '5 zhou']);
  });

  tell('is paged when they are late, also where it is a contact', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    const from = story.now;
    story.acknowledge('h1.c1', '王建国（联系人）');
    story.until('10:15:30');
    expect(calls(story, from).sort()).toEqual(['0 zhou', '15 son', '15 zhou']);
  });
});
