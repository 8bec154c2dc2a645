import { HOUR } from '../lib/clock.ts';
import { numberAt, signsOf } from '../lib/packed-text.ts';
import { beginsEpoch, type CounterHistory, countOf, pointAt, pointTotal } from './counter-block.ts';
import { baseFlowBefore, lastDraw } from './counter-history.ts';

/**
 * What a water meter said over the last weeks, one line a day: in which hours it was read, in which of them somebody
 * drew water, and the total at the day's end. Rules learn from it what is usual in a home. Days and hours are those of
 * UTC, as in all state; readers turn them into the home's own. It follows from the readings alone, whatever their order,
 * where the counter's history still holds them. Plain data: it is stored and restored as JSON.
 */
export interface WaterBook {
  /** UTC day number of the newest line; -1: nothing is written yet. */
  newest: number;
  /** First UTC hour of which anything is known, since 1970. */
  since: number;
  /**
   * Two numbers a day, without a gap, the newest at the end. First the hours in which water was drawn as bits 0 to 23, and
   * those that were read as bits 24 to 47; then the counter's total (in millilitres) with the last reading of the day,
   * plus 1; 0: none.
   */
  days: number[];
}

/** As it was stored when the lines stood in two rings, by day modulo BOOK_DAYS, however few there were. */
export interface RingedWaterBook {
  readonly newest: number;
  readonly since: number;
  readonly hours: readonly number[];
  readonly totals: readonly number[];
}

/** How far back it reaches, in days. */
export const BOOK_DAYS = 70;
/** At least so much above what leaks counts as a draw, in millilitres: a tap, a cup, a flush; not a drip. */
export const DRAW_MILLILITRES = 1000;
/** Two readings further apart leave the hours between them unread. */
export const READ_GAP_MS = 3 * HOUR;

const DAY_HOURS = 24;
const READ = 2 ** 24;

/** What a day takes in the list: the line of its hours, and behind it its total. */
const DAY_CELLS = 2;

export function emptyWaterBook(): WaterBook {
  return { newest: -1, since: 0, days: [] };
}

/** As it is stored as JSON: a third as long as it is. */
export interface PackedWaterBook extends Omit<WaterBook, 'days'> {
  /**
   * The hours of each day: those in which water was drawn, in four characters, of a day that was read in all hours, as most
   * are. Of any other an exclamation mark, those hours, and those that were read.
   */
  readonly hours: string;
  /** What the total of each day has grown by since the day before. */
  readonly grown: readonly number[];
}

/**
 * As it was stored when a day had two numbers: the hours in which water was drawn alone, where all were read, else minus its
 * line, minus 1; and what the total has grown by.
 */
export interface LinedWaterBook extends Omit<WaterBook, 'days'> {
  readonly lines: readonly number[];
}

const READ_ALL_DAY = READ - 1;
/** Characters for the hours of a day. */
const HOURS = 4;
const NOT_ALL_READ = '!';

/** As it is stored. */
export function packedWaterBook({ days, ...others }: WaterBook): PackedWaterBook {
  const grown: number[] = [];
  let hours = '';
  let before = 0;
  for (let i = 0; i < days.length; i += DAY_CELLS) {
    const [line, total] = [days[i] as number, days[i + 1] as number];
    const read = readBits(line);
    hours +=
      read === READ_ALL_DAY
        ? signsOf(drawnBits(line), HOURS)
        : NOT_ALL_READ + signsOf(drawnBits(line), HOURS) + signsOf(read, HOURS);
    grown.push(total - before);
    before = total;
  }
  return { ...others, hours, grown };
}

/** The book that was stored. */
export function restoredWaterBook(stored: PackedWaterBook | LinedWaterBook | RingedWaterBook): WaterBook {
  const { newest, since } = stored;
  const days =
    'grown' in stored ? unpackedDays(stored) : 'lines' in stored ? daysOfLines(stored) : daysOfRings(stored);
  return { newest, since, days };
}

function unpackedDays({ hours, grown }: PackedWaterBook): number[] {
  const days = BLANK_DAY.slice(0, 0);
  let [total, place] = [0, 0];
  for (const more of grown) {
    total += more;
    const isAllRead = hours[place] !== NOT_ALL_READ;
    if (!isAllRead) place++;
    const drawn = numberAt(hours, place, HOURS);
    const read = isAllRead ? READ_ALL_DAY : numberAt(hours, place + HOURS, HOURS);
    place += isAllRead ? HOURS : 2 * HOURS;
    days.push(drawn + read * READ, total);
  }
  return days.slice();
}

function daysOfLines({ lines }: LinedWaterBook): number[] {
  const days = BLANK_DAY.slice(0, 0);
  let total = 0;
  for (let i = 0; i < lines.length; i += DAY_CELLS) {
    const line = lines[i] as number;
    total += lines[i + 1] as number;
    days.push(line < 0 ? -1 - line : line + READ_ALL_DAY * READ, total);
  }
  return days.slice();
}

function daysOfRings({ newest, since, hours, totals }: RingedWaterBook): number[] {
  const days: number[] = [];
  const first = Math.max(Math.floor(since / DAY_HOURS), newest - BOOK_DAYS + 1);
  for (let day = first; newest >= 0 && day <= newest; day++)
    days.push(hours[day % BOOK_DAYS] as number, totals[day % BOOK_DAYS] as number);
  return days;
}

/** Where the day's line stands; -1: there is none. */
function placeOf({ newest, days }: WaterBook, day: number): number {
  const place = days.length - (newest - day + 1) * DAY_CELLS;
  return place < days.length ? place : -1;
}

/** Writes down the newest step of the history; what counts as a draw is in millilitres. */
export function noteNewest(book: WaterBook, history: CounterHistory, draw = DRAW_MILLILITRES): void {
  noteStep(book, history, countOf(history) - 1, draw);
}

/** Writes down anew all that the history still holds: late data may have changed any of it. */
export function rewriteBook(book: WaterBook, history: CounterHistory, draw = DRAW_MILLILITRES): void {
  if (countOf(history) === 0) return;
  const first = pointAt(history, 0);
  // The hour in which the history begins may have been seen in part by what was dropped from it: it keeps what it has.
  if (book.newest >= 0) blankAfter(book, Math.floor(first / HOUR));
  for (let i = 0; i < countOf(history); i++) noteStep(book, history, i, draw);
}

function noteStep(book: WaterBook, history: CounterHistory, index: number, draw: number): void {
  const to = pointAt(history, index);
  // What ends on the hour belongs to the hour that it ends.
  const last = Math.floor((to - 1) / HOUR);
  turnTo(book, last);
  const day = Math.floor(last / DAY_HOURS);
  const place = placeOf(book, day);
  if (place < 0) return;
  const total = pointTotal(history, index);
  book.days[place + 1] = total + 1;
  if (index === 0) return;
  const from = pointAt(history, index - 1);
  const passed = total - pointTotal(history, index - 1);
  // A reset or exchange lies in between: what was drawn then is not known.
  if (passed === 0 && beginsEpoch(history, to)) return;
  if (to - from <= READ_GAP_MS)
    for (let hour = Math.floor(from / HOUR); hour <= last; hour++) markRead(book, hour);
  // What leaks is looked up only where something may have been drawn.
  if (passed < draw || isDrawn(book, last)) return;
  const base = (baseFlowBefore(history, day) * (to - from)) / HOUR;
  if (passed - base >= draw) markDrawn(book, last);
}

/** Opens the lines up to the day of this hour, or down to it. */
function turnTo(book: WaterBook, hour: number): void {
  const day = Math.floor(hour / DAY_HOURS);
  if (book.newest < 0) {
    book.newest = day;
    book.since = hour;
    book.days = BLANK_DAY.slice();
    return;
  }
  if (hour < book.since) book.since = hour;
  if (day > book.newest) {
    const lines = book.days.concat(blankDays(Math.min(day - book.newest, BOOK_DAYS)));
    book.days = lines.slice(-BOOK_DAYS * DAY_CELLS);
    book.newest = day;
  } else if (day > book.newest - BOOK_DAYS && placeOf(book, day) < 0)
    book.days = blankDays(-placeOf(book, day) / DAY_CELLS).concat(book.days);
}

/** Cut from a list that held a fraction, or the numbers would lie in boxes of their own. */
const BLANK_DAY: readonly number[] = [0.5, 0.5].fill(0);

function blankDays(count: number): number[] {
  let days = BLANK_DAY.slice();
  while (days.length < count * DAY_CELLS) days = days.concat(days);
  return days.slice(0, count * DAY_CELLS);
}

/** Forgets what is known of the hours after this one. */
function blankAfter(book: WaterBook, hour: number): void {
  const day = Math.floor(hour / DAY_HOURS);
  const first = book.newest + 1 - book.days.length / DAY_CELLS;
  for (let next = Math.max(day, first); next <= book.newest; next++) {
    const place = placeOf(book, next);
    const kept = next > day ? 0 : 2 ** ((hour % DAY_HOURS) + 1) - 1;
    const line = book.days[place] as number;
    book.days[place] = (drawnBits(line) & kept) + (readBits(line) & kept) * READ;
    if (next > day) book.days[place + 1] = 0;
  }
}

const readBits = (line: number): number => Math.floor(line / READ);
/** The rest of a division of numbers above 2^31 is not asked for: it takes ten times as long. */
const drawnBits = (line: number): number => line - readBits(line) * READ;

function lineOf(book: WaterBook, day: number): number {
  const place = placeOf(book, day);
  return place < 0 ? 0 : (book.days[place] as number);
}

function markRead(book: WaterBook, hour: number): void {
  const place = placeOf(book, Math.floor(hour / DAY_HOURS));
  if (place < 0) return;
  const line = book.days[place] as number;
  if ((readBits(line) & (1 << (hour % DAY_HOURS))) === 0)
    book.days[place] = line + (1 << (hour % DAY_HOURS)) * READ;
}

function markDrawn(book: WaterBook, hour: number): void {
  const place = placeOf(book, Math.floor(hour / DAY_HOURS));
  const line = book.days[place] as number;
  if ((drawnBits(line) & (1 << (hour % DAY_HOURS))) === 0)
    book.days[place] = line + (1 << (hour % DAY_HOURS));
}

// For readers. An hour is a number of hours since 1970 (UTC): `Math.floor(instant / HOUR)`.

/** The first hour that the book can speak of. */
export function bookSince(book: WaterBook): number {
  return Math.max(book.since, (book.newest - BOOK_DAYS + 1) * DAY_HOURS);
}

/** Whether the meter was read over this hour or a part of it, with readings close enough to tell. */
export function isRead(book: WaterBook, hour: number): boolean {
  return (readBits(lineOf(book, Math.floor(hour / DAY_HOURS))) & (1 << (hour % DAY_HOURS))) !== 0;
}

/** Whether somebody drew water in this hour: at least DRAW_MILLILITRES above what leaks, by the reading at its end. */
export function isDrawn(book: WaterBook, hour: number): boolean {
  return (drawnBits(lineOf(book, Math.floor(hour / DAY_HOURS))) & (1 << (hour % DAY_HOURS))) !== 0;
}

/** The hours of a UTC day in which water was drawn, as bits 0 to 23; see `isDrawn`. */
export const drawnOn = (book: WaterBook, day: number): number => drawnBits(lineOf(book, day));

/** The hours of a UTC day that were read, as bits 0 to 23; see `isRead`. */
export const readOn = (book: WaterBook, day: number): number => readBits(lineOf(book, day));

/** What a stretch of hours has of a UTC day, as bits 0 to 23. */
export function hoursWithin(day: number, from: number, until: number): number {
  const first = Math.max(0, from - day * DAY_HOURS);
  const end = Math.min(DAY_HOURS, until - day * DAY_HOURS);
  return first < end ? (2 ** end - 1) & ~(2 ** first - 1) : 0;
}

/** How many hours stand in such bits. */
export function hoursIn(bits: number): number {
  const pairs = bits - ((bits >> 1) & 0x555555);
  const fours = (pairs & 0x333333) + ((pairs >> 2) & 0x333333);
  const eights = (fours + (fours >> 4)) & 0x0f0f0f;
  return (eights + (eights >> 8) + (eights >> 16)) & 0xff;
}

/** How many of the hours from `from` until `until` (excluded) were read, 0 to 1: 1 where all of them were. */
export function shareRead(book: WaterBook, from: number, until: number): number {
  let read = 0;
  for (let day = Math.floor(from / DAY_HOURS); day * DAY_HOURS < until; day++)
    read += hoursIn(readOn(book, day) & hoursWithin(day, from, until));
  return until > from ? read / (until - from) : 0;
}

/** The first hour from `from` until `until` (excluded) in which water was drawn. */
export function firstDrawnHour(book: WaterBook, from: number, until: number): number | undefined {
  for (let hour = from; hour < until; hour++) if (isDrawn(book, hour)) return hour;
  return undefined;
}

/** The last hour before `until`, not before `from`, in which water was drawn. */
export function lastDrawnHour(book: WaterBook, from: number, until: number): number | undefined {
  for (let hour = until - 1; hour >= from; hour--) if (isDrawn(book, hour)) return hour;
  return undefined;
}

/**
 * Litres that passed on a UTC day (in China it runs from 8 to 8), leak and all, between the last reading of the day
 * before and the last one of this; undefined where either is missing.
 */
export function litresOfDay(book: WaterBook, day: number): number | undefined {
  const [place, before] = [placeOf(book, day), placeOf(book, day - 1)];
  if (place < 0 || before < 0) return undefined;
  const end = book.days[place + 1] as number;
  const begin = book.days[before + 1] as number;
  return end > 0 && begin > 0 ? (end - begin) / 1000 : undefined;
}

/**
 * When water was last drawn at or before an instant: as exactly as the history knows, else (longer ago) by the hour.
 * Undefined if the book knows of none.
 */
export function lastDrawAt(
  book: WaterBook,
  history: CounterHistory,
  at: number,
  basePerHour: number,
  draw = DRAW_MILLILITRES,
): { readonly from: number; readonly to: number } | undefined {
  const exact = lastDraw(history, at, draw, basePerHour);
  if (exact) return exact;
  const hour = lastDrawnHour(
    book,
    bookSince(book),
    Math.floor((countOf(history) > 0 ? pointAt(history, 0) : at) / HOUR) + 1,
  );
  return hour === undefined ? undefined : { from: hour * HOUR, to: (hour + 1) * HOUR };
}
