import { DAY, HOUR } from '../lib/clock.ts';
import { zoneOffset } from '../lib/local-time.ts';
import { numberAt, signsOf } from '../lib/packed-text.ts';
import {
  bookSince,
  drawnOn,
  hoursIn,
  hoursWithin,
  readOn,
  shareRead,
  type WaterBook,
} from '../model/water-book.ts';
import type { Learning, LearningHome } from './define.ts';
import type { SensorState } from './sensor-log.ts';
import { hasLeft, hasSign, heardIn, type SignsBook } from './signs-book.ts';

/**
 * How long a home goes without water, by the local hour of the day: see `gapAtHour` and `gapFromHour`. Plain data, packed:
 * 24 places each, of two characters and one. Two views of the same past, because each alone is noisy: averaged, they find more at
 * the same number of false alarms (docs/decisions/0014-personal-routine.md).
 */
export interface UsualGaps {
  /** Which gap is rarely exceeded at this hour: at ten in the morning, the last draw is hardly ever older than so. */
  readonly atHour: string | readonly number[];
  /** How long the gaps last that begin in this hour: after a draw at eleven in the evening comes the night. */
  readonly fromHour: string | readonly number[];
  /** In which share of all hours water is drawn: about 0.2 where one goes out to work, 0.6 where a family is at home. */
  readonly lively: number;
}

/** In tenths of an hour; -1 where too little is known. What the version before stored was a list of them. */
export const gapAtHour = ({ atHour }: UsualGaps, hour: number): number =>
  typeof atHour === 'string' ? numberAt(atHour, 2 * hour, 2) - 1 : (atHour[hour] as number);

/** The same; these are whole hours. */
export function gapFromHour({ fromHour }: UsualGaps, hour: number): number {
  if (typeof fromHour !== 'string') return fromHour[hour] as number;
  const value = numberAt(fromHour, hour, 1);
  return value === 0 ? -1 : 10 * (value - 1);
}

/** What is usual in a home with sensors that see more of life than water: gaps between any two signs. */
export interface UsualSigns {
  /** Gaps that began in the home: people sleep, or sit still. */
  readonly inside: UsualGaps;
  /** Gaps that began with the front door: people are out, most likely. */
  readonly outside: UsualGaps;
}

/** What door and motion sensors said, as far as the routine needs it. */
export interface SensorMemory extends SensorState {
  /** The last movement that any of them saw. */
  moved: number;
  book: SignsBook;
}

/** What the rule of personal routine remembers: what it learned, up to which UTC day, and for which draw it alerted. */
export interface Routine {
  day: number;
  usual: UsualGaps | undefined;
  draw?: number;
  /** In homes with door or motion sensors. */
  sensors?: SensorMemory;
  usualSigns?: UsualSigns | undefined;
  /** The day-books of the meters where draws below another amount than a litre are left out, and that amount. */
  books?: Record<string, WaterBook>;
  bookLitres?: number;
}

/** Longer ago than so, what was learned is no longer what is usual. */
const LEARNED_DAYS = 7;

/** Does the personal routine watch this home, so that it would find an absence of water by itself? */
export const isLearned = (routine: Routine | undefined, at: number): boolean =>
  routine?.usual !== undefined && at - routine.day * DAY <= LEARNED_DAYS * DAY;

/** How many of the days that it wants the routine has; undefined once it has learned. */
export function learningOf(
  { waterMeters, now, params }: LearningHome<{ readonly historyDays: number }>,
  state: Routine | undefined,
): Learning | undefined {
  if (state?.usual !== undefined) return undefined;
  const needed = params.historyDays;
  const days = waterMeters.map(({ state: { id, waterBook } }) => {
    const book = state?.books ? state.books[id] : waterBook;
    return book && book.newest >= 0 ? Math.floor((now / HOUR - bookSince(book)) / 24) : 0;
  });
  return { known: Math.max(0, Math.min(needed, ...days)), needed };
}

export interface LearnOptions {
  /** Hours since 1970 (UTC), `until` excluded. */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
  /** A gap from `fromHour` may be passed so often in the time learned from: 1 takes the longest. */
  readonly rank: number;
  /** Was nobody at home, or more people than usual, between these instants? Then they teach nothing. */
  readonly wasUnusual: (from: number, to: number) => boolean;
}

/** Longer gaps are days away from home: they say nothing about a usual day. */
export const ABSENCE_HOURS = 30;
/** Share of the hours of a time of day at which the gap was no longer. */
const QUANTILE = 0.99;
/** Hours of the day next to one another are taken together: this many on either side. */
const NEIGHBOURS = 1;
const SAMPLES_MIN = 40;
const GAPS_MIN = 5;
/** With fewer hours read, the readings are too sparse to tell gaps by the hour. */
const READ_SHARE_MIN = 0.5;

/**
 * Learns from the books of all water meters of a home: water drawn at one of them is water drawn. Undefined where too
 * little of the time was read.
 */
export function learnGaps(books: readonly WaterBook[], options: LearnOptions): UsualGaps | undefined {
  const { from, until, rank } = options;
  if (books.some((book) => shareRead(book, from, until) < READ_SHARE_MIN)) return undefined;
  const { inside } = gapsBetween(options, hoursOfWater(books, from, until), 2);
  return usualOf(inside, rank, shareDrawn(books, from, until));
}

/** The same from all that a home has: water, movement, and the front door. */
export function learnSigns(
  books: readonly WaterBook[],
  signs: SignsBook,
  options: LearnOptions,
): UsualSigns | undefined {
  const { from, until, rank } = options;
  const isHeard = heardIn(signs);
  const hours = hoursOfWater(books, from, until);
  let [read, seen] = [0, 0];
  for (let hour = from; hour < until; hour++) {
    let known = hours[hour - from] as number;
    if (!isHeard(hour)) known &= ~READ;
    if (hasSign(signs, hour)) known |= SIGN;
    if (hasLeft(signs, hour)) known |= LEFT;
    hours[hour - from] = known;
    if ((known & READ) === 0) continue;
    read++;
    if ((known & SIGN) !== 0) seen++;
  }
  if (read < READ_SHARE_MIN * (until - from)) return undefined;
  const gaps = gapsBetween(options, hours, 1);
  const lively = Math.round((1000 * seen) / read) / 1000;
  return { inside: usualOf(gaps.inside, rank, lively), outside: usualOf(gaps.outside, rank, lively) };
}

/** What is known of an hour: whether it showed that somebody is alive, was read, and whether they left at its end. */
const [SIGN, READ, LEFT] = [1, 2, 4];

/** What meters know of each hour. Their books are asked once a day of 24 hours: every home learns from 840. */
function hoursOfWater(books: readonly WaterBook[], from: number, until: number): Uint8Array {
  const hours = new Uint8Array(until - from);
  for (let day = Math.floor(from / 24); day * 24 < until; day++) {
    const [drawn, read] = [drawnByAny(books, day), readByAll(books, day)];
    const end = Math.min(until, (day + 1) * 24);
    for (let hour = Math.max(from, day * 24); hour < end; hour++) {
      const bit = 1 << (hour % 24);
      hours[hour - from] = ((drawn & bit) === 0 ? 0 : SIGN) | ((read & bit) === 0 ? 0 : READ);
    }
  }
  return hours;
}

/** How often gaps of which length were seen, by the hour at which they were seen and the hour in which they began. */
interface GapCounts {
  readonly atHour: Uint16Array;
  readonly fromHour: Uint16Array;
}

const noGaps = (): GapCounts => ({
  atHour: new Uint16Array(24 * (ABSENCE_HOURS + 1)),
  fromHour: new Uint16Array(24 * (ABSENCE_HOURS + 1)),
});

/**
 * Counts the gaps between hours with a sign of life; `hours` as of `options.from`. Gaps shorter than `shortest` do not
 * count among those that begin in an hour. At 1 all do: where the next hour nearly always shows a sign, gaps that begin
 * in this one are known to be short, and not unknown.
 */
function gapsBetween(
  { from, until, timeZone, wasUnusual }: LearnOptions,
  hours: Uint8Array,
  shortest: number,
): { readonly inside: GapCounts; readonly outside: GapCounts } {
  const [inside, outside] = [noGaps(), noGaps()];
  const localHours = localHoursOf(from, until, timeZone);
  let last = -1;
  for (let hour = 0; hour < hours.length; hour++) {
    const known = hours[hour] as number;
    if ((known & SIGN) === 0) continue;
    const isRead = (known & READ) !== 0;
    const gap = hour - last;
    const usual =
      last >= 0 && gap <= ABSENCE_HOURS && !wasUnusual((from + last) * HOUR, (from + hour) * HOUR);
    const wasLeft = last >= 0 && ((hours[last] as number) & LEFT) !== 0;
    const { atHour, fromHour } = wasLeft ? outside : inside;
    // A sign within unread hours may have been earlier: how long the gap was is not known.
    if (usual && gap >= shortest && isRead) count(fromHour, localHours[last] as number, gap);
    for (let within = last + 1; usual && within < hour; within++)
      if (((hours[within] as number) & READ) !== 0)
        count(atHour, localHours[within] as number, within - last);
    if (isRead) count(inside.atHour, localHours[hour] as number, 0);
    last = hour;
  }
  return { inside, outside };
}

function usualOf({ atHour, fromHour }: GapCounts, rank: number, lively: number): UsualGaps {
  const [at, from]: [string[], string[]] = [[], []];
  for (let hour = 0; hour < 24; hour++) {
    at.push(signsOf(quantile(pooled(atHour, hour)) + 1, 2));
    from.push(signsOf(longest(pooled(fromHour, hour), rank) + 1, 1));
  }
  // Joined, and not added up: a text that grows keeps all of its pieces.
  return { atHour: at.join(''), fromHour: from.join(''), lively };
}

/** In which share of the hours that were read somebody drew water, to a thousandth. */
export function shareDrawn(books: readonly WaterBook[], from: number, until: number): number {
  let read = 0;
  let drawn = 0;
  for (let day = Math.floor(from / 24); day * 24 < until; day++) {
    const known = readByAll(books, day) & hoursWithin(day, from, until);
    read += hoursIn(known);
    drawn += hoursIn(known & drawnByAny(books, day));
  }
  return read === 0 ? 0 : Math.round((1000 * drawn) / read) / 1000;
}

/** Since when all meters of the home have been read, in hours since 1970. */
export const learnedSince = (books: readonly WaterBook[]): number => Math.max(...books.map(bookSince));

/** Hours of a UTC day as bits: those that all meters were read in, and those in which one of them saw water drawn. */
function readByAll(books: readonly WaterBook[], day: number): number {
  let read = ALL_DAY;
  for (let i = 0; i < books.length; i++) read &= readOn(books[i] as WaterBook, day);
  return read;
}

function drawnByAny(books: readonly WaterBook[], day: number): number {
  let drawn = 0;
  for (let i = 0; i < books.length; i++) drawn |= drawnOn(books[i] as WaterBook, day);
  return drawn;
}

const ALL_DAY = 2 ** 24 - 1;

/** The local hour of the day of each hour; the clock of a day's begin serves for all of that day. */
function localHoursOf(from: number, until: number, timeZone: string): Uint8Array {
  const found = new Uint8Array(until - from);
  let ahead = 0;
  for (let hour = from; hour < until; hour++) {
    if (hour === from || hour % 24 === 0) ahead = Math.floor(zoneOffset(hour * HOUR, timeZone) / HOUR) + 24;
    found[hour - from] = (hour + ahead) % 24;
  }
  return found;
}

/** Counts by hour of the day and length in hours. */
function count(table: Uint16Array, hour: number, gap: number): void {
  const place = hour * (ABSENCE_HOURS + 1) + gap;
  table[place] = (table[place] as number) + 1;
}

/** Of the hour and its neighbours, in a list that is written anew each time: it is asked for 48 times when a home learns. */
function pooled(table: Uint16Array, hour: number): Uint32Array {
  POOL.fill(0);
  for (let next = hour - NEIGHBOURS; next <= hour + NEIGHBOURS; next++) {
    const row = ((next + 24) % 24) * (ABSENCE_HOURS + 1);
    for (let gap = 0; gap <= ABSENCE_HOURS; gap++)
      POOL[gap] = (POOL[gap] as number) + (table[row + gap] as number);
  }
  return POOL;
}

const POOL = new Uint32Array(ABSENCE_HOURS + 1);

function total(counts: Uint32Array): number {
  let sum = 0;
  for (let gap = 0; gap < counts.length; gap++) sum += counts[gap] as number;
  return sum;
}

/** A gap of `g` whole hours lasts from g to g + 1. */
function quantile(counts: Uint32Array): number {
  const all = total(counts);
  if (all < SAMPLES_MIN) return -1;
  const wanted = QUANTILE * all;
  let below = 0;
  for (let gap = 0; gap < counts.length; gap++) {
    const here = counts[gap] as number;
    if (here > 0 && below + here >= wanted) return Math.round(10 * (gap + (wanted - below) / here));
    below += here;
  }
  return 10 * counts.length;
}

/** The longest gap, or the second longest, and so on; in hours. */
function longest(counts: Uint32Array, rank: number): number {
  if (total(counts) < GAPS_MIN) return -1;
  let above = 0;
  for (let gap = counts.length - 1; gap >= 0; gap--) {
    above += counts[gap] as number;
    if (above >= rank) return gap;
  }
  return -1;
}
