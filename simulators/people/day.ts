import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Random } from '../../src/lib/random.ts';
import type { Calendar } from '../calendar.ts';
import type { Person } from './person.ts';

/** Water that ran, taken as one moment: what a meter sees of it is a step. No litres: a visit without water. */
export interface Draw {
  readonly at: number;
  readonly litres: number;
  /** Where, if it is a room in which somebody can be seen. */
  readonly room?: 'bathroom' | 'kitchen';
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A night of usual length, in bed. */
const NIGHT = 8.5 * HOUR;

/** One day of a person, from getting up to getting up again: days follow one another without a gap. */
export interface PersonDay extends Span {
  readonly sleepFrom: number;
  /** Hours out of the home, in order, apart from one another. */
  readonly outs: readonly Span[];
  /** In order of time. */
  readonly draws: readonly Draw[];
  /** How much is done on this day, around 1. */
  readonly briskness: number;
  /** What this day does to the blood pressure, in mmHg. */
  readonly pressureDrift: number;
  readonly bandForgotten: boolean;
}

/**
 * The day of this number: a function of person, seed and number alone, so that nothing that happens on one day
 * changes the next.
 */
export function personDay(person: Person, seed: Random, calendar: Calendar, day: number): PersonDay {
  const random = seed.fork(`day/${day}`);
  const from = wakesAt(person, seed, calendar, day);
  const to = wakesAt(person, seed, calendar, day + 1);
  const bedMinute = random.normal(person.sleepMinute, person.sleepDeviation);
  const sleepFrom = Math.min(to - 3 * HOUR, Math.max(from + 6 * HOUR, calendar.at(day, bedMinute)));
  const mood = random.next();
  const unwell = mood < person.unwellChance;
  const quiet = !unwell && mood < person.unwellChance + person.quietChance;
  const briskness = unwell ? 0.15 : quiet ? random.between(0.4, 0.65) : random.between(0.85, 1.15);
  const outs = unwell || quiet ? [] : outings(person, random, from, sleepFrom);
  const water = new WaterDay(random, person.thrift * briskness, outs);
  water.toilet(person, from, sleepFrom, unwell);
  water.night(person, sleepFrom, to, usualRising(person, calendar, day + 1));
  if (!unwell) water.household(person, from, sleepFrom);
  else water.use(from + random.between(1, 5) * HOUR, random.between(1, 3));
  return {
    from,
    to,
    sleepFrom,
    outs,
    draws: water.inOrder(),
    briskness,
    pressureDrift: random.normal(0, 3),
    bandForgotten: random.chance(person.band.forgetsChance),
  };
}

/** When the person gets up on this day; sometimes hours later than usual. */
function wakesAt(person: Person, seed: Random, calendar: Calendar, day: number): number {
  const random = seed.fork(`wake/${day}`);
  const late = random.chance(person.lateRisingChance) ? random.between(90, 330) : 0;
  const deviation = Math.max(-90, Math.min(90, random.normal(0, person.wakeDeviation)));
  const instant = calendar.at(day, person.wakeMinute + deviation + late);
  return Math.round(instant / 1000) * 1000;
}

/** When the bladder wakes people who then lie down again: who rises late was up for a moment at about the usual time. */
const usualRising = (person: Person, calendar: Calendar, day: number): number =>
  calendar.at(day, person.wakeMinute);

/** The market in the morning, a walk or cards in the afternoon, once in a while the whole day with the family. */
function outings(person: Person, random: Random, from: number, sleepFrom: number): Span[] {
  if (random.chance(person.dayTripChance)) {
    const start = from + random.between(1.5, 3.5) * HOUR;
    return [{ from: start, to: Math.min(sleepFrom - HOUR, start + random.between(5, 12) * HOUR) }];
  }
  const outs: Span[] = [];
  if (random.chance(person.morningOutChance)) {
    const start = from + random.between(0.7, 2.5) * HOUR;
    outs.push({ from: start, to: start + random.between(0.5, 2) * HOUR });
  }
  if (random.chance(person.afternoonOutChance)) {
    const start = from + random.between(7.5, 9.5) * HOUR;
    outs.push({ from: start, to: Math.min(sleepFrom - HOUR, start + random.between(0.7, 3) * HOUR) });
  }
  return outs;
}

/** Collects the draws of a day; what would happen while nobody is in does not happen. */
class WaterDay {
  readonly #draws: Draw[] = [];
  readonly #random: Random;
  readonly #scale: number;
  readonly #outs: readonly Span[];

  constructor(random: Random, scale: number, outs: readonly Span[]) {
    this.#random = random;
    this.#scale = scale;
    this.#outs = outs;
  }

  use(at: number, litres: number, scaled = true, room?: Draw['room']): void {
    if (this.#outs.some((out) => at >= out.from && at < out.to)) return;
    const amount = litres * (scaled ? this.#scale : 1) * this.#random.between(0.8, 1.2);
    this.#draws.push({ at: Math.round(at), litres: amount, ...(room ? { room } : {}) });
  }

  inOrder(): Draw[] {
    return this.#draws.sort((a, b) => a.at - b.at);
  }

  /** The first visit soon after getting up, the others whenever. A cistern gives what it gives, thrifty or not. */
  toilet(person: Person, from: number, sleepFrom: number, unwell: boolean): void {
    let at = from + this.#random.between(1, 12) * MINUTE;
    const meanGap = (unwell ? 3 : 1) * (HOUR / person.toiletVisitsAnHour);
    while (at < sleepFrom) {
      this.use(at, person.flushLitres * (unwell ? 0.6 : 1), false, 'bathroom');
      if (this.#random.chance(0.8)) this.use(at + MINUTE, this.#random.between(0.3, 1), true, 'bathroom');
      at += 25 * MINUTE + this.#random.exponential(Math.max(HOUR / 2, meanGap - 25 * MINUTE));
    }
  }

  /** Getting up in the night is seen by whoever watches the bathroom, with water or without. */
  night(person: Person, from: number, to: number, usualRising: number): void {
    const random = this.#random;
    const meanGap = NIGHT / person.nightVisits;
    let at = from + random.exponential(meanGap);
    while (at < to - 20 * MINUTE) {
      this.#nightVisit(person, at);
      at += HOUR + random.exponential(Math.max(HOUR / 2, meanGap - HOUR));
    }
    const early = usualRising + random.between(-20, 40) * MINUTE;
    if (to - early > HOUR) this.#nightVisit(person, early);
  }

  #nightVisit(person: Person, at: number): void {
    if (person.flushesAtNight) this.use(at, person.flushLitres, false, 'bathroom');
    else this.use(at, this.#random.chance(0.5) ? 0.5 : 0, true, 'bathroom');
  }

  household(person: Person, from: number, sleepFrom: number): void {
    const random = this.#random;
    this.use(from + random.between(6, 25) * MINUTE, random.between(2, 4.5), true, 'bathroom');
    this.use(sleepFrom - random.between(10, 45) * MINUTE, random.between(2, 5), true, 'bathroom');
    this.#meal(from + random.between(0.4, 0.9) * HOUR, 0.4 * person.mealLitres);
    this.#meal(from + random.between(4.6, 5.6) * HOUR, person.mealLitres);
    this.#meal(sleepFrom - random.between(3.2, 4.2) * HOUR, 0.9 * person.mealLitres);
    for (let i = random.integer(1, 4); i > 0; i--)
      this.use(random.between(from, sleepFrom), random.between(0.5, 2), true, 'kitchen');
    if (random.chance(1 / person.showerEveryDays)) this.#shower(person, sleepFrom);
    if (random.chance(1 / person.laundryEveryDays)) this.#laundry(person, from);
    if (random.chance(0.15)) this.use(from + random.between(1, 9) * HOUR, random.between(6, 15));
  }

  /** Washing and cooking, then the dishes. */
  #meal(at: number, litres: number): void {
    this.use(at, litres * 0.35, true, 'kitchen');
    this.use(at + this.#random.between(5, 20) * MINUTE, litres * 0.25, true, 'kitchen');
    this.use(at + this.#random.between(35, 70) * MINUTE, litres * 0.4, true, 'kitchen');
  }

  #shower(person: Person, sleepFrom: number): void {
    const at = sleepFrom - this.#random.between(0.7, 2.5) * HOUR;
    for (let i = 0; i < 3; i++) this.use(at + i * 3 * MINUTE, person.showerLitres / 3, true, 'bathroom');
  }

  /** A washing machine fills four times. */
  #laundry(person: Person, from: number): void {
    const at = from + this.#random.between(1, 5) * HOUR;
    for (let i = 0; i < 4; i++) this.use(at + i * 13 * MINUTE, person.laundryLitres / 4);
  }
}
