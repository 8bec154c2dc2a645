import { describe, expect } from 'vitest';
import { SECOND } from '../../src/lib/clock.ts';
import { person } from './called.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'B2', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'committee'] }],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [{ after: '4h', roles: ['committee'] }],
        repeatEvery: '4h',
      },
    ],
  },
} satisfies Setting;

/** Who was told at which second after ten: `15 zhou`. */
const heard = (story: Story): string[] =>
  story.notices
    .filter(({ content }) => content.event !== 'case-overdue' && content.event !== 'case-escalated')
    .map(({ createdAt, recipient }) => `${(createdAt - instant('10:00')) / SECOND} ${recipient.id}`);

function presses(story: Story, ...times: readonly string[]): void {
  for (const at of times) {
    story.until(at);
    story.home('h1').band.presses();
  }
}

describe('an SOS that is pressed again', () => {
  tell(
    'is news when nobody heard of one for five minutes, whatever milder they heard meanwhile',
    setting,
    (story) => {
      presses(story, '10:00', '10:04:59');
      story.until('10:05:30');
      story.home('h1').band.falls();
      presses(story, '10:06', '10:06:30');
      expect(heard(story)).toEqual(['0 zhou', '0 wu', '330 zhou', '330 wu', '360 zhou', '360 wu']);
      expect(story.notices.at(-1)?.content.body.zh).toMatch(/^再次发生（P1），共 3 次/);
    },
  );

  tell('is told to whoever has the case, once a minute and no more often', setting, (story) => {
    presses(story, '10:00');
    story.until('10:00:10');
    story.acknowledge('h1.c1', '周敏');
    presses(story, '10:00:15', '10:00:45', '10:01', '10:01:20', '10:01:59', '10:02:01');
    expect(heard(story)).toEqual(['0 zhou', '0 wu', '60 zhou', '121 zhou']);
    // The others hear when five minutes have passed since they did.
    presses(story, '10:04:50', '10:05');
    expect(heard(story).slice(4)).toEqual(['290 zhou']);
    presses(story, '10:05:50');
    expect(heard(story).slice(5)).toEqual(['350 zhou', '350 wu']);
  });

  tell('is told to whom a milder alert was told at the same moment as well', setting, (story) => {
    presses(story, '10:00');
    story.acknowledge('h1.c1', '周敏');
    story.until('10:02');
    story.home('h1').band.falls();
    presses(story, '10:02:15');
    expect(heard(story).slice(2)).toEqual(['120 zhou', '120 wu', '135 zhou']);
  });

  tell('is news to whoever has come to it since', setting, (story) => {
    presses(story, '10:00');
    story.until('10:01:30');
    expect(story.register([person('sun', '孙伟', 'committee', 'haitang')])).toBe('ok');
    presses(story, '10:01:40');
    expect(heard(story)).toEqual(['0 zhou', '0 wu', '100 sun']);
  });

  tell('of a P2 is no reason to call its owner before the others', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.acknowledge('h1.c1', '周敏');
    story.until('10:03');
    story.home('h1').band.falls();
    expect(heard(story)).toEqual(['0 zhou', '0 wu']);
    story.until('10:05');
    story.home('h1').band.falls();
    expect(heard(story).slice(2)).toEqual(['300 zhou', '300 wu']);
  });
});
