import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CASE_STATUSES } from '../../src/model/case.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import {
  byUrgency,
  EMPTY,
  type Filter,
  filterFrom,
  filterQuery,
  isUnsettled,
  load,
  loadInPlace,
  matches,
  newsOf,
  settle,
  take,
  USUAL,
  type WorkList,
} from '../../src/web/cases/work-list.ts';

const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
const usual: Filter = { status: USUAL, priority: [] };

const caseOf = (part: Partial<NumberedCase> & { id: string }): NumberedCase => ({
  number: 1,
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

const anyCase = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    version: fc.integer({ min: 1, max: 5 }),
    status: fc.constantFrom(...CASE_STATUSES),
    priority: fc.constantFrom(...PRIORITIES),
    openedAt: fc.integer({ min: 0, max: 9 }),
  })
  .map((part) => caseOf({ ...part, number: part.id.charCodeAt(0) }));
const anyStep = fc.oneof(
  { weight: 5, arbitrary: anyCase },
  { weight: 1, arbitrary: fc.constant('settle' as const) },
);

const ids = (list: WorkList): string[] => list.rows.map((one) => one.id);

describe('the work list', () => {
  test('while somebody chooses, an answer moves no row: it changes in place, further pages come below, and what is new waits', () => {
    fc.assert(
      fc.property(fc.array(anyCase), fc.array(anyCase), fc.boolean(), (loaded, answered, append) => {
        const unique = [...new Map(answered.map((one) => [one.id, one])).values()];
        const before = load(EMPTY, usual, [...new Map(loaded.map((one) => [one.id, one])).values()], false);
        const after = loadInPlace(before, usual, unique, append);
        expect(ids(after).slice(0, before.rows.length)).toEqual(ids(before));
        if (!append) expect(ids(after)).toEqual(ids(before));
        const shown = [...ids(after), ...after.waiting.map(({ id }) => id)];
        expect(new Set(shown).size).toBe(shown.length);
        for (const one of unique.filter((each) => matches(usual, each))) expect(shown).toContain(one.id);
      }),
    );
  });

  test('a row never moves but when the list is settled', () => {
    fc.assert(
      fc.property(fc.array(anyCase), fc.array(anyCase), (loaded, told) => {
        let list = load(EMPTY, usual, loaded, false);
        const before = ids(list);
        for (const one of told) list = take(list, usual, one);
        expect(ids(list)).toEqual(before);
      }),
    );
  });

  test('whatever was told, settling shows the newest of each case that matches, each once, in order', () => {
    fc.assert(
      fc.property(fc.array(anyStep), (steps) => {
        let list = EMPTY;
        const newest = new Map<string, NumberedCase>();
        for (const one of steps) {
          if (one === 'settle') {
            list = settle(list, usual);
            continue;
          }
          // The stream tells each case in the order of its versions; an older one may come again.
          const before = newest.get(one.id);
          if (!before || one.version > before.version) {
            newest.set(one.id, one);
            list = take(list, usual, one);
          } else {
            list = take(list, usual, { ...before, version: Math.min(one.version, before.version - 1) });
          }
        }
        list = settle(list, usual);
        const expected = [...newest.values()].filter((one) => matches(usual, one)).sort(byUrgency);
        expect(list.rows).toEqual(expected);
        expect(isUnsettled(list, usual)).toBe(false);
      }),
    );
  });

  test('a row that no longer matches stays, with what it is now, until the list is settled', () => {
    const list = load(EMPTY, usual, [caseOf({ id: 'a' })], false);
    const resolved = caseOf({ id: 'a', version: 2, status: 'resolved' });
    const told = take(list, usual, resolved);
    expect(told.rows).toEqual([resolved]);
    expect(settle(told, usual).rows).toEqual([]);
  });

  test('what nobody has taken stands before what somebody has, within its priority', () => {
    const taken = caseOf({ id: 'a', status: 'acknowledged', openedAt: 0, number: 1 });
    const open = caseOf({ id: 'b', openedAt: 5, number: 2 });
    const graver = caseOf({ id: 'c', priority: 'P1', status: 'acknowledged', openedAt: 9, number: 3 });
    expect([taken, open, graver].sort(byUrgency).map((one) => one.id)).toEqual(['c', 'b', 'a']);
  });

  test('of those that somebody has, what is due or overdue stands before what has time, whichever was opened first', () => {
    const had = (id: string, openedAt: number, dueAt: number) =>
      caseOf({ id, status: 'acknowledged', priority: 'P1', openedAt, dueAt });
    const rows = [had('two hours left', 0, 7200), had('overdue', 2, 100), had('longer overdue', 5, 50)];
    expect(rows.sort(byUrgency).map((one) => one.id)).toEqual([
      'longer overdue',
      'overdue',
      'two hours left',
    ]);
  });

  test('a row that grew graver, or that nobody has any more, is told of like a new case, until the list is settled', () => {
    const rows = [
      caseOf({ id: 'a', priority: 'P4' }),
      caseOf({ id: 'b', status: 'acknowledged' }),
      caseOf({ id: 'c' }),
    ];
    const loaded = load(EMPTY, usual, rows, false);
    const told = [
      caseOf({ id: 'a', version: 2, priority: 'P1' }),
      caseOf({ id: 'b', version: 2, status: 'open' }),
      caseOf({ id: 'c', version: 2, status: 'acknowledged' }),
    ].reduce((list, one) => take(list, usual, one), loaded);
    expect(ids(told)).toEqual(ids(loaded));
    expect(newsOf(told).map((one) => one.id)).toEqual(['b', 'a']);
    const taken = take(told, usual, caseOf({ id: 'a', version: 3, priority: 'P1', status: 'acknowledged' }));
    expect(newsOf(taken).map((one) => one.id)).toEqual(['b']);
    const settled = settle(told, usual);
    expect([newsOf(settled), [...settled.fresh]]).toEqual([[], ['b', 'a']]);
  });

  test('a further grave finding is pointed out in the row that stands', () => {
    const had = caseOf({ id: 'a', status: 'acknowledged', priority: 'P1', alerts: ['fall'] });
    const told = take(load(EMPTY, usual, [had], false), usual, {
      ...had,
      version: 2,
      alerts: ['fall', 'sos'],
    });
    expect([...told.fresh]).toEqual(['a']);
  });

  test('what waits is not lost when further rows are loaded', () => {
    const list = take(load(EMPTY, usual, [caseOf({ id: 'a' })], false), usual, caseOf({ id: 'b' }));
    const more = load(list, usual, [caseOf({ id: 'c' })], true);
    expect([ids(more), more.waiting.map((one) => one.id)]).toEqual([['a', 'c'], ['b']]);
    expect(load(list, usual, [caseOf({ id: 'b' })], true).waiting).toEqual([]);
  });

  test('an answer that is older than what the stream told does not turn the row back', () => {
    const acknowledged = caseOf({ id: 'a', version: 3, status: 'acknowledged' });
    const list = take(load(EMPTY, usual, [caseOf({ id: 'a' })], false), usual, acknowledged);
    expect(load(list, usual, [caseOf({ id: 'a', version: 2 })], false).rows).toEqual([acknowledged]);
  });
});

describe('the filter in the address', () => {
  const WANG = { name: '王芳', account: 'wang' };
  const anyFilter = fc
    .record({
      status: fc.subarray([...CASE_STATUSES], { minLength: 1 }),
      priority: fc.subarray([...PRIORITIES]),
      kind: fc.constantFrom('safety' as const, 'technical' as const, undefined),
      area: fc.constantFrom('haitang/g1', undefined),
      owner: fc.constantFrom(WANG, undefined),
    })
    .map(
      ({ kind, area, owner, ...rest }): Filter => ({
        ...rest,
        ...(kind ? { kind } : {}),
        ...(area ? { area } : {}),
        ...(owner ? { owner } : {}),
      }),
    );

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const address = new URL(filterQuery(filter), 'http://console');
        expect(filterFrom(address.searchParams, WANG)).toEqual(filter);
      }),
    );
  });

  test('the usual one has a plain address, and nonsense in an address is the usual one', () => {
    expect(filterQuery(usual)).toBe('/');
    expect(filterFrom(new URLSearchParams('status=x&priority=P9&kind=y'), WANG)).toEqual(usual);
  });
});
