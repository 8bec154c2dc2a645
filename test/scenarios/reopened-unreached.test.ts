import { expect } from 'vitest';
import { type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
  channels: ['robot', 'terminal'],
  entries: [
    {
      ...{ noun: 'staff', id: 'zhou', name: '周敏', roles: [{ role: 'grid-worker', node: 'haitang' }] },
      channels: [{ channel: 'robot', address: 'zhou' }],
    },
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} as const;

/** The provider refuses for good what was sent to people last. */
function failsLast(story: Story): void {
  const last = story.notices.findLast(({ channel }) => channel === 'robot');
  if (!last) throw new Error('nobody was told');
  const about = { notice: last.id, case: last.case, subject: 'h1', recipient: '周敏', channel: 'robot' };
  story.command(
    { type: 'notice.result', ...about, state: 'failed', failure: 'attempts-exhausted' },
    'system',
  );
}

tell(
  'a P1 that is opened again, and reaches nobody, is passed on like one that is opened',
  setting,
  (story) => {
    story.until('10:00').home('h1').band.presses();
    story.acknowledge('h1.c1');
    story.resolve('h1.c1');
    story.until('10:10');
    story.command({ type: 'case.reopen', case: 'h1.c1', reason: '又不舒服了' });
    expect(story.lastEntry('h1.c1', 'notice')?.text.zh).toContain('周敏');
    failsLast(story);
    expect(story.lastEntry('h1.c1', 'notice')?.text.zh).toContain('所有通知均未送达，改用后备');
    expect(story.notices.at(-1)).toMatchObject({ channel: 'terminal', createdAt: story.now });
  },
);
