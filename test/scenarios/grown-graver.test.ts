import { describe, expect } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { calls, person, RELATIVE } from './called.ts';
import { type Setting, type Story, tell } from './story.ts';

const SON = '王建国（儿子）';
const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    { ...RELATIVE, relation: '儿子' },
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'contact'] }],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1'],
        steps: [{ after: '1min', roles: ['committee'] }],
        repeatEvery: '5min',
      },
      {
        kinds: ['safety'],
        priorities: ['P2'],
        steps: [{ after: '5min', roles: ['committee'] }],
        repeatEvery: '15min',
      },
    ],
  },
} satisfies Setting;

/** A fall at ten that somebody takes a minute later. */
function fallTakenBy(story: Story, who: string): void {
  story.until('10:00');
  story.home('h1').band.falls();
  story.until('10:01');
  story.acknowledge('h1.c1', who);
}

/** The band calls for help now; who is called within the next minutes. */
function calledAfterSos(story: Story, minutes: number): string[] {
  const before = story.notices.length;
  const from = story.now;
  story.home('h1').band.presses();
  story.after(minutes * MINUTE);
  return calls(story, from).slice(before);
}

describe('a call for help in a case that somebody has been to already', () => {
  tell('is owed a visit of its own: whoever has it is late after five minutes', setting, (story) => {
    fallTakenBy(story, '周敏');
    story.until('10:10');
    story.step('h1.c1', 'on-site', undefined, '周敏');
    story.until('11:00');
    expect(calledAfterSos(story, 7)).toEqual(['0 zhou', '0 son', '5 zhou', '5 son', '6 wu']);
    expect(story.case('h1.c1').round).toEqual({
      from: story.case('h1.c1').openedAt,
      takenAt: story.case('h1.c1').takenAt,
    });
  });

  tell('is done when they are there once more, and the ledger judges that', setting, (story) => {
    fallTakenBy(story, '周敏');
    story.until('10:10');
    story.step('h1.c1', 'on-site', undefined, '周敏');
    story.until('11:00');
    expect(calledAfterSos(story, 2)).toEqual(['0 zhou', '0 son']);
    expect(story.step('h1.c1', 'on-the-way', undefined, '周敏')).toBe('ok');
    story.after(20 * MINUTE);
    story.step('h1.c1', 'on-site', undefined, '周敏');
    story.after(30 * MINUTE);
    expect(story.notices.at(-1)?.createdAt).toBe(story.case('h1.c1').openedAt + 60 * MINUTE);
    const { promised, round } = story.case('h1.c1');
    expect(round?.onSiteAt).toBeLessThanOrEqual(promised?.onSite ?? 0);
  });

  tell('is not in the hands of a contact for having telephoned before it', setting, (story) => {
    fallTakenBy(story, SON);
    story.until('10:05');
    story.step('h1.c1', 'call-fine', 'resident', SON);
    story.until('10:30');
    expect(calledAfterSos(story, 3)).toEqual(['0 zhou', '0 son', '1 wu']);
  });

  tell('waits for whoever is still on the way to it', setting, (story) => {
    fallTakenBy(story, '周敏');
    story.step('h1.c1', 'call-fine', 'resident', '周敏');
    story.step('h1.c1', 'on-the-way', undefined, '周敏');
    story.until('10:20');
    expect(calledAfterSos(story, 4)).toEqual(['0 zhou', '0 son']);
    expect(story.case('h1.c1')).toHaveProperty('onTheWayAt');
  });
});
