import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import { takeCaseCommand } from '../src/cases/commands.ts';
import type { CaseContext } from '../src/cases/context.ts';
import { beginDrill } from '../src/cases/drills.ts';
import { noticeResult } from '../src/cases/notice-results.ts';
import type { RecipientAddress } from '../src/cases/recipients.ts';
import type { Priority } from '../src/model/alert.ts';
import type { Notice, NoticeState } from '../src/model/notice.ts';
import { contextAt, draftOf, MINUTE, NOON, noticesIn, wayTo, wordsIn } from './cases-fixtures.ts';

const SCREEN: RecipientAddress = { ...wayTo('terminal', 'terminal'), screen: true };
const FALLBACK: readonly RecipientAddress[] = [
  wayTo('zhang', 'robot', 'zhang'),
  { ...wayTo('chen', 'webhook', 'chen'), fallback: true },
  { ...wayTo('terminal', 'terminal'), fallback: true },
];
const told = [wayTo('zhang', 'robot', 'zhang'), wayTo('li', 'robot', 'li'), SCREEN];

function opened(priority: Priority, recipients: readonly RecipientAddress[] = told) {
  const book = emptyBook();
  const at = (minutes: number): CaseContext => ({
    ...contextAt(NOON + minutes * MINUTE, recipients),
    fallback: () => FALLBACK,
  });
  const { effects } = placeAlert(book, draftOf('a1', { priority }), 'raised', at(0));
  const notices = noticesIn(effects);
  const result = (notice: Notice | undefined, state: NoticeState) => {
    if (!notice) throw new Error('no such notice');
    const { id, channel, recipient } = notice;
    const failure = state === 'failed' ? ({ failure: 'attempts-exhausted' } as const) : {};
    const command = { notice: id, case: 'h1.c1', subject: 'h1', state, ...failure };
    return noticeResult(book, { ...command, recipient: recipient.name, channel }, at(5)).effects;
  };
  return { book, notices, result, at };
}
const who = (notices: readonly Notice[]) =>
  notices.map(({ recipient, channel }) => `${recipient.id} ${channel}`);

test.each(['P1', 'P2'] as const)(
  'a %s whose notices have all failed for good is passed on to the fallback',
  (priority) => {
    const { notices, result } = opened(priority);
    expect(noticesIn(result(notices[0], 'failed'))).toEqual([]);
    const effects = result(notices[1], 'failed');
    // Over the way that has just failed nobody is told again.
    expect(who(noticesIn(effects))).toEqual(['chen webhook', 'terminal terminal']);
    expect(wordsIn(effects)).toContain('No notice arrived, so fallback. Told: chen(grid worker, webhook)');
    expect(noticesIn(effects)[0]?.content.body.zh).toContain('上一次通知未送达任何人');
  },
);

test('the fallback is told once, whatever becomes of it', () => {
  const { notices, result } = opened('P1');
  result(notices[0], 'failed');
  const passedOn = noticesIn(result(notices[1], 'failed'));
  for (const notice of passedOn) expect(noticesIn(result(notice, 'failed'))).toEqual([]);
  expect(noticesIn(result(notices[1], 'failed'))).toEqual([]);
});

test('who was reached, also before the others failed, is enough; a screen is not', () => {
  const reached = opened('P1');
  reached.result(reached.notices[1], 'accepted');
  expect(noticesIn(reached.result(reached.notices[0], 'failed'))).toEqual([]);
  const screen = opened('P1');
  screen.result(screen.notices[2], 'accepted');
  screen.result(screen.notices[0], 'failed');
  expect(noticesIn(screen.result(screen.notices[1], 'failed'))).not.toEqual([]);
});

test('what is not grave is only shown, and what went to the fallback at once goes nowhere else', () => {
  const mild = opened('P3');
  mild.result(mild.notices[0], 'failed');
  expect(noticesIn(mild.result(mild.notices[1], 'failed'))).toEqual([]);
  const last = opened('P1', FALLBACK);
  for (const notice of last.notices) expect(noticesIn(last.result(notice, 'failed'))).toEqual([]);
});

test('what stands in the book survives being stored', () => {
  const { book, notices, result } = opened('P1');
  result(notices[0], 'failed');
  Object.assign(book, JSON.parse(JSON.stringify(book)));
  expect(who(noticesIn(result(notices[1], 'failed')))).toEqual(['chen webhook', 'terminal terminal']);
  expect(book.cases[0]).not.toHaveProperty('awaited');
});

test('that the person needs help is told to others, where whoever has the case is not reached', () => {
  const { book, result, at } = opened('P1');
  takeCaseCommand(book, { type: 'case.acknowledge', case: 'h1.c1' }, 'zhang', at(1));
  const asked = { type: 'case.confirm', case: 'h1.c1', well: false, note: '' } as const;
  const [toOwner, ...others] = noticesIn(takeCaseCommand(book, asked, '王秀英', at(2)).effects);
  expect([toOwner?.recipient.id, others]).toEqual(['zhang', []]);
  expect(who(noticesIn(result(toOwner, 'failed')))).toEqual(
    expect.arrayContaining(['chen webhook', 'terminal terminal']),
  );
});

test('that the person needs help is told again where nobody has the case and no steps of an escalation are to come, and of one press after another once', () => {
  const { book, at } = opened('P1');
  const asked = { type: 'case.confirm', case: 'h1.c1', well: false, note: '' } as const;
  const told = (minutes: number) =>
    who(noticesIn(takeCaseCommand(book, asked, '王秀英', at(minutes)).effects));
  expect(told(2)).toEqual(expect.arrayContaining(['zhang robot', 'li robot']));
  expect(told(3)).toEqual([]);
});

test('a drill that reaches nobody says so to the fallback as a drill', () => {
  const { at } = opened('P1');
  const book = emptyBook();
  const begin = { home: 'h1', priority: 'P1', note: '' } as const;
  const notices = noticesIn(beginDrill(book, begin, '吴强', at(0)).effects).filter(
    ({ recipient }) => recipient.id !== 'terminal',
  );
  const fails = ({ id, channel, recipient }: Notice) =>
    noticeResult(
      book,
      {
        notice: id,
        case: 'h1.c1',
        subject: 'h1',
        state: 'failed',
        failure: 'attempts-exhausted',
        recipient: recipient.name,
        channel,
      },
      at(1),
    ).effects;
  const passedOn = notices.flatMap((one) => noticesIn(fails(one)));
  expect(who(passedOn)).toEqual(expect.arrayContaining(['chen webhook']));
  for (const { content } of passedOn) {
    expect(content.drill).toBe(true);
    expect(content.title.zh).toMatch(/^【演练】/);
  }
});
