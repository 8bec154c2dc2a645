import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import {
  type CounterHistory,
  emptyHistory,
  type PackedHistory,
  packedHistory,
  restoredHistory,
  type StoredHistory,
  storedHistory,
} from '../src/model/counter-block.ts';
import {
  baseFlowPerHour,
  type CounterRules,
  HISTORY_MS,
  takeCounter,
  useInWindow,
} from '../src/model/counter-history.ts';
import { standsStill, takeIndex } from '../src/model/counter-standstill.ts';
import { emptyWaterBook, litresOfDay, noteNewest } from '../src/model/water-book.ts';
import { runs } from './runs.ts';

const RUNS = runs(5, 400);
const RULES: CounterRules = { max: 100, resolution: 0.001, perHourMax: 8 };
const START = Date.parse('2026-03-01T00:00:00Z');

/** What must hold of every history, whatever was said: the names of what does not. */
function faults(history: CounterHistory): string[] {
  const { at, total, epochs, held, floor } = storedHistory(history);
  const found: string[] = [];
  const must = (claim: boolean, name: string): void => {
    if (!claim) found.push(name);
  };
  const ascends = (list: readonly number[], least: number): boolean =>
    list.every((value, index) => index === 0 || value - (list[index - 1] as number) >= least);
  must(total.length === at.length, 'as many totals as instants');
  must(ascends(at, 1), 'instants ascend');
  must(ascends(total, 0), 'the total never decreases');
  must(total.every(Number.isInteger), 'totals are whole');
  must(
    ascends(
      epochs.map(({ from }) => from),
      0,
    ),
    'epochs ascend',
  );
  must(held === undefined || held.at > (at.at(-1) ?? 0), 'what is held is newer than what was taken');
  must(floor.length <= 2 * 17, 'the floor covers some days');
  must((at.at(-1) ?? 0) - (at[1] ?? at[0] ?? 0) <= HISTORY_MS + 12 * HOUR, 'the history is bounded');
  const hours = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / HOUR;
  const most = (hours + 0.05 * at.length) * 8_000_000 + 10_000 * at.length;
  must((total.at(-1) ?? 0) - (total[0] ?? 0) <= most, 'no more than can pass');
  return found;
}

function check(history: CounterHistory): void {
  const found = faults(history);
  if (baseFlowPerHour(history) < 0) found.push('the base flow is negative');
  expect(found).toEqual([]);
  const stored: StoredHistory = JSON.parse(JSON.stringify(storedHistory(history)));
  expect(storedHistory(restoredHistory(stored))).toEqual(stored);
  const packed: PackedHistory = JSON.parse(JSON.stringify(packedHistory(history)));
  expect(storedHistory(restoredHistory(packed))).toEqual(stored);
}

/** An index that cannot be is believed, since the meter keeps to it; then one comes that was said before that was concluded. */
const KEPT_AND_EXCHANGED = [
  { minutes: 0, raw: 0, exchanged: false, still: false },
  { minutes: 60, raw: 100, exchanged: false, still: false },
  { minutes: 2, raw: 0, exchanged: true, still: true },
  { minutes: -1, raw: 0, exchanged: false, still: false },
];

describe('a counter', () => {
  test('never runs backwards and never makes a spike, whatever the meter says', () => {
    const reading = fc.record({
      minutes: fc.oneof(fc.constant(60), fc.integer({ min: -600, max: 600 })),
      raw: fc.oneof(fc.double({ min: 0, max: 110, noNaN: true }), fc.constantFrom(0, 0.001, 50, 99.999, 100)),
      exchanged: fc.boolean(),
      // Heard without a word on its index, as of a meter that speaks of that only when it changes.
      still: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 80 }), fc.boolean(), (readings, onChange) => {
        const history = emptyHistory();
        let now = START;
        let exchangedAt: number | undefined;
        for (const { minutes, raw, exchanged, still } of readings) {
          if (exchanged && raw < 1) exchangedAt = now + 1;
          const at = now + minutes * MINUTE;
          now = Math.max(now, at);
          const rules = { ...RULES, exchangedAt };
          if (onChange && still) standsStill(history, at, rules);
          else takeIndex(history, at, raw, rules);
          check(history);
        }
      }),
      { numRuns: RUNS, examples: [[KEPT_AND_EXCHANGED, true]] },
    );
  });

  /** A meter that is right: litres drawn each hour, a register that starts again at 100 m³, one exchange perhaps. */
  const life = fc.record({
    begin: fc.integer({ min: 0, max: 99_999 }),
    litres: fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 30, maxLength: 70 }),
  });

  test('counts what was drawn, over the end of its register', () => {
    fc.assert(
      fc.property(life, ({ begin, litres }) => {
        const history = emptyHistory();
        let drawn = begin;
        takeCounter(history, START, begin / 1000, RULES);
        const totals = [0];
        litres.forEach((use, index) => {
          drawn += use;
          const verdict = takeCounter(history, START + (index + 1) * HOUR, (drawn % 100_000) / 1000, RULES);
          expect(verdict.kind).toBe('taken');
          totals.push((totals.at(-1) as number) + use);
          check(history);
          const hours = index + 1;
          const use24 = useInWindow(history, START + hours * HOUR, 24 * HOUR, HOUR);
          if (hours < 24) expect(use24.covered).toBe(false);
          else
            expect(use24).toMatchObject({
              covered: true,
              amount: ((totals[hours] as number) - (totals[hours - 24] as number)) * 1000,
            });
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('that speaks only when it changes counts the same, however often it is heard between and however late it speaks', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.integer({ min: 1, max: 90 })), ({ litres }, minutes) => {
        const [straight, heard] = [emptyHistory(), emptyHistory()];
        let drawn = 0;
        let at = START;
        for (const use of litres) {
          drawn += use % 400;
          takeCounter(straight, at, drawn / 1000, RULES);
          const late = (minutes.next().value as number) * MINUTE;
          const until = at + 2 * HOUR;
          for (let then = at - HOUR; then < until; then += (minutes.next().value as number) * MINUTE) {
            if (then > at + late && heard.saidAt !== at) takeIndex(heard, at, drawn / 1000, RULES);
            standsStill(heard, then, RULES);
            check(heard);
          }
          expect(takeIndex(heard, at, drawn / 1000, RULES).kind).not.toBe('held');
          at = until;
        }
        const total = (history: CounterHistory): number => storedHistory(history).total.at(-1) as number;
        expect(total(heard)).toBe(total(straight));
      }),
      { numRuns: RUNS },
    );
  });

  test('says the same whatever order late readings come in', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat(9)), ({ litres }, dice) => {
        let drawn = 0;
        const readings = litres.map((use, index) => {
          drawn += use % 500;
          return { at: START + index * HOUR, raw: drawn / 1000 };
        });
        const straight = emptyHistory();
        for (const { at, raw } of readings) takeCounter(straight, at, raw, RULES);
        const mixed = emptyHistory();
        const late = readings.filter(
          (_, index) => index > 0 && index < readings.length - 1 && dice.next().value === 0,
        );
        for (const one of readings) if (!late.includes(one)) takeCounter(mixed, one.at, one.raw, RULES);
        const newest = (readings.at(-1) as { at: number }).at;
        for (const { at, raw } of [...late].sort((a, b) => ((a.raw * 7919) % 1) - ((b.raw * 7919) % 1)))
          takeCounter(mixed, at, raw, RULES);
        check(mixed);
        const window = (history: CounterHistory) => useInWindow(history, newest, 24 * HOUR, 6 * HOUR);
        expect(window(mixed)).toEqual(window(straight));
      }),
      { numRuns: RUNS },
    );
  });

  test('a reading that comes twice changes nothing', () => {
    fc.assert(
      fc.property(life, ({ begin, litres }) => {
        const history = emptyHistory();
        let drawn = begin;
        litres.forEach((use, index) => {
          drawn += use;
          const at = START + index * HOUR;
          takeCounter(history, at, (drawn % 100_000) / 1000, RULES);
          const before = JSON.stringify(history);
          expect(takeCounter(history, at, (drawn % 100_000) / 1000, RULES).kind).toBe('duplicate');
          expect(JSON.stringify(history)).toBe(before);
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('told in millilitres gives every difference exactly, whatever it shows and however long it runs', () => {
    const register = { max: 10_000_000, resolution: 0.000_001, perHourMax: 8 };
    const steps = fc.array(fc.integer({ min: 0, max: 7_999_999 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999_999 }), steps, (begin, drawn) => {
        const history = emptyHistory();
        const book = emptyWaterBook();
        const shown = [begin];
        for (const millilitres of drawn) shown.push((shown.at(-1) as number) + millilitres);
        shown.forEach((millilitres, hour) => {
          const raw = (millilitres % 1e13) / 1e6;
          expect(takeCounter(history, START + hour * HOUR, raw, register).kind).toBe('taken');
          noteNewest(book, history);
          for (const window of [1, 24, 51]) {
            const use = useInWindow(history, START + hour * HOUR, window * HOUR, 0);
            if (hour < window) expect(use.covered).toBe(false);
            else expect(use).toMatchObject({ amount: millilitres - (shown[hour - window] as number) });
          }
        });
        // The last reading of a UTC day is the 24th, and that of midnight ends the hour before.
        const [first, second] = [shown[24], shown[48]];
        if (first !== undefined && second !== undefined)
          expect(litresOfDay(book, START / HOUR / 24 + 1)).toBe((second - first) / 1000);
      }),
      { numRuns: RUNS },
    );
  });

  test('goes on from a reset that two readings confirm, and counts nothing for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        (cubic, first, second) => {
          const history = emptyHistory();
          takeCounter(history, START, cubic, RULES);
          takeCounter(history, START + HOUR, cubic + 0.1, RULES);
          expect(takeCounter(history, START + 2 * HOUR, first / 1000, RULES).kind).toBe('held');
          const verdict = takeCounter(history, START + 3 * HOUR, (first + second) / 1000, RULES);
          expect(verdict.kind).toBe('restarted');
          check(history);
          const { total } = storedHistory(history);
          expect((total.at(-1) as number) - (total[0] as number)).toBe((100 + second) * 1000);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
