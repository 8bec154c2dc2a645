import { expect, test } from 'vitest';
import type { Notice } from '../../src/model/notice.ts';
import { toldOf } from '../../src/web/cases/told.ts';

const notice = (
  name: string,
  createdAt: number,
  state: Notice['state'],
  more: Partial<Notice> = {},
): Notice =>
  ({
    id: `${name} ${createdAt}`,
    recipient: { kind: 'staff', id: name, name, role: 'grid-worker' },
    channel: 'sms',
    attempts: 1,
    createdAt,
    state,
    ...more,
  }) as unknown as Notice;
const names = (notices: readonly Notice[]) => notices.map(({ recipient }) => recipient.name);

test('whom it reached first is who read it, before to whom it was delivered, before whose provider took it', () => {
  const taken = notice('zhou', 1, 'accepted', { acceptedAt: 2 });
  const delivered = notice('li', 1, 'delivered', { acceptedAt: 3, deliveredAt: 4 });
  const read = notice('sun', 1, 'seen', { acceptedAt: 5, deliveredAt: 6, seenAt: 9 });
  const later = notice('chen', 1, 'seen', { seenAt: 12 });
  const first = (...of: Notice[]) => toldOf(of).first;
  expect(first(taken, delivered, later, read)).toMatchObject({ how: 'seen', at: 9, notice: { id: 'sun 1' } });
  expect(first(taken, delivered)).toMatchObject({ how: 'delivered', at: 4 });
  expect(first(taken)).toMatchObject({ how: 'accepted', at: 2 });
  expect(first(notice('li', 1, 'failed', { acceptedAt: 2 }))).toBeUndefined();
});

test('what failed, and what was tried in vain, is never among what is folded away', () => {
  const told = toldOf([
    notice('zhou', 1, 'seen', { seenAt: 2 }),
    notice('li', 2, 'failed'),
    notice('sun', 3, 'queued', { failure: 'provider-timeout' }),
    notice('chen', 4, 'queued', { attempts: 0 }),
  ]);
  expect(names(told.troubles)).toEqual(['sun', 'li']);
  expect(names(told.others)).toEqual(['chen', 'zhou']);
  expect(told.counts).toEqual([
    { state: 'failed', count: 1 },
    { state: 'seen', count: 1 },
    { state: 'queued', count: 2 },
  ]);
});

test('who has read it over one channel is not asked for over another, but is for what came later', () => {
  const told = toldOf([
    notice('zhou', 1, 'seen', { seenAt: 2 }),
    notice('zhou', 1, 'delivered', { channel: 'e-mail' }),
    notice('li', 1, 'accepted'),
    notice('li', 5, 'accepted'),
    notice('sun', 1, 'seen', { seenAt: 2 }),
    notice('sun', 7, 'delivered'),
    notice('chen', 1, 'withdrawn'),
  ]);
  expect(names(told.unread)).toEqual(['li', 'sun']);
});

test('a screen or a program reads nothing, and is first only where no person was reached', () => {
  const recipient = { kind: 'channel', id: '', name: 'terminal', role: '' } as const;
  const screen = notice('terminal', 1, 'accepted', { recipient, acceptedAt: 1 });
  const person = notice('zhou', 1, 'accepted', { acceptedAt: 5 });
  const told = toldOf([screen, person]);
  expect(names(told.unread)).toEqual(['zhou']);
  expect(told.first?.notice.id).toBe('zhou 1');
  expect(toldOf([screen]).first?.notice.id).toBe('terminal 1');
});
