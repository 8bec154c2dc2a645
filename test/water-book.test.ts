import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR } from '../src/lib/clock.ts';
import { type CounterHistory, emptyHistory } from '../src/model/counter-block.ts';
import { type CounterRules, takeCounter } from '../src/model/counter-history.ts';
import {
  BOOK_DAYS,
  bookSince,
  emptyWaterBook,
  firstDrawnHour,
  isDrawn,
  isRead,
  lastDrawAt,
  lastDrawnHour,
  litresOfDay,
  noteNewest,
  packedWaterBook,
  restoredWaterBook,
  rewriteBook,
  shareRead,
  type WaterBook,
} from '../src/model/water-book.ts';
import { runs } from './runs.ts';

const RUNS = runs(20);
const RULES: CounterRules = { max: 100, resolution: 0.001, perHourMax: 8 };
const START = Date.parse('2026-03-01T00:00:00Z');
const FIRST = START / HOUR;
const DAY_ONE = FIRST / 24;

/** A meter with its history and its book, as admission keeps them. */
class Meter {
  readonly history: CounterHistory = emptyHistory();
  readonly book: WaterBook = emptyWaterBook();

  /** @param hour Since the start. @param litres What the register shows. */
  read(hour: number, litres: number, exchangedAt?: number): void {
    const at = START + hour * HOUR;
    const verdict = takeCounter(this.history, at, litres / 1000, { ...RULES, exchangedAt });
    if (verdict.kind === 'taken') noteNewest(this.book, this.history);
    else if (verdict.kind === 'late' || verdict.kind === 'restarted') rewriteBook(this.book, this.history);
  }

  drawn(from: number, until: number): number[] {
    const hours: number[] = [];
    for (let hour = from; hour < until; hour++) if (isDrawn(this.book, FIRST + hour)) hours.push(hour);
    return hours;
  }
}

/** Read each hour; `draws` says how many litres were drawn within an hour. */
function metered(hours: number, draws: Readonly<Record<number, number>>, leak = 0): Meter {
  const meter = new Meter();
  let litres = 500;
  meter.read(0, litres);
  for (let hour = 0; hour < hours; hour++) {
    litres += (draws[hour] ?? 0) + leak;
    meter.read(hour + 1, litres);
  }
  return meter;
}

describe('the book of a water meter', () => {
  test('tells the hours in which water was drawn and the litres of a day', () => {
    const { book } = metered(72, { 7: 12, 12: 3, 22: 1, 31: 40, 55: 5 });
    expect(firstDrawnHour(book, FIRST, FIRST + 24)).toBe(FIRST + 7);
    expect(lastDrawnHour(book, FIRST, FIRST + 24)).toBe(FIRST + 22);
    expect(firstDrawnHour(book, FIRST + 56, FIRST + 72)).toBeUndefined();
    expect(litresOfDay(book, DAY_ONE + 1)).toBe(40);
    expect(litresOfDay(book, DAY_ONE + 2)).toBe(5);
    // The reading at midnight ends the day before it.
    expect(litresOfDay(book, DAY_ONE)).toBe(16);
    expect(litresOfDay(book, DAY_ONE - 1)).toBeUndefined();
    expect(litresOfDay(book, DAY_ONE + 3)).toBeUndefined();
  });

  test('does not take a drip for a draw once a day has shown it', () => {
    const { book } = metered(96, { 7: 12, 31: 12, 55: 12, 79: 3 }, 5);
    expect(firstDrawnHour(book, FIRST + 24, FIRST + 48)).toBe(FIRST + 31);
    expect(lastDrawnHour(book, FIRST + 72, FIRST + 96)).toBe(FIRST + 79);
  });

  test('less than a litre in an hour is not a draw', () => {
    expect(metered(24, { 3: 0.9, 9: 1 }).drawn(0, 24)).toEqual([9]);
  });

  test('leaves hours unread between readings that are far apart', () => {
    const meter = new Meter();
    for (const [hour, litres] of [
      [0, 0],
      [1, 0],
      [2, 0],
      [9, 30],
      [10, 30],
    ] as const)
      meter.read(hour, litres);
    expect(isRead(meter.book, FIRST + 1)).toBe(true);
    expect(isRead(meter.book, FIRST + 5)).toBe(false);
    expect(isRead(meter.book, FIRST + 9)).toBe(true);
    expect(shareRead(meter.book, FIRST, FIRST + 10)).toBeCloseTo(0.3);
    // Drawn at some time before nine: known by nine.
    expect(meter.drawn(0, 12)).toEqual([8]);
  });

  test('goes on over the end of the register, and counts nothing for an exchange', () => {
    const rolled = new Meter();
    rolled.read(0, 99_990);
    rolled.read(1, 99_998);
    rolled.read(2, 4);
    expect(rolled.drawn(0, 3)).toEqual([0, 1]);
    const exchanged = new Meter();
    exchanged.read(0, 50_000);
    exchanged.read(1, 50_000);
    exchanged.read(2, 3, START + 1.5 * HOUR);
    exchanged.read(3, 9, START + 1.5 * HOUR);
    expect(exchanged.drawn(0, 4)).toEqual([2]);
    expect(isRead(exchanged.book, FIRST + 1)).toBe(false);
  });

  test('forgets what is older than it reaches, and days without readings are empty', () => {
    const { book } = metered(24 * (BOOK_DAYS + 5), { 7: 12, [24 * 6]: 5, [24 * 60]: 5 });
    expect(bookSince(book)).toBe(FIRST + 24 * 5);
    expect(isDrawn(book, FIRST + 7)).toBe(false);
    expect(isDrawn(book, FIRST + 24 * 6)).toBe(true);
    expect(isDrawn(book, FIRST + 24 * (6 + BOOK_DAYS))).toBe(false);
    const silent = metered(48, { 7: 12, 31: 12 });
    silent.read(24 * 40, 530);
    expect(shareRead(silent.book, FIRST + 72, FIRST + 24 * 39)).toBe(0);
    silent.read(24 * 400, 530);
    expect(silent.drawn(0, 24 * 399)).toEqual([]);
  });

  test('knows the last draw to the reading, and to the hour once the history has gone past it', () => {
    const meter = metered(100, { 7: 12, 31: 12 });
    const { book, history } = meter;
    const at = START + 100 * HOUR;
    expect(lastDrawAt(book, history, at, 0)).toEqual({ from: START + 31 * HOUR, to: START + 32 * HOUR });
    expect(lastDrawAt(book, history, START + 60 * HOUR, 0)?.to).toBe(START + 32 * HOUR);
  });

  const life = fc.record({
    litres: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 })), {
      minLength: 30,
      maxLength: 50,
    }),
    leak: fc.constantFrom(0, 2),
  });

  test('says the same whatever order the readings of the last day come in, and however often', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat(4)), ({ litres, leak }, dice) => {
        let total = 0;
        const readings = litres.map((use, hour) => {
          total += use + leak;
          return [hour, total] as const;
        });
        const straight = new Meter();
        for (const [hour, value] of readings) straight.read(hour, value);
        const mixed = new Meter();
        // The first day is settled: what leaks is judged by the days before.
        const late = readings.filter((_, i) => i > 24 && i < readings.length - 1 && dice.next().value === 0);
        for (const one of readings) if (!late.includes(one)) mixed.read(...one);
        for (const one of late.toReversed()) mixed.read(...one);
        for (const one of late) mixed.read(...one);
        expect(mixed.book).toEqual(straight.book);
      }),
      { numRuns: RUNS },
    );
  });

  test('says the same after it was stored and restored', () => {
    const meter = metered(60, { 7: 12, 31: 12 });
    meter.read(64, 600);
    expect(restoredWaterBook(JSON.parse(JSON.stringify(packedWaterBook(meter.book))))).toEqual(meter.book);
  });
});
