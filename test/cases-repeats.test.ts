import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { type CaseBook, emptyBook } from '../src/cases/case-book.ts';
import { resolve } from '../src/cases/closing.ts';
import { contextAt, draftOf, ended, linesIn, MINUTE, NOON, noticesIn, wordsIn } from './cases-fixtures.ts';

const HOUR = 60 * MINUTE;
const sos = (count: number) => draftOf('h1.a1', { priority: 'P1', count, version: count });
const press = (book: CaseBook, count: number, at: number) =>
  placeAlert(book, sos(count), count === 1 ? 'raised' : 'updated', contextAt(at)).effects;
const updates = (effects: ReturnType<typeof press>) =>
  linesIn(effects).filter((type) => type === 'alert-updated').length;

test('a button that is stuck for a day is some hundred lines in the time line, each with its number, and no call is kept back', () => {
  const book = emptyBook();
  let lines = 0;
  let told = 0;
  const uncounted: number[] = [];
  for (let count = 1, at = NOON; at < NOON + 24 * HOUR; count++, at += 10_000) {
    const effects = press(book, count, at);
    lines += updates(effects);
    told += noticesIn(effects).length;
    const [first] = effects;
    if (first?.type !== 'alert' || first.alert.count !== count) uncounted.push(count);
    if (updates(effects) > 0 && count > 9) expect(wordsIn(effects)).toContain(`(${count} times)`);
  }
  expect(uncounted).toEqual([]);
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(160);
  // As often as before: whoever is not told within five minutes hears of it again.
  expect(told).toBeGreaterThan(250);
});

test('presses that come one by one, and those of another day, each have their line', () => {
  const book = emptyBook();
  press(book, 1, NOON);
  for (let count = 2; count <= 40; count++)
    expect(updates(press(book, count, NOON + count * 20 * MINUTE))).toBe(1);
  const later = NOON + 48 * HOUR;
  for (let i = 0; i < 10; i++) expect(updates(press(book, 41 + i, later + i * 1000))).toBe(1);
  expect(updates(press(book, 51, later + 11_000))).toBe(0);
});

test('what is remembered of repeats goes with the alert, and with the case', () => {
  const book = emptyBook();
  press(book, 1, NOON);
  press(book, 2, NOON + 1000);
  expect(book.cases[0]?.repeats).toHaveProperty('h1.a1');
  placeAlert(book, ended(sos(2), NOON + 2000), 'cleared', contextAt(NOON + 2000));
  expect(book.cases[0]).not.toHaveProperty('repeats');
  press(book, 3, NOON + 3000);
  press(book, 4, NOON + 4000);
  const outcome = { outcome: 'true-need', note: '', contactMadeBy: '张敏', contact: 'seen' } as const;
  resolve(book, { case: 'h1.c1', ...outcome }, '张敏', contextAt(NOON + 5000));
  expect(book.cases[0]).not.toHaveProperty('repeats');
});
