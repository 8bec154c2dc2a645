import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import { takeCaseCommand } from '../src/cases/commands.ts';
import { callBackDue } from '../src/cases/due.ts';
import { refusal } from '../src/cases/guards.ts';
import { localMinute } from '../src/lib/local-time.ts';
import { CASE_ACTIONS } from '../src/model/case-action.ts';
import { CASE_KINDS, definitionOf } from '../src/model/case-kind.ts';
import { LIMITS } from '../src/model/limits.ts';
import { notifyPolicySchema } from '../src/model/notify-policy.ts';
import { targetsFor } from '../src/model/target-lines.ts';
import { contextAt, draftOf, MINUTE, NOON } from './cases-fixtures.ts';

const DAY = 24 * 60 * MINUTE;

test('a call-back is due by day in every zone, at the time that was allowed or in the next morning', () => {
  const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe');
  const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });
  fc.assert(
    fc.property(instants, fc.integer({ min: 1, max: 3 * DAY }), zones, (at, within, zone) => {
      const due = callBackDue(at, within, zone);
      const minute = localMinute(due, zone);
      expect(minute).toBeGreaterThanOrEqual(8 * 60);
      expect(minute).toBeLessThan(20 * 60);
      expect(due).toBeGreaterThanOrEqual(at + within);
      expect(due - at - within).toBeLessThanOrEqual(14 * 60 * MINUTE + 60 * MINUTE);
    }),
  );
});

test('what a community writes replaces the kind’s own figures one by one, and `none` takes one away', () => {
  const { targets } = notifyPolicySchema.parse({
    routes: [],
    fallback: { channels: ['terminal'] },
    targets: [
      { kinds: ['safety'], priorities: ['P1'], contact: '10min', onSite: 'none' },
      { kinds: ['safety'], priorities: ['P1'], contact: '20min' },
      { kinds: ['technical'], priorities: ['P4'], callBack: '2d' },
    ],
  });
  const { onSite: _, ...own } = definitionOf('safety').targets.P1;
  expect(targetsFor(targets, { priority: 'P1', kind: 'safety' })).toEqual({ ...own, contact: 10 * MINUTE });
  expect(targetsFor(targets, { priority: 'P2', kind: 'safety' })).toEqual(definitionOf('safety').targets.P2);
  expect(targetsFor(targets, { priority: 'P4', kind: 'technical' }).callBack).toBe(2 * DAY);
});

test('every kind has words in both languages, and every alert belongs to one', () => {
  for (const kind of CASE_KINDS) {
    const { title, actions } = definitionOf(kind);
    expect(title.zh).toMatch(/\p{Script=Han}/u);
    expect(title.en).toMatch(/[a-z]/);
    expect(actions.every((action) => CASE_ACTIONS.includes(action))).toBe(true);
  }
  const book = emptyBook();
  placeAlert(book, draftOf('h1.a1'), 'raised', contextAt(NOON));
  const { case: one } = book.cases[0] ?? {};
  expect(one && refusal(one, 'photo', { actions: ['acknowledge'] })).toEqual({ code: 'CASE_ACTION_UNFIT' });
});

const RESOLVE = { outcome: 'true-need', note: '', contactMadeBy: '张敏', contact: 'seen' } as const;

test('no more cases of one home wait for their call-back than somebody could make', () => {
  const book = emptyBook();
  const resolveNext = (n: number) => {
    placeAlert(book, draftOf(`h1.a${n}`), 'raised', contextAt(NOON + n * MINUTE));
    const command = { type: 'case.resolve', case: `h1.c${n}`, ...RESOLVE } as const;
    return takeCaseCommand(book, command, '张敏', contextAt(NOON + n * MINUTE)).reply;
  };
  for (let n = 1; n <= LIMITS.casesAwaitingCallBackMax; n++) expect(resolveNext(n).ok).toBe(true);
  const last = LIMITS.casesAwaitingCallBackMax + 1;
  expect(resolveNext(last)).toMatchObject({ failure: { code: 'CASE_CALL_BACKS_WAITING' } });
  const heard = { type: 'case.call-back', case: 'h1.c1', result: 'satisfied', note: '' } as const;
  expect(takeCaseCommand(book, heard, '李强', contextAt(NOON)).reply.ok).toBe(true);
  expect(
    takeCaseCommand(book, { type: 'case.resolve', case: `h1.c${last}`, ...RESOLVE }, '张敏', contextAt(NOON))
      .reply.ok,
  ).toBe(true);
});

test('a command with a key is done once, also after the case has left the book', () => {
  const book = emptyBook();
  placeAlert(book, draftOf('h1.a1'), 'raised', contextAt(NOON));
  const ask = (command: Parameters<typeof takeCaseCommand>[1], by = '张敏') =>
    takeCaseCommand(book, command, by, contextAt(NOON));
  const note = { type: 'case.note', case: 'h1.c1', text: '敲门无人应', key: 'k1' } as const;
  const first = ask(note);
  expect(first.effects).toHaveLength(1);
  expect(ask(note)).toEqual({ ...first, effects: [] });
  expect(ask({ ...note, key: 'k2' }).effects).toHaveLength(1);
  ask({ type: 'case.resolve', case: 'h1.c1', ...RESOLVE });
  const heard = { type: 'case.call-back', case: 'h1.c1', result: 'satisfied', note: '', key: 'k3' } as const;
  expect(ask(heard, '李强').reply.ok).toBe(true);
  expect(ask(heard, '李强')).toMatchObject({ reply: { ok: true }, effects: [] });
  expect(ask({ ...heard, key: 'k4' }, '李强').reply).toMatchObject({ failure: { code: 'CASE_STRUCK_OFF' } });
  // A refusal is no deed: the same request may succeed later.
  expect(ask({ ...heard, key: 'k4' }, '李强').reply.ok).toBe(false);
});
