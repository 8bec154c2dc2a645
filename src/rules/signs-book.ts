import { DAY, HOUR } from '../lib/clock.ts';
import { numberAt, signsOf } from '../lib/packed-text.ts';

/**
 * In which hours sensors other than the water meter saw that somebody is alive in a home, as the water meter's day-book
 * has it for water (`water-book.ts`). Days and hours are those of UTC. Plain data.
 */
export interface SignsBook {
  /** UTC day number of the newest day; -1: nothing is written yet. */
  newest: number;
  /** First UTC hour in which all sensors of the home were heard, since 1970. */
  since: number;
  /** Of the newest day, as bits 0 to 23: hours with a sign, those whose last sign was the front door, hours in which all were heard. */
  signs: number;
  left: number;
  heard: number;
  /** The first two of each day before, four characters each, without a gap, the newest day at the end. */
  hours: string;
  /** The third: four characters, or an asterisk for a day of which all was heard. */
  allHeard: string;
}

/** As it was stored when each day had two numbers: signs and, from bit 24 on, left; heard. */
interface NumberedBook {
  newest: number;
  since: number;
  days?: readonly number[];
}

/** A routine is learned from 35 days that may have ended some days ago. */
const BOOK_DAYS = 40;
const DAY_HOURS = 24;
const MASK = 4;
const LINE = 2 * MASK;
const LINES = /.{8}/g;
const ALL_DAY = 2 ** 24 - 1;
const WHOLE = '*';
const NO_HOURS = signsOf(0, MASK).repeat(2);

export const emptySignsBook = (): SignsBook => ({
  newest: -1,
  since: 0,
  signs: 0,
  left: 0,
  heard: 0,
  hours: '',
  allHeard: '',
});

/** Somebody moved. What the door did earlier in this hour was not the last sign of it. */
export function noteMoved(book: SignsBook, at: number): void {
  const bit = bitOf(at);
  changeHours(book, at, (signs, left) => [signs | bit, left & ~bit]);
}

/** The front door opened, and nobody was seen to move after it. */
export function noteLeft(book: SignsBook, at: number): void {
  const bit = bitOf(at);
  changeHours(book, at, (signs, left) => [signs | bit, left | bit]);
}

/** All sensors of the home are heard at this instant. */
export function noteAllHeard(book: SignsBook, at: number): void {
  const back = turnTo(book, Math.floor(at / DAY));
  if (back < 0) return;
  if (book.since === 0) book.since = Math.floor(at / HOUR);
  if (back === 0) {
    book.heard |= bitOf(at);
    return;
  }
  const days = heardDays(book);
  const place = days.length - back;
  const heard = days[place] as number;
  if ((heard & bitOf(at)) !== 0) return;
  days[place] = heard | bitOf(at);
  book.allHeard = days.map(heardText).join('');
}

export const hasSign = (book: SignsBook, hour: number): boolean =>
  (maskOf(book, hour, 0) & bitOfHour(hour)) !== 0;

/** Was the front door the last sign of that hour? */
export const hasLeft = (book: SignsBook, hour: number): boolean =>
  (maskOf(book, hour, 1) & bitOfHour(hour)) !== 0;

/** Tells of any hour whether all sensors were heard in it. */
export function heardIn(book: SignsBook): (hour: number) => boolean {
  renew(book);
  const days = [...heardDays(book), book.heard];
  const first = book.newest - days.length + 1;
  return (hour) => ((days[Math.floor(hour / DAY_HOURS) - first] ?? 0) & bitOfHour(hour)) !== 0;
}

const bitOfHour = (hour: number): number => 1 << (hour % DAY_HOURS);
const bitOf = (at: number): number => bitOfHour(Math.floor(at / HOUR));
const heardText = (heard: number): string => (heard === ALL_DAY ? WHOLE : signsOf(heard, MASK));

/** Of the days before the newest one, oldest first. */
function heardDays({ allHeard }: SignsBook): number[] {
  const days: number[] = [];
  for (let place = 0; place < allHeard.length; ) {
    const isWhole = allHeard[place] === WHOLE;
    days.push(isWhole ? ALL_DAY : numberAt(allHeard, place, MASK));
    place += isWhole ? 1 : MASK;
  }
  return days;
}

function maskOf(book: SignsBook, hour: number, cell: 0 | 1): number {
  renew(book);
  const back = book.newest - Math.floor(hour / DAY_HOURS);
  if (back === 0) return cell === 0 ? book.signs : book.left;
  const place = book.hours.length - back * LINE;
  return back < 0 || place < 0 ? 0 : numberAt(book.hours, place + cell * MASK, MASK);
}

function changeHours(
  book: SignsBook,
  at: number,
  change: (signs: number, left: number) => readonly [number, number],
): void {
  const back = turnTo(book, Math.floor(at / DAY));
  if (back < 0) return;
  if (back === 0) {
    [book.signs, book.left] = change(book.signs, book.left);
    return;
  }
  const { hours } = book;
  const place = hours.length - back * LINE;
  const [signs, left] = change(numberAt(hours, place, MASK), numberAt(hours, place + MASK, MASK));
  book.hours = hours.slice(0, place) + signsOf(signs, MASK) + signsOf(left, MASK) + hours.slice(place + LINE);
}

/** How many days before the newest one that day is, -1 where it is older than the book reaches. Opens the days up to it, or down to it. */
function turnTo(book: SignsBook, day: number): number {
  renew(book);
  if (book.newest < 0) book.newest = day;
  if (day <= book.newest - BOOK_DAYS) return -1;
  for (; book.newest < day; book.newest++) {
    // After a long silence nothing that is older counts any more.
    if (day - book.newest > BOOK_DAYS) book.newest = day - BOOK_DAYS;
    book.hours = [book.hours, signsOf(book.signs, MASK), signsOf(book.left, MASK)].join('');
    book.allHeard = [book.allHeard, heardText(book.heard)].join('');
    book.signs = 0;
    book.left = 0;
    book.heard = 0;
  }
  const back = book.newest - day;
  const missing = back - book.hours.length / LINE;
  if (missing > 0) {
    book.hours = NO_HOURS.repeat(missing) + book.hours;
    book.allHeard = heardText(0).repeat(missing) + book.allHeard;
  }
  const before = BOOK_DAYS - 1;
  if (book.hours.length > before * LINE) {
    // Joined anew: a piece of a text holds on to all of it.
    book.hours = [...(book.hours.match(LINES) ?? [])].slice(-before).join('');
    book.allHeard = heardDays(book).slice(-before).map(heardText).join('');
  }
  return back;
}

/** Writes a book of the version before as books are written now. */
function renew(book: SignsBook): void {
  const { days } = book as NumberedBook;
  if (!days) return;
  delete (book as NumberedBook).days;
  Object.assign(book, { ...emptySignsBook(), newest: book.newest, since: book.since });
  for (let i = 0; i < days.length; i += 2) {
    const [line, heard] = [days[i] as number, days[i + 1] as number];
    const [signs, left] = [line % 2 ** 24, Math.floor(line / 2 ** 24)];
    if (i === days.length - 2) Object.assign(book, { signs, left, heard });
    else {
      book.hours += signsOf(signs, MASK) + signsOf(left, MASK);
      book.allHeard += heardText(heard);
    }
  }
}
