import { DAY, HOUR } from '../lib/clock.ts';

/**
 * In which hours sensors other than the water meter saw that somebody is alive in a home, one line a day, as the
 * water meter's day-book has it for water (`water-book.ts`). Days and hours are those of UTC. Plain data.
 */
export interface SignsBook {
  /** UTC day number of the newest line; -1: nothing is written yet. */
  newest: number;
  /** First UTC hour in which all sensors of the home were heard, since 1970. */
  since: number;
  /**
   * Two numbers a day, without a gap, the newest at the end. First the hours with a sign as bits 0 to 23, and those whose
   * last sign was the front door as bits 24 to 47; then the hours in which all sensors were heard.
   */
  days: number[];
}

/** A routine is learned from 35 days that may have ended some days ago. */
const BOOK_DAYS = 40;
const DAY_HOURS = 24;
const LEFT = 2 ** 24;

export const emptySignsBook = (): SignsBook => ({ newest: -1, since: 0, days: [] });

/** Somebody moved. What the door did earlier in this hour was not the last sign of it. */
export function noteMoved(book: SignsBook, at: number): void {
  const place = placeFor(book, at);
  if (place < 0) return;
  const bit = bitOf(at);
  const [signs, left] = split(book.days[place] as number);
  book.days[place] = (signs | bit) + (left & ~bit) * LEFT;
}

/** The front door opened, and nobody was seen to move after it. */
export function noteLeft(book: SignsBook, at: number): void {
  const place = placeFor(book, at);
  if (place < 0) return;
  const bit = bitOf(at);
  const [signs, left] = split(book.days[place] as number);
  book.days[place] = (signs | bit) + (left | bit) * LEFT;
}

/** All sensors of the home are heard at this instant. */
export function noteAllHeard(book: SignsBook, at: number): void {
  const place = placeFor(book, at);
  if (place < 0) return;
  if (book.since === 0) book.since = Math.floor(at / HOUR);
  book.days[place + 1] = (book.days[place + 1] as number) | bitOf(at);
}

export const hasSign = (book: SignsBook, hour: number): boolean =>
  (split(lineOf(book, hour, 0))[0] & bitOfHour(hour)) !== 0;

/** Was the front door the last sign of that hour? */
export const hasLeft = (book: SignsBook, hour: number): boolean =>
  (split(lineOf(book, hour, 0))[1] & bitOfHour(hour)) !== 0;

export const isHeard = (book: SignsBook, hour: number): boolean =>
  (lineOf(book, hour, 1) & bitOfHour(hour)) !== 0;

const split = (line: number): [number, number] => [line % LEFT, Math.floor(line / LEFT)];
const bitOfHour = (hour: number): number => 1 << (hour % DAY_HOURS);
const bitOf = (at: number): number => bitOfHour(Math.floor(at / HOUR));

function lineOf({ newest, days }: SignsBook, hour: number, cell: 0 | 1): number {
  const place = days.length - 2 * (newest - Math.floor(hour / DAY_HOURS) + 1);
  return place < 0 || place >= days.length ? 0 : (days[place + cell] as number);
}

/** Where the line of that day stands; -1 where it is older than the book reaches. Opens the lines up to it, or down to it. */
function placeFor(book: SignsBook, at: number): number {
  const day = Math.floor(at / DAY);
  const { days } = book;
  if (book.newest < 0) book.newest = day - 1;
  if (day <= book.newest - BOOK_DAYS) return -1;
  // After a long silence nothing that is older counts any more.
  book.newest = Math.max(book.newest, day - BOOK_DAYS);
  for (; book.newest < day; book.newest++) days.push(0, 0);
  while (days.length < 2 * (book.newest - day + 1)) days.unshift(0, 0);
  if (days.length > 2 * BOOK_DAYS) days.splice(0, days.length - 2 * BOOK_DAYS);
  return days.length - 2 * (book.newest - day + 1);
}
