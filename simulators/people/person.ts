import type { Random } from '../../src/lib/random.ts';

/**
 * What makes one person's days differ from another's. Drawn once from the seed. Minutes are of the local day, litres
 * are what runs through the meter; the ranges together give one person 40 to 150 litres on an ordinary day.
 */
export interface Person {
  readonly wakeMinute: number;
  readonly wakeDeviation: number;
  readonly sleepMinute: number;
  readonly sleepDeviation: number;
  readonly lateRisingChance: number;
  readonly napChance: number;
  /** All amounts are multiplied by it. */
  readonly thrift: number;
  readonly flushLitres: number;
  readonly toiletVisitsAnHour: number;
  /**
   * Visits to the toilet in a night of usual length. From 70 to 79 years men get up 1.6 times on average and women 1.3
   * times, 48 % and 31 % of them twice or more (Fourcade et al., Prog Urol 2001;11:1251, a survey of 1,807 people).
   */
  readonly nightVisits: number;
  /** Half of them do not: with more the longest gap of a day would be shorter than in real one-person homes (median 9 h). */
  readonly flushesAtNight: boolean;
  readonly mealLitres: number;
  readonly showerEveryDays: number;
  readonly showerLitres: number;
  readonly laundryEveryDays: number;
  readonly laundryLitres: number;
  readonly morningOutChance: number;
  readonly afternoonOutChance: number;
  readonly dayTripChance: number;
  /** A day with little of everything. */
  readonly quietChance: number;
  /** A day spent in bed: hardly any water, though nothing is wrong that anybody could know. */
  readonly unwellChance: number;
  readonly body: Body;
  readonly band: BandHabits;
}

/** Resting values when nothing is wrong. */
export interface Body {
  readonly systolic: number;
  readonly diastolic: number;
  readonly pulse: number;
  readonly spo2: number;
  readonly skin: number;
  readonly stepsAnHour: number;
}

export interface BandHabits {
  readonly wearsAtNight: boolean;
  /** Below this charge it is put on the charger in the evening. */
  readonly chargesBelowPct: number;
  readonly drainPctAnHour: number;
  /** A whole day on the bedside table. */
  readonly forgetsChance: number;
}

/** Draws a person. */
export function makePerson(random: Random): Person {
  const within = (mean: number, deviation: number, min: number, max: number): number =>
    Math.min(max, Math.max(min, random.normal(mean, deviation)));
  return {
    wakeMinute: within(375, 40, 285, 480),
    wakeDeviation: random.between(12, 32),
    sleepMinute: within(1305, 40, 1200, 1395),
    sleepDeviation: random.between(10, 30),
    lateRisingChance: random.between(0.01, 0.08),
    napChance: random.between(0.3, 0.9),
    thrift: Math.exp(within(-0.12, 0.25, -0.6, 0.35)),
    flushLitres: random.pick([3, 3.5, 4.5, 4.5, 6, 6, 8]),
    toiletVisitsAnHour: random.between(0.22, 0.42),
    nightVisits: random.between(0.4, 2.5),
    flushesAtNight: random.chance(0.5),
    mealLitres: random.between(5, 10),
    showerEveryDays: random.between(1.3, 4),
    showerLitres: random.between(18, 45),
    laundryEveryDays: random.between(3, 8),
    laundryLitres: random.between(30, 65),
    morningOutChance: random.between(0.35, 0.9),
    afternoonOutChance: random.between(0.15, 0.6),
    dayTripChance: random.between(0.01, 0.08),
    quietChance: random.between(0.02, 0.09),
    unwellChance: random.between(0, 0.015),
    body: {
      systolic: within(126, 8, 108, 140),
      diastolic: within(75, 6, 63, 86),
      pulse: within(69, 6, 58, 82),
      spo2: within(97, 0.6, 96, 98.5),
      skin: random.between(32.5, 34.5),
      stepsAnHour: random.between(100, 450),
    },
    band: {
      wearsAtNight: random.chance(0.8),
      chargesBelowPct: random.integer(30, 60),
      drainPctAnHour: random.between(0.8, 1.6),
      forgetsChance: random.between(0, 0.03),
    },
  };
}
