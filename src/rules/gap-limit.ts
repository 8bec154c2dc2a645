import { localDay, localMinute } from '../lib/local-time.ts';
import { gapAtHour, gapFromHour, type UsualGaps } from './usual-gaps.ts';

/** A gap that is shorter than this is usual in any home. */
const USUAL_MIN_HOURS = 4;
/** At one false alarm in 60 days; more days want more hours. Measured: docs/decisions/0014-personal-routine.md. */
const MARGIN_HOURS = 5;
const MARGIN_DAYS = 60;
const MARGIN_PER_DOUBLING_HOURS = 2;
const MARGIN_MIN_HOURS = 2;
/** However regular a home, it is given so much time beyond its margin: everybody sleeps in for once. */
const LEAST_BEYOND_MARGIN_HOURS = 5.25;
/** Where long gaps are usual they vary more: so much of what is above 8 hours comes on top. */
const LONG_HOURS = 8;
const LONG_SHARE = 0.25;
/** Where water is drawn in few hours of the day, gaps vary more as well: from the share of an ordinary home, per unit. */
const LIVELY_SHARE = 0.35;
const LIVELY_HOURS = 5;
/** Days and nights before the last draw that were livelier than usual say that people are at home: sooner, or later. */
const PRESENT_HOURS = 2;
/** People get up later and stay out longer at the weekend. */
const WEEKEND_HOURS = 0.5;

/**
 * Where movement and the front door are seen as well, gaps are shorter and vary less. No real homes were at hand to
 * measure it: 8 hours without any sign of life while people are in is what a service with 8 hours without water found
 * practicable (Sakaki, Japan), and what no-movement asks for by day.
 */
const INSIDE_MARGIN_HOURS = 4;
/** Who goes out for the day is back within twelve hours, mostly. */
const OUTSIDE_LEAST_HOURS = 12;

/** No limit is shorter, whatever was learned. */
export const SHORTEST_LIMIT_HOURS = USUAL_MIN_HOURS + MARGIN_MIN_HOURS;

export interface Limit {
  readonly hours: number;
  /** What is usual here at this time, in hours, without the margin. */
  readonly usual: number;
}

export interface GapAsked {
  readonly at: number;
  /** When the gap began. */
  readonly from: number;
  readonly timeZone: string;
  readonly capHours: number;
  readonly daysPerFalseAlarm: number;
  /** How much livelier than usual the home was up to its last draw: 1 at twice the use, -1 without any. */
  readonly livelier: number;
}

/**
 * How long a home may go without water at this time before that is unusual for it. What each part of the margin is worth
 * was measured on real homes: docs/decisions/0014-personal-routine.md.
 */
export function gapLimit(usual: UsualGaps, asked: GapAsked): Limit {
  const { at, from, timeZone, capHours } = asked;
  const atHour = gapAtHour(usual, localHour(at, timeZone));
  // Hardly ever at home at this hour: nothing is usual then, but the cap holds.
  if (atHour < 0) return { hours: capHours, usual: capHours };
  // What ends on the hour was drawn in the hour before.
  const fromHour = gapFromHour(usual, localHour(from - 1, timeZone));
  const [byNow, byStart] = [atHour, fromHour < 0 ? atHour : fromHour].map((tenths) =>
    Math.max(USUAL_MIN_HOURS, tenths / 10),
  ) as [number, number];
  const hours = (byNow + byStart) / 2;
  const margin = marginHours(asked.daysPerFalseAlarm);
  const wanted =
    hours +
    margin +
    LONG_SHARE * Math.max(0, hours - LONG_HOURS) +
    LIVELY_HOURS * (LIVELY_SHARE - usual.lively) -
    PRESENT_HOURS * asked.livelier +
    (isWeekend(at, timeZone) ? WEEKEND_HOURS : 0);
  return { hours: Math.min(capHours, Math.max(margin + LEAST_BEYOND_MARGIN_HOURS, wanted)), usual: hours };
}

export interface SignsAsked extends Omit<GapAsked, 'livelier'> {
  /** Movement is seen, and at the front door or in the hall whoever goes out: who was last seen elsewhere is in. */
  readonly seesExit: boolean;
}

/** The same where all signs of life count, and the last one says that somebody is in; undefined: too little is known. */
export const insideLimit = (usual: UsualGaps, asked: SignsAsked): Limit | undefined =>
  signsLimit(usual, asked, asked.seesExit ? INSIDE_MARGIN_HOURS : MARGIN_HOURS, 0);

/** … and the last one may have been of somebody who goes out. */
export const outsideLimit = (usual: UsualGaps, asked: SignsAsked): Limit | undefined =>
  signsLimit(usual, asked, MARGIN_HOURS, OUTSIDE_LEAST_HOURS);

/** … but that home's own hours of going out are not known: no sooner than any other home's. */
export const unknownOutsideLimit = (byWater: Limit): Limit => ({
  ...byWater,
  hours: Math.max(OUTSIDE_LEAST_HOURS, byWater.hours),
});

function signsLimit(usual: UsualGaps, asked: SignsAsked, margin: number, least: number): Limit | undefined {
  const { at, from, timeZone, capHours } = asked;
  const known = [
    gapAtHour(usual, localHour(at, timeZone)),
    gapFromHour(usual, localHour(from - 1, timeZone)),
  ].filter((tenths) => tenths >= 0);
  if (known.length === 0) return undefined;
  const sum = known.reduce((hours, tenths) => hours + Math.max(USUAL_MIN_HOURS, tenths / 10), 0);
  const hours = sum / known.length;
  const wanted =
    hours +
    marginHours(asked.daysPerFalseAlarm, margin) +
    LONG_SHARE * Math.max(0, hours - LONG_HOURS) +
    (isWeekend(at, timeZone) ? WEEKEND_HOURS : 0);
  return { hours: Math.min(capHours, Math.max(least, wanted)), usual: hours };
}

const marginHours = (daysPerFalseAlarm: number, margin = MARGIN_HOURS): number =>
  Math.max(MARGIN_MIN_HOURS, margin + MARGIN_PER_DOUBLING_HOURS * Math.log2(daysPerFalseAlarm / MARGIN_DAYS));

const localHour = (at: number, timeZone: string): number => Math.floor(localMinute(at, timeZone) / 60);

/** Day 0 of 1970 was a Thursday. */
const isWeekend = (at: number, timeZone: string): boolean => ((localDay(at, timeZone) + 4) % 7) % 6 === 0;
