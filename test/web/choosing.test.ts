import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';
import {
  type Chosen,
  choose,
  chooseAll,
  fateOfDone,
  fateOfRefused,
  groupsOf,
  isChoosable,
  type Rights,
  reportOf,
  takeable,
  takingOf,
  withGivenUp,
  withNews,
} from '../../src/web/cases/choosing.ts';
import type { Action } from '../../src/web/state/action.ts';

const caseOf = (part: Partial<NumberedCase> & { id: string }): NumberedCase => ({
  number: part.id.charCodeAt(0),
  kind: 'safety',
  status: 'open',
  priority: 'P2',
  subject: 'h1',
  home: 'h1',
  path: 'haitang/g1/b1/u1/h1',
  title: { zh: '', en: '' },
  openedAt: 0,
  dueAt: 0,
  alerts: [],
  version: 1,
  entries: 1,
  ...part,
});
const inReach = (prefix: string) => (one: NumberedCase) => one.path.startsWith(prefix);
const all: Rights = { maySee: () => true, mayTake: () => true };
const WANG = { name: '王芳', account: 'wangfang', staff: undefined };
const chosenOf = (...cases: NumberedCase[]): Chosen => chooseAll(new Map(), cases, true);
const ids = (chosen: Chosen): string[] => [...chosen.keys()].sort();
const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => caseOf({ id }));

const actionOf = (key: string, state: Action['state']): Action => ({
  key,
  user: 'wangfang',
  case: key,
  number: 1,
  type: 'acknowledge',
  body: {},
  createdAt: 0,
  attempts: 0,
  state,
});

describe('choosing several cases', () => {
  test('a P1, what somebody has, and what one may not take cannot be chosen', () => {
    const rights: Rights = { maySee: () => true, mayTake: inReach('haitang/') };
    expect(isChoosable(caseOf({ id: 'a' }), rights)).toBe(true);
    expect(isChoosable(caseOf({ id: 'a', priority: 'P1' }), rights)).toBe(false);
    expect(isChoosable(caseOf({ id: 'a', path: 'meigui/g1' }), rights)).toBe(false);
    for (const status of ['acknowledged', 'resolved', 'struck-off'] as const)
      expect(isChoosable(caseOf({ id: 'a', status }), rights)).toBe(false);
  });

  test('Shift reaches from the row before to this one, up and down, and lets go the same way', () => {
    const one = choose(new Map(), rows, 'd', true);
    expect(ids(choose(one, rows, 'b', true, 'd'))).toEqual(['b', 'c', 'd']);
    expect(ids(choose(one, rows, 'e', true, 'd'))).toEqual(['d', 'e']);
    expect(ids(choose(chosenOf(...rows), rows, 'd', false, 'b'))).toEqual(['a', 'e']);
    expect(ids(choose(one, rows, 'a', true, 'gone'))).toEqual(['a', 'd']);
    expect(choose(one, rows, 'gone', true)).toBe(one);
  });

  test('where there are several kinds, each can be chosen for itself', () => {
    const technical = caseOf({ id: 't', kind: 'technical' });
    expect(groupsOf(rows).map(({ kind }) => kind)).toEqual(['all']);
    const groups = groupsOf([...rows, technical]);
    expect(groups.map(({ kind, cases }) => [kind, cases.length])).toEqual([
      ['all', 6],
      ['safety', 5],
      ['technical', 1],
    ]);
  });

  test('what is taken goes out in the order of urgency, whatever the order in which it was chosen', () => {
    const cases = [
      caseOf({ id: 'a', priority: 'P4', dueAt: 1 }),
      caseOf({ id: 'b', priority: 'P2', dueAt: 9 }),
      caseOf({ id: 'c', priority: 'P2', dueAt: 5 }),
      caseOf({ id: 'd', priority: 'P3' }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(cases, { minLength: 4 }), (order) => {
        expect(takingOf(chosenOf(...order), all, WANG).map(({ of }) => of.id)).toEqual(['c', 'b', 'd', 'a']);
      }),
    );
  });

  test('what can be taken no more is not asked for, and says why by its own name', () => {
    const rights: Rights = { maySee: inReach('haitang'), mayTake: inReach('haitang/g1') };
    const changes: [Partial<NumberedCase>, unknown][] = [
      [{ status: 'acknowledged', acknowledgedBy: '林晓' }, 'had'],
      [{ status: 'resolved', resolvedBy: '林晓' }, 'over'],
      [{ priority: 'P1' }, 'risen'],
      [{ path: 'haitang/g2/b1' }, 'no-right'],
      [{ path: 'meigui/g1/b1' }, 'gone'],
    ];
    for (const [part, why] of changes) {
      const before = chosenOf(caseOf({ id: 'a' }), caseOf({ id: 'b' }));
      const now = withNews(before, caseOf({ id: 'a', version: 2, ...part }));
      expect(takeable(now, rights).map(({ id }) => id)).toEqual(['b']);
      const [a] = takingOf(now, rights, WANG).filter(({ of }) => of.id === 'a');
      expect(a?.fate).toMatchObject({ kind: 'not', why });
    }
  });

  test('what one has taken oneself meanwhile, on another device, counts as taken', () => {
    const mine = { acknowledgedBy: '王芳', acknowledgedByAccount: 'wangfang' };
    const now = chosenOf(caseOf({ id: 'a', status: 'acknowledged', ...mine }));
    expect(takingOf(now, all, WANG)[0]?.fate).toEqual({ kind: 'taken', isP1: false });
  });

  test('older news of a case, and news of others, change nothing', () => {
    const chosen = chosenOf(caseOf({ id: 'a', version: 3 }));
    expect(withNews(chosen, caseOf({ id: 'a', version: 2, status: 'resolved' }))).toBe(chosen);
    expect(withNews(chosen, caseOf({ id: 'b', version: 9 }))).toBe(chosen);
  });
});

describe('what is told of those that were taken together', () => {
  const refused = (
    code: 'CASE_ALREADY_ACKNOWLEDGED' | 'NOT_ALLOWED' | 'CASE_NOT_FOUND' | 'CASE_STRUCK_OFF',
  ) => fateOfRefused({ status: 409, code, text: '' });

  test('each no of the service has its own reason, and one that is not known keeps its words', () => {
    expect(refused('CASE_ALREADY_ACKNOWLEDGED')).toMatchObject({ why: 'had' });
    expect(refused('NOT_ALLOWED')).toMatchObject({ why: 'no-right' });
    expect(refused('CASE_NOT_FOUND')).toMatchObject({ why: 'gone' });
    expect(refused('CASE_STRUCK_OFF')).toMatchObject({ why: 'over' });
    const other = { status: 400, code: 'UNKNOWN', text: '别的原因' } as const;
    expect(fateOfRefused(other)).toMatchObject({ why: 'refused', problem: other });
  });

  test('every case stands in one part, and a P1 by now is pointed out', () => {
    const takings = [
      { of: caseOf({ id: 'a' }), key: 'a', fate: fateOfDone(caseOf({ id: 'a', status: 'acknowledged' })) },
      { of: caseOf({ id: 'b' }), key: 'b', fate: fateOfDone(caseOf({ id: 'b', priority: 'P1' })) },
      { of: caseOf({ id: 'c' }), key: 'c' },
      { of: caseOf({ id: 'd' }), key: 'd' },
      { of: caseOf({ id: 'e' }), key: 'e' },
      { of: caseOf({ id: 'f' }), fate: refused('CASE_NOT_FOUND') },
    ];
    const actions = [actionOf('c', 'sending'), actionOf('d', 'waiting'), actionOf('e', 'held')];
    const report = reportOf(takings, actions);
    const told = Object.entries(report).map(([part, some]) => [
      part,
      some.map(({ of }: { of: NumberedCase }) => of.id).join(''),
    ]);
    expect(Object.fromEntries(told)).toEqual({
      taken: 'ab',
      risen: 'b',
      sending: 'c',
      waiting: 'd',
      held: 'e',
      not: 'f',
    });
  });

  test('what was given up before it was sent is said to be so, and what is decided stays', () => {
    const waits = { of: caseOf({ id: 'a' }), key: 'a' };
    expect(withGivenUp([waits], [actionOf('a', 'held')])).toEqual([waits]);
    expect(withGivenUp([waits], [])[0]?.fate).toEqual({ kind: 'not', why: 'given-up' });
    const decided = { ...waits, fate: fateOfDone(waits.of) };
    expect(withGivenUp([decided], [])).toEqual([decided]);
  });
});
