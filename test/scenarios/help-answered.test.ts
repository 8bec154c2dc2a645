import { describe, expect } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { calls, person, pressed } from './called.ts';
import { type Setting, type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P3' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    {
      noun: 'resident',
      id: 'h1-r',
      home: 'h1',
      name: '王秀英',
      channels: [{ channel: 'robot', address: 'wang' }],
    },
  ],
  notify: {
    routes: [
      { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] },
      { kinds: ['safety'], priorities: ['P3'], roles: ['resident'] },
    ],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [{ after: '5min', roles: ['committee'] }],
        repeatEvery: '15min',
      },
      {
        kinds: ['safety'],
        priorities: ['P3'],
        steps: [{ after: '4h', roles: ['committee'] }],
        repeatEvery: '12h',
      },
    ],
  },
} satisfies Setting;

/** The person answers, by a card or a link, that they need help; who is called within the next minutes. */
function saysHelpIsNeeded(story: Story, minutes: number): string[] {
  const before = story.notices.length;
  const from = story.now;
  expect(story.confirm('h1.c1', '王秀英', false)).toBe('ok');
  story.after(minutes * MINUTE);
  return calls(story, from).slice(before);
}

function resolved(story: Story): void {
  pressed(story);
  story.acknowledge('h1.c1');
  story.resolve('h1.c1', 'asleep');
}

describe('whoever was asked, and says when the case is over that help is needed', () => {
  tell('is helped as after a button was pressed, while the call-back is waited for', setting, (story) => {
    resolved(story);
    expect(saysHelpIsNeeded(story, 6)).toEqual(['0 zhou', '5 wu']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P1 resolved: a1', 'h1.c2 safety P1 open: a2']);
    expect(story.rawAlerts('h1').at(-1)?.evidence.text.zh).toContain('王秀英 答复需要帮助');
  });

  tell('and so when it was struck off', setting, (story) => {
    resolved(story);
    story.callBack('h1.c1', 'satisfied', '吴强');
    expect(saysHelpIsNeeded(story, 6)).toEqual(['0 zhou', '5 wu']);
  });

  tell('and once only, however often they press', setting, (story) => {
    resolved(story);
    for (let i = 0; i < 3; i++) story.confirm('h1.c1', '王秀英', false);
    story.after(MINUTE);
    expect(story.notices.filter((one) => one.case === 'h1.c2').length).toBeLessThanOrEqual(2);
    story.acknowledge('h1.c2');
    // Whoever has the new one is told.
    expect(saysHelpIsNeeded(story, 1)).toEqual(['0 zhou']);
    expect(story.cases('h1')).toHaveLength(2);
  });

  tell('and makes what is at work there as urgent', setting, (story) => {
    resolved(story);
    story.home('h1').band.falls();
    expect(story.case('h1.c2').priority).toBe('P3');
    expect(saysHelpIsNeeded(story, 6)).toEqual(['0 zhou', '5 wu']);
    expect(story.case('h1.c2').priority).toBe('P1');
  });

  tell('but of that all is well nobody need hear', setting, (story) => {
    resolved(story);
    const before = story.notices.length;
    expect(story.confirm('h1.c1')).toBe('ok');
    story.after(10 * MINUTE);
    expect(story.notices.slice(before)).toEqual([]);
  });
});

describe('whoever needs help in a case that had hours', () => {
  tell('has people called now, and again until somebody comes', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.until('10:05');
    expect(saysHelpIsNeeded(story, 40)).toEqual(['0 zhou', '0 wu', '15 wu', '30 wu']);
    expect(story.lines('h1.c1').map(({ type }) => type)).toContain('priority-raised');
    expect(story.case('h1.c1').priority).toBe('P2');
  });

  tell('is not left for hours to whoever has it', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.acknowledge('h1.c1');
    story.step('h1.c1', 'call-fine', 'resident');
    story.until('10:05');
    expect(saysHelpIsNeeded(story, 22)).toEqual(['0 zhou', '15 zhou', '20 wu']);
  });
});
