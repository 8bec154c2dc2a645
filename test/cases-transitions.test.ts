import { describe, expect, it } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import type { CaseOutcome } from '../src/cases/answers.ts';
import { type CaseBook, emptyBook, gatheringCase } from '../src/cases/case-book.ts';
import { resolve } from '../src/cases/closing.ts';
import { type CaseCommand, takeCaseCommand } from '../src/cases/commands.ts';
import { noticeResult } from '../src/cases/notice-results.ts';
import { acknowledge } from '../src/cases/taking.ts';
import { TRANSITIONS } from '../src/cases/transitions.ts';
import { CASE_STATUSES, type CaseStatus } from '../src/model/case.ts';
import { CASE_ACTIONS, type CaseAction } from '../src/model/case-action.ts';
import { caseIn, contextAt, draftOf, MINUTE, NOON, noticesIn, SAFETY, wordsIn } from './cases-fixtures.ts';

/** As the service would ask it: through the one door of all commands. */
const ask =
  (command: (by: string) => CaseCommand) =>
  (book: CaseBook, by: string, at: number): CaseOutcome =>
    takeCaseCommand(book, command(by), by, contextAt(at));

const id = 'h1.c1';
const ACTIONS: Record<CaseAction, (book: CaseBook, by: string, at: number) => CaseOutcome> = {
  acknowledge: ask(() => ({ type: 'case.acknowledge', case: id })),
  assign: ask(() => ({
    type: 'case.assign',
    case: id,
    to: { kind: 'user', name: '孙伟' },
    takeOver: true,
    note: '',
  })),
  step: ask(() => ({ type: 'case.step', case: id, step: 'on-the-way', note: '' })),
  // Only whoever has a case says this of it, and only of a step that was said.
  'withdraw-step': (book, _by, at) => {
    if (book.cases[0]?.case.status === 'acknowledged') ACTIONS.step(book, '张敏', at);
    return ask(() => ({ type: 'case.withdraw-step', case: id }))(book, '张敏', at + 1);
  },
  'give-back': (book, _by, at) =>
    ask(() => ({ type: 'case.give-back', case: id, reason: '' }))(book, '张敏', at),
  note: ask(() => ({ type: 'case.note', case: id, text: '敲门无人应' })),
  photo: ask(() => ({ type: 'case.photo', case: id, photo: 'p1', note: '' })),
  resolve: ask(() => ({
    type: 'case.resolve',
    case: id,
    outcome: 'true-need',
    note: '',
    contactMadeBy: '张敏',
    contact: 'seen',
  })),
  'call-back': ask(() => ({ type: 'case.call-back', case: id, result: 'satisfied', note: '' })),
  'strike-off': ask(() => ({ type: 'case.strike-off', case: id, reason: '已搬走' })),
  reopen: ask(() => ({ type: 'case.reopen', case: id, reason: '家属说仍无人应答' })),
};

function bookIn(status: CaseStatus): CaseBook {
  const book = emptyBook();
  placeAlert(book, draftOf('h1.a1'), 'raised', contextAt(NOON));
  if (status === 'acknowledged') ACTIONS.acknowledge(book, '张敏', NOON + MINUTE);
  if (status === 'resolved' || status === 'struck-off') ACTIONS.resolve(book, '张敏', NOON + MINUTE);
  if (status === 'struck-off') ACTIONS['call-back'](book, '陈静', NOON + MINUTE);
  return book;
}

/** Written out once more, so that a change of the table is a change that somebody meant. */
const EXPECTED: Record<CaseStatus, Record<CaseAction, string>> = {
  open: {
    acknowledge: 'acknowledged',
    assign: 'acknowledged',
    step: 'acknowledged',
    'withdraw-step': 'CASE_NOT_TAKEN',
    'give-back': 'CASE_NOT_TAKEN',
    note: 'open',
    photo: 'open',
    resolve: 'resolved',
    'call-back': 'CASE_NOT_RESOLVED',
    'strike-off': 'CASE_NOT_RESOLVED',
    reopen: 'CASE_NOT_RESOLVED',
  },
  acknowledged: {
    acknowledge: 'CASE_ALREADY_ACKNOWLEDGED',
    assign: 'acknowledged',
    step: 'acknowledged',
    'withdraw-step': 'acknowledged',
    'give-back': 'open',
    note: 'acknowledged',
    photo: 'acknowledged',
    resolve: 'resolved',
    'call-back': 'CASE_NOT_RESOLVED',
    'strike-off': 'CASE_NOT_RESOLVED',
    reopen: 'CASE_NOT_RESOLVED',
  },
  resolved: {
    acknowledge: 'CASE_ALREADY_RESOLVED',
    assign: 'CASE_ALREADY_RESOLVED',
    step: 'CASE_ALREADY_RESOLVED',
    'withdraw-step': 'CASE_ALREADY_RESOLVED',
    'give-back': 'CASE_ALREADY_RESOLVED',
    note: 'resolved',
    photo: 'resolved',
    resolve: 'CASE_ALREADY_RESOLVED',
    'call-back': 'struck-off',
    'strike-off': 'struck-off',
    reopen: 'open',
  },
  'struck-off': {
    acknowledge: 'CASE_STRUCK_OFF',
    assign: 'CASE_STRUCK_OFF',
    step: 'CASE_STRUCK_OFF',
    'withdraw-step': 'CASE_STRUCK_OFF',
    'give-back': 'CASE_STRUCK_OFF',
    note: 'CASE_STRUCK_OFF',
    photo: 'CASE_STRUCK_OFF',
    resolve: 'CASE_STRUCK_OFF',
    'call-back': 'CASE_STRUCK_OFF',
    'strike-off': 'CASE_STRUCK_OFF',
    reopen: 'CASE_STRUCK_OFF',
  },
};

describe('what people may do with a case', () => {
  for (const status of CASE_STATUSES) {
    for (const action of CASE_ACTIONS) {
      it(`${action} on a case that is ${status}: ${EXPECTED[status][action]}`, () => {
        const book = bookIn(status);
        const before = structuredClone(book);
        const { reply, effects } = ACTIONS[action](book, '李强', NOON + 2 * MINUTE);
        const transition = TRANSITIONS[status][action];
        if ('to' in transition) {
          expect(reply.ok).toBe(true);
          expect(caseIn(effects)?.status).toBe(EXPECTED[status][action]);
          expect(transition.to).toContain(EXPECTED[status][action]);
        } else {
          expect(reply).toMatchObject({ ok: false, failure: { code: EXPECTED[status][action] } });
          expect(effects).toEqual([]);
          expect(book).toEqual(before);
        }
      });
    }
  }

  it('refuses a case that never was', () => {
    const outcome = acknowledge(bookIn('open'), { case: 'h1.c9' }, '张敏', contextAt(NOON));
    expect(outcome.reply).toMatchObject({ ok: false, failure: { code: 'CASE_NOT_FOUND' } });
  });

  it('lets the same person acknowledge twice and changes nothing the second time', () => {
    const book = bookIn('acknowledged');
    const { reply, effects } = acknowledge(
      book,
      { case: 'h1.c1', expectedVersion: 1 },
      '张敏',
      contextAt(NOON + 9 * MINUTE),
    );
    expect(reply).toEqual({ ok: true, version: 2 });
    expect(effects).toEqual([]);
  });

  it('says who has acknowledged already, and when', () => {
    const { reply } = ACTIONS.acknowledge(bookIn('acknowledged'), '李强', NOON + 5 * MINUTE);
    expect(reply).toEqual({
      ok: false,
      failure: { code: 'CASE_ALREADY_ACKNOWLEDGED', details: { by: '张敏', at: NOON + MINUTE } },
    });
  });

  it('refuses a change on top of a version that somebody else has changed, and says who', () => {
    const book = bookIn('open');
    ACTIONS.note(book, '李强', NOON + MINUTE);
    const ctx = contextAt(NOON + 2 * MINUTE);
    const { reply } = acknowledge(book, { case: 'h1.c1', expectedVersion: 1 }, '张敏', ctx);
    expect(reply).toEqual({
      ok: false,
      failure: { code: 'CASE_VERSION_CONFLICT', details: { version: 2, by: '李强', at: NOON + MINUTE } },
    });
    expect(acknowledge(book, { case: 'h1.c1', expectedVersion: 2 }, '张敏', ctx).reply.ok).toBe(true);
  });

  it('refuses a version that does not exist yet', () => {
    const ctx = contextAt(NOON);
    const { reply } = acknowledge(bookIn('open'), { case: 'h1.c1', expectedVersion: 7 }, '张敏', ctx);
    expect(reply).toMatchObject({ ok: false, failure: { code: 'CASE_VERSION_CONFLICT' } });
  });

  it('does not refuse somebody because a message went out meanwhile', () => {
    const book = bookIn('open');
    const sent = {
      notice: 'n',
      case: 'h1.c1',
      subject: 'h1',
      state: 'accepted',
      recipient: '张敏',
      channel: 'sms',
    } as const;
    const { effects } = noticeResult(book, sent, contextAt(NOON + 1000));
    expect(caseIn(effects)?.version).toBe(2);
    const ctx = contextAt(NOON + 2000);
    expect(acknowledge(book, { case: 'h1.c1', expectedVersion: 1 }, '张敏', ctx).reply).toEqual({
      ok: true,
      version: 3,
    });
  });

  it.each(['P1', 'P2'] as const)(
    'does not let a %s be resolved before somebody named made contact',
    (priority) => {
      const book = emptyBook();
      placeAlert(book, draftOf('h1.a1', { priority }), 'raised', contextAt(NOON));
      const body = { case: 'h1.c1', outcome: 'away', note: '', contactMadeBy: ' ', contact: 'seen' } as const;
      expect(resolve(book, body, '张敏', contextAt(NOON)).reply).toMatchObject({
        ok: false,
        failure: { code: 'CASE_CONTACT_REQUIRED' },
      });
      const { contact: _, ...unsaid } = { ...body, contactMadeBy: '张敏' };
      expect(resolve(book, unsaid, '张敏', contextAt(NOON)).reply).toMatchObject({
        failure: { code: 'CASE_CONTACT_REQUIRED' },
      });
      expect(resolve(book, { ...body, contactMadeBy: '张敏' }, '张敏', contextAt(NOON)).reply.ok).toBe(true);
    },
  );

  it.each(['P3', 'P4'] as const)('lets a %s be resolved without contact', (priority) => {
    const book = emptyBook();
    placeAlert(book, draftOf('h1.a1', { priority }), 'raised', contextAt(NOON));
    const body = { case: 'h1.c1', outcome: 'away', note: '', contactMadeBy: '' } as const;
    expect(resolve(book, body, '张敏', contextAt(NOON)).reply.ok).toBe(true);
  });

  it('does not take "other" for an outcome without words that say what was found', () => {
    const book = bookIn('open');
    const body = { case: 'h1.c1', outcome: 'other', contactMadeBy: '张敏', contact: 'seen' } as const;
    expect(resolve(book, { ...body, note: ' ' }, '张敏', contextAt(NOON)).reply).toMatchObject({
      failure: { code: 'CASE_OUTCOME_UNSAID' },
    });
    expect(resolve(book, { ...body, note: '猫碰了按钮' }, '张敏', contextAt(NOON)).reply.ok).toBe(true);
  });

  it.each(['P1', 'P2'] as const)('never closes a %s as one whose person was not reached', (priority) => {
    const book = emptyBook();
    placeAlert(book, draftOf('h1.a1', { priority }), 'raised', contextAt(NOON));
    const body = { case: 'h1.c1', outcome: 'not-reached', note: '' } as const;
    expect(
      resolve(book, { ...body, contactMadeBy: '张敏', contact: 'seen' }, '张敏', contextAt(NOON)).reply,
    ).toMatchObject({ failure: { code: 'CASE_OUTCOME_CONTRADICTS' } });
    expect(resolve(book, { ...body, contactMadeBy: '' }, '张敏', contextAt(NOON)).reply).toMatchObject({
      failure: { code: 'CASE_CONTACT_REQUIRED' },
    });
  });

  it('names the alerts that were still open when the case was resolved', () => {
    const book = bookIn('open');
    const second = draftOf('h1.a2');
    placeAlert(book, second, 'raised', contextAt(NOON));
    placeAlert(book, { ...second, clearedAt: NOON, clearReason: 'recovered' }, 'cleared', contextAt(NOON));
    placeAlert(book, draftOf('h1.a3', { about: 'device' }), 'raised', contextAt(NOON));
    expect(ACTIONS.resolve(book, '张敏', NOON + MINUTE).resolvedAlerts).toEqual(['h1.a1']);
  });

  it('tells whoever has a case what is owed next and by when, in minutes that people count', () => {
    const book = bookIn('open');
    ACTIONS.acknowledge(book, '张敏', NOON + MINUTE);
    const later = (seconds: number, id: string) =>
      noticesIn(placeAlert(book, draftOf(id), 'raised', contextAt(NOON + MINUTE + seconds * 1000)).effects)[0]
        ?.content.body;
    expect(later(37, 'h1.a2')).toEqual({
      zh: '新增告警（P2）。张敏 已接手，请在 14 分钟内联系到老人。详情请登录查看。',
      en: 'One more alert (P2). 张敏 has taken it on; the person is to be reached within 14 minutes. Sign in for details.',
    });
    const arrive = ask(() => ({ type: 'case.step', case: id, step: 'on-site', note: '' }));
    arrive(book, '张敏', NOON + 2 * MINUTE);
    expect(later(100, 'h1.a3')?.zh).toContain('请在 4 小时内处置');
  });

  it('counts the time to acknowledge from the opening and the time to reach the person from the acknowledgement', () => {
    const book = bookIn('open');
    expect(gatheringCase(book, 'safety')?.case.dueAt).toBe(NOON + SAFETY.P2.acknowledge);
    ACTIONS.acknowledge(book, '张敏', NOON + 3 * MINUTE);
    expect(gatheringCase(book, 'safety')?.case.dueAt).toBe(NOON + 3 * MINUTE + (SAFETY.P2.contact ?? 0));
  });

  it('writes into the time line what became of a notice, in words', () => {
    const book = bookIn('open');
    const base = { notice: 'n1', case: 'h1.c1', subject: 'h1', recipient: '张敏', channel: 'duty-robot' };
    const failed = noticeResult(
      book,
      { ...base, state: 'failed', failure: 'provider-timeout', detail: 'no answer in 15 s' },
      contextAt(NOON),
    );
    expect(wordsIn(failed.effects)).toBe(
      'Notice failed: 张敏 (duty-robot). The provider did not answer in time (no answer in 15 s)',
    );
    expect(failed.effects[0]).toMatchObject({ entries: [{ n: 4, type: 'notice', notice: 'n1' }] });
    expect(wordsIn(noticeResult(book, { ...base, state: 'accepted' }, contextAt(NOON)).effects)).toContain(
      'does not mean read',
    );
    expect(wordsIn(noticeResult(book, { ...base, state: 'delivered' }, contextAt(NOON)).effects)).toContain(
      'delivered',
    );
    const late = noticeResult(bookIn('struck-off'), { ...base, state: 'accepted' }, contextAt(NOON));
    expect(late).toMatchObject({ reply: { ok: true }, effects: [] });
  });
});

describe('two people of one name', () => {
  const ACCOUNTS = ['zhou', 'zhou2'] as const;
  const take = (book: CaseBook, account?: string, takeOver = false) =>
    takeCaseCommand(
      book,
      { type: 'case.acknowledge', case: id, takeOver, ...(account === undefined ? {} : { account }) },
      '周敏',
      contextAt(NOON + MINUTE),
    );
  const codeOf = ({ reply }: CaseOutcome): string => (reply.ok ? 'ok' : reply.failure.code);

  it('are two: who comes second is told that somebody has it, and may take it over knowingly', () => {
    const book = bookIn('open');
    expect(codeOf(take(book, 'zhou2'))).toBe('ok');
    expect(codeOf(take(book, 'zhou'))).toBe('CASE_ALREADY_ACKNOWLEDGED');
    expect(codeOf(take(book, 'zhou2'))).toBe('ok');
    const over = take(book, 'zhou', true);
    expect(codeOf(over)).toBe('ok');
    expect(wordsIn(over.effects)).toContain('周敏 has taken it over from 周敏');
    expect(book.cases[0]?.case.acknowledgedByAccount).toBe('zhou');
  });

  it('are one where an account is not known: who answered from a card, or before accounts were kept', () => {
    for (const account of ACCOUNTS) {
      const book = bookIn('open');
      take(book);
      expect(codeOf(take(book, account))).toBe('ok');
      expect(book.cases[0]?.case.acknowledgedByAccount).toBeUndefined();
    }
  });

  it('may call back for one another', () => {
    const resolved = (account: string): CaseBook => {
      const book = bookIn('open');
      const what = { outcome: 'true-need', note: '', contactMadeBy: '周敏', contact: 'seen' } as const;
      takeCaseCommand(book, { type: 'case.resolve', case: id, ...what, account }, '周敏', contextAt(NOON));
      return book;
    };
    const back = {
      type: 'case.call-back',
      case: id,
      result: 'satisfied',
      note: '',
      account: 'zhou',
    } as const;
    const call = (book: CaseBook) => codeOf(takeCaseCommand(book, back, '周敏', contextAt(NOON + MINUTE)));
    expect(call(resolved('zhou'))).toBe('CASE_CALL_BACK_BY_RESOLVER');
    expect(call(resolved('zhou2'))).toBe('ok');
  });
});

describe('who made the contact', () => {
  const callBackBy = (by: string, contactMadeBy: string): string => {
    const book = bookIn('open');
    const what = { outcome: 'true-need', note: '', contactMadeBy, contact: 'seen' } as const;
    takeCaseCommand(book, { type: 'case.resolve', case: id, ...what }, '吴强', contextAt(NOON));
    const { reply } = ACTIONS['call-back'](book, by, NOON + MINUTE);
    return reply.ok ? 'ok' : reply.failure.code;
  };

  it('does not call back, also where somebody else wrote it down', () => {
    expect(callBackBy('张敏', '张敏')).toBe('CASE_CALL_BACK_BY_VISITOR');
    expect(callBackBy('张敏', '孙伟、张敏')).toBe('CASE_CALL_BACK_BY_VISITOR');
    expect(callBackBy('张敏', '张敏芳')).toBe('ok');
    expect(callBackBy('张敏', '孙伟')).toBe('ok');
  });

  it('may strike it off with a reason, where there is nobody else', () => {
    const book = bookIn('open');
    const what = { outcome: 'true-need', note: '', contactMadeBy: '张敏', contact: 'seen' } as const;
    takeCaseCommand(book, { type: 'case.resolve', case: id, ...what }, '吴强', contextAt(NOON));
    expect(ACTIONS['strike-off'](book, '张敏', NOON + MINUTE).reply.ok).toBe(true);
  });
});
