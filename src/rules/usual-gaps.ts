import { DAY, HOUR } from '../lib/clock.ts';
import { zoneOffset } from '../lib/local-time.ts';
import { numberAt, signsOf } from '../lib/packed-text.ts';
import { bookSince, isDrawn, isRead, shareRead, type WaterBook } from '../model/water-book.ts';
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

const ofDay = (text: (hour: number) => string): string =>
  Array.from({ length: 24 }, (_, hour) => text(hour)).join('');

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
  readonly wasAway: (from: number, to: number) => boolean;
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
  if (books.some((book) => shareRead(book, options.from, options.until) < READ_SHARE_MIN)) return undefined;
  const gaps = gapsBetween(options, {
    isSign: (hour) => books.some((book) => isDrawn(book, hour)),
    isRead: (hour) => isReadByAll(books, hour),
    isOutside: () => false,
    shortestGap: 2,
  });
  return usualOf(gaps.inside, options.rank, shareDrawn(books, options.from, options.until));
}

/** The same from all that a home has: water, movement, and the front door. */
export function learnSigns(
  books: readonly WaterBook[],
  signs: SignsBook,
  options: LearnOptions,
): UsualSigns | undefined {
  const isHeard = heardIn(signs);
  const isRead = (hour: number): boolean => isReadByAll(books, hour) && isHeard(hour);
  const isSign = (hour: number): boolean => hasSign(signs, hour) || books.some((book) => isDrawn(book, hour));
  let [read, seen] = [0, 0];
  for (let hour = options.from; hour < options.until; hour++) {
    if (!isRead(hour)) continue;
    read++;
    if (isSign(hour)) seen++;
  }
  if (read < READ_SHARE_MIN * (options.until - options.from)) return undefined;
  const isOutside = (hour: number): boolean => hasLeft(signs, hour);
  const gaps = gapsBetween(options, { isSign, isRead, isOutside, shortestGap: 1 });
  const lively = Math.round((1000 * seen) / read) / 1000;
  return {
    inside: usualOf(gaps.inside, options.rank, lively),
    outside: usualOf(gaps.outside, options.rank, lively),
  };
}

/** What is known of an hour: whether it was read, showed that somebody is alive, and whether they left at its end. */
interface Hours {
  isSign(hour: number): boolean;
  isRead(hour: number): boolean;
  isOutside(hour: number): boolean;
  /**
   * Shorter gaps, in hours, do not count among those that begin in an hour. At 1 all do: where the next hour nearly always
   * shows a sign, gaps that begin in this one are known to be short, and not unknown.
   */
  readonly shortestGap: number;
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

function gapsBetween(
  { from, until, timeZone, wasAway }: LearnOptions,
  { isSign, isRead, isOutside, shortestGap }: Hours,
): { readonly inside: GapCounts; readonly outside: GapCounts } {
  const [inside, outside] = [noGaps(), noGaps()];
  const localHours = localHoursOf(from, until, timeZone);
  let last = -1;
  for (let hour = from; hour < until; hour++) {
    if (!isSign(hour)) continue;
    const gap = hour - last;
    const usual = last >= 0 && gap <= ABSENCE_HOURS && !wasAway(last * HOUR, hour * HOUR);
    const { atHour, fromHour } = last >= 0 && isOutside(last) ? outside : inside;
    // A sign within unread hours may have been earlier: how long the gap was is not known.
    if (usual && gap >= shortestGap && isRead(hour)) count(fromHour, localHours[last - from] as number, gap);
    for (let within = last + 1; usual && within < hour; within++)
      if (isRead(within)) count(atHour, localHours[within - from] as number, within - last);
    if (isRead(hour)) count(inside.atHour, localHours[hour - from] as number, 0);
    last = hour;
  }
  return { inside, outside };
}

const usualOf = ({ atHour, fromHour }: GapCounts, rank: number, lively: number): UsualGaps => ({
  atHour: ofDay((hour) => signsOf(quantile(pooled(atHour, hour)) + 1, 2)),
  fromHour: ofDay((hour) => signsOf(longest(pooled(fromHour, hour), rank) + 1, 1)),
  lively,
});

/** In which share of the hours that were read somebody drew water, to a thousandth. */
export function shareDrawn(books: readonly WaterBook[], from: number, until: number): number {
  let read = 0;
  let drawn = 0;
  for (let hour = from; hour < until; hour++) {
    if (!isReadByAll(books, hour)) continue;
    read++;
    if (books.some((book) => isDrawn(book, hour))) drawn++;
  }
  return read === 0 ? 0 : Math.round((1000 * drawn) / read) / 1000;
}

/** Since when all meters of the home have been read, in hours since 1970. */
export const learnedSince = (books: readonly WaterBook[]): number => Math.max(...books.map(bookSince));

const isReadByAll = (books: readonly WaterBook[], hour: number): boolean =>
  books.every((book) => isRead(book, hour));

/** The local hour of the day of each hour; the clock of a day's begin serves for all of that day. */
function localHoursOf(from: number, until: number, timeZone: string): Uint8Array {
  const found = new Uint8Array(until - from);
  let offset = 0;
  for (let hour = from; hour < until; hour++) {
    if (hour === from || hour % 24 === 0) offset = zoneOffset(hour * HOUR, timeZone);
    found[hour - from] = Math.floor((((hour * HOUR + offset) % DAY) + DAY) / HOUR) % 24;
  }
  return found;
}

/** Counts by hour of the day and length in hours. */
function count(table: Uint16Array, hour: number, gap: number): void {
  const place = hour * (ABSENCE_HOURS + 1) + gap;
  table[place] = (table[place] as number) + 1;
}

function pooled(table: Uint16Array, hour: number): number[] {
  const sum = new Array<number>(ABSENCE_HOURS + 1).fill(0);
  for (let next = hour - NEIGHBOURS; next <= hour + NEIGHBOURS; next++) {
    const row = ((next + 24) % 24) * (ABSENCE_HOURS + 1);
    for (let gap = 0; gap <= ABSENCE_HOURS; gap++)
      sum[gap] = (sum[gap] as number) + (table[row + gap] as number);
  }
  return sum;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);

/** A gap of `g` whole hours lasts from g to g + 1. */
function quantile(counts: readonly number[]): number {
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
function longest(counts: readonly number[], rank: number): number {
  if (total(counts) < GAPS_MIN) return -1;
  let above = 0;
  for (let gap = counts.length - 1; gap >= 0; gap--) {
    above += counts[gap] as number;
    if (above >= rank) return gap;
  }
  return -1;
}
