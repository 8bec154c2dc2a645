import { describe, expect } from 'vitest';
import type { CaseStep } from '../../src/model/case.ts';
import { type Setting, type Story, tell } from './story.ts';

const contact = (id: string, name: string): object => ({
  noun: 'contact',
  id,
  home: 'h1',
  name,
  channels: [],
});
const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P2' }],
  entries: [contact('son', '王建国'), contact('neighbour', '赵师傅'), contact('niece', '王芳')],
} satisfies Setting;

function step(story: Story, what: CaseStep, whom?: string, by = '周敏'): string {
  const who =
    whom === undefined
      ? {}
      : {
          whom: whom === 'resident' ? { kind: 'resident' as const } : { kind: 'contact' as const, id: whom },
        };
  const reply = story.command({ type: 'case.step', case: 'h1.c1', step: what, note: '', ...who }, by);
  return reply.ok ? 'ok' : reply.failure.code;
}

function fallen(story: Story): void {
  story.until('10:00');
  story.home('h1').band.falls();
}

describe('what people do with a case', () => {
  tell('stands on its time line, and who sets out has taken it', setting, (story) => {
    fallen(story);
    expect(step(story, 'on-the-way')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ status: 'acknowledged', acknowledgedBy: '周敏' });
    story.until('10:20');
    expect(step(story, 'on-site', undefined, '吴强')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '周敏' });
    const { onTheWayAt = 0, onSiteAt = 0 } = story.case('h1.c1');
    expect(onSiteAt - onTheWayAt).toBe(20 * 60_000);
    expect(story.timeLine('h1.c1').slice(-3)).toEqual(['acknowledged', 'step', 'step']);
    story.resolve('h1.c1');
    expect(step(story, 'on-site')).toBe('CASE_ALREADY_RESOLVED');
  });

  tell('names who was called; nobody, or a stranger, is refused', setting, (story) => {
    fallen(story);
    expect(step(story, 'call-no-answer')).toBe('CASE_CALLED_UNKNOWN');
    expect(step(story, 'call-no-answer', 'somebody')).toBe('CASE_CALLED_UNKNOWN');
    expect(step(story, 'call-fine', 'son')).toBe('ok');
  });
});

describe('calls that nobody answers', () => {
  tell(
    'make the case graver by one step, with the person and two contacts within half an hour',
    setting,
    (story) => {
      fallen(story);
      for (const whom of ['resident', 'resident', 'son']) step(story, 'call-no-answer', whom);
      expect(story.case('h1.c1').priority).toBe('P2');
      story.until('10:20');
      step(story, 'call-wrong-number', 'neighbour');
      expect(story.case('h1.c1').priority).toBe('P1');
      expect(story.timeLine('h1.c1').slice(-4)).toEqual(['step', 'note', 'priority-raised', 'notice']);
    },
  );

  tell('do not count together over more than half an hour', setting, (story) => {
    fallen(story);
    step(story, 'call-no-answer', 'resident');
    story.until('10:31');
    for (const whom of ['son', 'neighbour', 'niece']) step(story, 'call-no-answer', whom);
    expect(story.case('h1.c1').priority).toBe('P2');
  });

  tell('are forgotten when somebody answers', setting, (story) => {
    fallen(story);
    step(story, 'call-no-answer', 'resident');
    step(story, 'call-no-answer', 'son');
    step(story, 'call-fine', 'niece');
    step(story, 'call-no-answer', 'neighbour');
    expect(story.case('h1.c1').priority).toBe('P2');
  });
});
