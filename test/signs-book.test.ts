import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import {
  emptySignsBook,
  hasLeft,
  hasSign,
  heardIn,
  noteAllHeard,
  noteLeft,
  noteMoved,
} from '../src/rules/signs-book.ts';

const START = Date.UTC(2026, 2, 1);
const hourOf = (at: number): number => Math.floor(at / HOUR);

describe('the book of signs of life', () => {
  test('holds movement and the front door by the hour', () => {
    const book = emptySignsBook();
    noteMoved(book, START + 7 * HOUR);
    noteLeft(book, START + 9 * HOUR + 5 * MINUTE);
    expect(hasSign(book, hourOf(START) + 7)).toBe(true);
    expect(hasLeft(book, hourOf(START) + 7)).toBe(false);
    expect(hasSign(book, hourOf(START) + 8)).toBe(false);
    expect([hasSign(book, hourOf(START) + 9), hasLeft(book, hourOf(START) + 9)]).toEqual([true, true]);
  });

  test('a movement after the door, in the same hour, says that somebody came home', () => {
    const book = emptySignsBook();
    noteLeft(book, START + 9 * HOUR);
    noteMoved(book, START + 9 * HOUR + MINUTE);
    expect([hasSign(book, hourOf(START) + 9), hasLeft(book, hourOf(START) + 9)]).toEqual([true, false]);
  });

  test('what comes late is written where it belongs', () => {
    const book = emptySignsBook();
    noteMoved(book, START + 3 * DAY);
    noteMoved(book, START + 2 * DAY + 23 * HOUR);
    expect(hasSign(book, hourOf(START) + 2 * 24 + 23)).toBe(true);
    expect(hasSign(book, hourOf(START) + 3 * 24)).toBe(true);
  });

  test('reaches back for forty days, whatever the pause before', () => {
    const book = emptySignsBook();
    for (let day = 0; day < 60; day++) noteAllHeard(book, START + day * DAY + HOUR);
    expect(heardIn(book)(hourOf(START) + 59 * 24 + 1)).toBe(true);
    expect(heardIn(book)(hourOf(START) + 20 * 24 + 1)).toBe(true);
    expect(heardIn(book)(hourOf(START) + 19 * 24 + 1)).toBe(false);
    expect(book.hours).toHaveLength(39 * 8);
    noteAllHeard(book, START + 9_000 * DAY);
    expect(book.hours).toHaveLength(39 * 8);
    expect(heardIn(book)(hourOf(START) + 59 * 24 + 1)).toBe(false);
    expect(heardIn(book)(hourOf(START) + 9_000 * 24)).toBe(true);
  });

  test('what is older than it reaches changes nothing', () => {
    const book = emptySignsBook();
    for (let day = 0; day < 60; day++) noteMoved(book, START + day * DAY);
    const before = structuredClone(book);
    noteMoved(book, START + HOUR);
    noteLeft(book, START + HOUR);
    expect(book).toEqual(before);
  });
});
