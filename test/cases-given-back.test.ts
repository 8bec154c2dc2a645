import { describe, expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { type CaseBook, emptyBook } from '../src/cases/case-book.ts';
import { type CaseCommand, takeCaseCommand } from '../src/cases/commands.ts';
import type { CaseContext } from '../src/cases/context.ts';
import { caseTimers, ladderDue, type Steps } from '../src/cases/ladder.ts';
import type { CaseStep } from '../src/model/case.ts';
import type { Effect } from '../src/model/effect.ts';
import {
  caseIn,
  contextAt,
  draftOf,
  linesIn,
  MINUTE,
  NOON,
  noticesIn,
  SAFETY,
  wayTo,
  wordsIn,
} from './cases-fixtures.ts';

const STEPS: Steps = {
  steps: [
    { afterMs: 0, roles: ['grid-worker'], channels: [] },
    { afterMs: MINUTE, roles: ['committee'], channels: [] },
  ],
  repeatEveryMs: 5 * MINUTE,
};
const at = (minutes: number): CaseContext => ({
  ...contextAt(NOON + minutes * MINUTE, [wayTo('zhang'), wayTo('li')]),
  escalation: () => STEPS,
});
const ask = (book: CaseBook, command: CaseCommand, minutes: number, by = '张敏') =>
  takeCaseCommand(book, command, by, at(minutes));
const step = (name: CaseStep): CaseCommand => ({ type: 'case.step', case: 'h1.c1', step: name, note: '' });
const ACKNOWLEDGE: CaseCommand = { type: 'case.acknowledge', case: 'h1.c1' };
const WITHDRAW: CaseCommand = { type: 'case.withdraw-step', case: 'h1.c1' };
const GIVE_BACK: CaseCommand = { type: 'case.give-back', case: 'h1.c1', reason: '孩子发烧走不开' };
const one = (book: CaseBook) => book.cases[0]?.case;

/** A call for help that 张敏 took after a minute. */
function takenBook(): CaseBook {
  const book = emptyBook();
  placeAlert(book, draftOf('h1.a1', { priority: 'P1' }), 'raised', at(0));
  ask(book, ACKNOWLEDGE, 1);
  return book;
}

describe('a step that was said by mistake', () => {
  test('is taken back: what it had met is owed as before, and whoever has the case keeps it', () => {
    const book = takenBook();
    const before = one(book);
    ask(book, step('on-the-way'), 2);
    ask(book, step('on-site'), 3);
    expect(one(book)).toMatchObject({ contactAt: NOON + 3 * MINUTE, onSiteAt: NOON + 3 * MINUTE });
    const { effects } = ask(book, WITHDRAW, 4);
    expect(one(book)).toMatchObject({ onTheWayAt: NOON + 2 * MINUTE, acknowledgedBy: '张敏' });
    expect(one(book)).not.toHaveProperty('onSiteAt');
    expect(one(book)).not.toHaveProperty('contactAt');
    expect(linesIn(effects)).toEqual(['step-withdrawn']);
    expect(wordsIn(effects)).toContain('“On site”');
    ask(book, WITHDRAW, 5);
    expect(one(book)).not.toHaveProperty('onTheWayAt');
    expect(one(book)?.due).toEqual(before?.due);
    expect(ask(book, WITHDRAW, 6).reply).toMatchObject({ failure: { code: 'CASE_NO_STEP' } });
  });

  test('keeps nobody from being called: the time that had run out meanwhile counts at once', () => {
    const book = takenBook();
    ask(book, step('on-site'), 2);
    const late = 1 + (SAFETY.P1.onSite ?? 0) / MINUTE + 1;
    expect(ladderDue(book)).toBeGreaterThan(NOON + late * MINUTE);
    ask(book, WITHDRAW, late);
    expect(ladderDue(book)).toBeLessThanOrEqual(NOON + late * MINUTE);
    const called = caseTimers(book, at(late));
    expect(noticesIn(called).map(({ content }) => content.event)).toContain('case-overdue');
  });

  test('leaves a telephone call before it, and what was done by those who had the case earlier', () => {
    const book = takenBook();
    const call = { ...step('call-fine'), whom: { kind: 'resident' } } as CaseCommand;
    ask(book, call, 2);
    ask(book, step('on-site'), 3);
    ask(book, WITHDRAW, 4);
    expect(one(book)).toMatchObject({ contactAt: NOON + 2 * MINUTE });
    ask(book, { ...ACKNOWLEDGE, takeOver: true } as CaseCommand, 5, '李强');
    expect(ask(book, WITHDRAW, 6, '李强').reply).toMatchObject({ failure: { code: 'CASE_NO_STEP' } });
  });

  test('of a case that was reopened: what stands from the round before stays', () => {
    const book = takenBook();
    ask(book, step('on-site'), 2);
    const seen = { outcome: 'true-need', note: '', contactMadeBy: '张敏', contact: 'seen' } as const;
    ask(book, { type: 'case.resolve', case: 'h1.c1', ...seen }, 3);
    ask(book, { type: 'case.reopen', case: 'h1.c1', reason: '又不舒服' }, 4, '李强');
    ask(book, ACKNOWLEDGE, 5);
    ask(book, step('on-site'), 6);
    ask(book, WITHDRAW, 7);
    expect(one(book)).toMatchObject({ onSiteAt: NOON + 2 * MINUTE, contactAt: NOON + 2 * MINUTE });
    expect(one(book)?.round).toEqual({ from: NOON + 4 * MINUTE, takenAt: NOON + 5 * MINUTE });
    expect(one(book)?.due).toHaveProperty('onSite');
  });
});

describe('a case that somebody gives back', () => {
  test('is nobody’s, and people are called at once and go on being called', () => {
    const book = takenBook();
    ask(book, step('on-the-way'), 2);
    const { reply, effects } = ask(book, GIVE_BACK, 3);
    expect(reply.ok).toBe(true);
    expect(caseIn(effects)).toMatchObject({ status: 'open', due: { acknowledge: expect.any(Number) } });
    for (const gone of ['acknowledgedBy', 'acknowledgedAt', 'onTheWayAt'])
      expect(caseIn(effects)).not.toHaveProperty(gone);
    expect(linesIn(effects)).toEqual(['given-back', 'notice']);
    expect(
      noticesIn(effects)
        .map(({ content }) => content.body.zh)
        .join(),
    ).toContain('孩子发烧走不开');
    expect(ladderDue(book)).toBeLessThanOrEqual(NOON + 4 * MINUTE);
    expect(ask(book, ACKNOWLEDGE, 4, '李强').reply.ok).toBe(true);
  });

  test('is called anew, so that no program believes that somebody has it; and anew once for each who had it', () => {
    const book = takenBook();
    const anew = (effects: readonly Effect[]) => [
      ...new Set(noticesIn(effects).map(({ content }) => content.anew)),
    ];
    expect(anew(ask(book, GIVE_BACK, 3).effects)).toEqual([1]);
    ask(book, ACKNOWLEDGE, 4, '李强');
    const late = (minutes: number) => anew(caseTimers(book, at(minutes)));
    expect(late(30)).toEqual([2]);
    ask(book, { type: 'case.note', case: 'h1.c1', text: '在路上' }, 31, '李强');
    expect(late(600)).toEqual([2]);
    expect(anew(ask(book, GIVE_BACK, 601, '李强').effects)).toEqual([2]);
  });

  test('and so is whoever is to call back: what pages them is not what was resolved', () => {
    const book = takenBook();
    const seen = { outcome: 'true-need', note: '', contactMadeBy: '张敏', contact: 'seen' } as const;
    ask(book, { type: 'case.resolve', case: 'h1.c1', ...seen }, 3);
    const asked = noticesIn(caseTimers(book, at(30 * 60)));
    expect(asked.map(({ content: { event, anew } }) => [event, anew])).toContainEqual(['case-call-back', 1]);
    // Whoever calls back may have acknowledged that: to be called out again is another call.
    const unhappy = { result: 'not-satisfied', note: '仍然不适' } as const;
    const { effects } = ask(book, { type: 'case.call-back', case: 'h1.c1', ...unhappy }, 31 * 60, '李强');
    const out = noticesIn(effects).map(({ content: { event, anew } }) => [event, anew]);
    expect(out).toContainEqual(['case-reopened', 2]);
  });

  test('is given back by whoever has it and by nobody else, and once', () => {
    const book = takenBook();
    for (const command of [GIVE_BACK, WITHDRAW])
      expect(ask(book, command, 2, '李强').reply).toMatchObject({
        failure: { code: 'CASE_NOT_YOURS', details: { by: '张敏' } },
      });
    expect(ask(book, GIVE_BACK, 2).reply.ok).toBe(true);
    expect(ask(book, GIVE_BACK, 3).reply).toMatchObject({ failure: { code: 'CASE_NOT_TAKEN' } });
  });
});
