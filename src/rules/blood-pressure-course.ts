import { MINUTE } from '../lib/clock.ts';

/** One measurement. */
export interface Pressure {
  readonly at: number;
  readonly device: string;
  /** By a validated cuff; otherwise it is a band's hint. */
  readonly cuff: boolean;
  readonly systolic?: number;
  readonly diastolic?: number;
  readonly receivedAt: number;
}

type Bound = { readonly systolic?: number | undefined; readonly diastolic?: number | undefined };

export interface PressureLimits {
  readonly side: 'high' | 'low';
  readonly limit: Bound;
  readonly clear?: Bound | undefined;
  readonly grave?: Bound | undefined;
  readonly windowMinutes: number;
  readonly restMinutes: number;
  readonly trustCuffMinutes: number;
  readonly clearCount: number;
  readonly ifUnconfirmed?: unknown;
}

/** A stretch of readings beyond the limit that has not ended. */
export interface Episode {
  readonly since: number;
  readonly firstReceivedAt: number;
  /** Undefined while one reading stands alone. */
  confirmedBy: 'band' | 'cuff' | undefined;
  /** A cuff has measured the grave limit after the rest. */
  graveByCuff: boolean;
  /** Readings beyond the limit, oldest first. */
  readonly overs: Pressure[];
  /** The newest reading beyond the limit; what the verdict rests on if there is no mean. */
  last: Pressure;
  /** The mean of the last two of a cuff, where that is what counts. */
  mean: Bound | undefined;
  /** Readings of cuffs since it began, oldest first. */
  readonly cuffs: Pressure[];
  /** The last readings of bands: beyond the limit or not. */
  bands: Pressure[];
  normalBands: number;
  normalCuffs: number;
}

/** What the readings of one person come to. */
export interface Course {
  readonly episode: Episode | undefined;
  /** The last episode that ended, and why. */
  readonly ended: { readonly at: number; readonly reason: EndReason } | undefined;
  /** Those that were confirmed and have ended, in their order. */
  readonly passed: readonly Passed[];
}

type EndReason = 'recovered' | 'refuted';

export interface Passed {
  readonly episode: Episode;
  readonly at: number;
  readonly reason: EndReason;
}

/** Of so many last readings of a band, two must be beyond the limit. */
const OF_BANDS = 3;

/**
 * Goes through the readings of one person in the order in which they were taken. A pure function of them: whatever
 * order they arrive in, what they come to in the end is the same.
 */
export function courseOf(readings: readonly Pressure[], limits: PressureLimits): Course {
  const course = new Running(limits);
  for (const reading of readings) {
    if (reading.cuff) course.cuff(reading);
    else course.band(reading);
  }
  return course;
}

class Running {
  episode: Episode | undefined;
  ended: Course['ended'];
  readonly passed: Passed[] = [];
  readonly #limits: PressureLimits;
  /** Until then a band's hint counts for nothing: a cuff has just measured a normal pressure. */
  #trustedUntil = 0;

  constructor(limits: PressureLimits) {
    this.#limits = limits;
  }

  cuff(reading: Pressure): void {
    const over = isOver(reading, this.#limits);
    const normal = isNormal(reading, this.#limits);
    if (normal) this.#trustedUntil = reading.at + this.#limits.trustCuffMinutes * MINUTE;
    if (!this.episode && over) {
      this.episode = begin(reading);
      this.episode.cuffs.push(reading);
      return;
    }
    const { episode } = this;
    if (!episode) return;
    this.#follow(episode, reading);
    episode.cuffs.push(reading);
    episode.normalCuffs = normal ? episode.normalCuffs + 1 : 0;
    const verdict = cuffVerdict(episode.cuffs);
    if (isOver(verdict, this.#limits)) this.#confirm(episode, reading, verdict);
    else if (episode.confirmedBy !== 'cuff' && (normal || meanIsNormal(episode, this.#limits)))
      this.#end(
        reading,
        episode.confirmedBy === undefined && episode.overs[0]?.cuff ? 'recovered' : 'refuted',
      );
    else if (episode.normalCuffs >= this.#limits.clearCount) this.#end(reading, 'recovered');
  }

  band(reading: Pressure): void {
    if (reading.at < this.#trustedUntil) return;
    const over = isOver(reading, this.#limits);
    let { episode } = this;
    if (episode && over && this.#isStale(episode, reading)) episode = this.episode = undefined;
    if (!episode) {
      if (over) {
        this.episode = begin(reading);
        this.episode.bands.push(reading);
      }
      return;
    }
    if (over) this.#follow(episode, reading);
    episode.bands = [...episode.bands, reading].slice(-OF_BANDS);
    const passes = episode.confirmedBy ? isNormal(reading, this.#limits) : !over;
    episode.normalBands = passes ? episode.normalBands + 1 : 0;
    if (over && !episode.confirmedBy && this.#twice(episode)) episode.confirmedBy = 'band';
    // A band reads a high pressure too low: it ends nothing that a cuff has measured.
    const measured = episode.cuffs.length > 0;
    if (!measured && episode.normalBands >= this.#limits.clearCount) this.#end(reading, 'recovered');
  }

  #follow(episode: Episode, reading: Pressure): void {
    if (!isOver(reading, this.#limits)) return;
    episode.overs.push(reading);
    if (!episode.last.cuff || reading.cuff) {
      episode.last = reading;
      episode.mean = undefined;
    }
  }

  #confirm(episode: Episode, reading: Pressure, verdict: Bound): void {
    const { grave, restMinutes, side } = this.#limits;
    episode.confirmedBy = 'cuff';
    if (verdict !== reading) episode.mean = verdict;
    episode.last = reading;
    const rested = reading.at - episode.since >= restMinutes * MINUTE;
    if (grave && rested && reaches(verdict, grave, side)) episode.graveByCuff = true;
  }

  /** A cuff's word of before counts as well as one of the band's own. */
  #twice(episode: Episode): boolean {
    return episode.cuffs.length > 0 || episode.bands.filter((one) => isOver(one, this.#limits)).length >= 2;
  }

  /** Nobody was told of it and its time is over: the next reading begins anew. */
  #isStale(episode: Episode, reading: Pressure): boolean {
    const { ifUnconfirmed, windowMinutes } = this.#limits;
    return !episode.confirmedBy && !ifUnconfirmed && reading.at - episode.last.at > windowMinutes * MINUTE;
  }

  #end(reading: Pressure, reason: EndReason): void {
    this.ended = { at: reading.at, reason };
    if (this.episode?.confirmedBy) this.passed.push({ episode: this.episode, ...this.ended });
    this.episode = undefined;
  }
}

function begin(reading: Pressure): Episode {
  return {
    since: reading.at,
    firstReceivedAt: reading.receivedAt,
    confirmedBy: undefined,
    graveByCuff: false,
    overs: [reading],
    last: reading,
    mean: undefined,
    cuffs: [],
    bands: [],
    normalBands: 0,
    normalCuffs: 0,
  };
}

/** After the first reading of a cuff two more are taken, and their mean counts; until then the newest does. */
function cuffVerdict(cuffs: readonly Pressure[]): Bound {
  const [before, last] = cuffs.slice(-2) as [Pressure, Pressure | undefined];
  if (cuffs.length < 3 || !last) return cuffs.at(-1) as Pressure;
  return {
    systolic: mean(before.systolic, last.systolic),
    diastolic: mean(before.diastolic, last.diastolic),
  };
}

const mean = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (b ?? a) : Math.round((a + b) / 2);

const meanIsNormal = ({ cuffs }: Episode, limits: PressureLimits): boolean =>
  cuffs.length >= 3 && isNormal(cuffVerdict(cuffs), limits);

/** Does either of the two reach its bound? */
function reaches(value: Bound, bound: Bound, side: 'high' | 'low'): boolean {
  const one = (is: number | undefined, limit: number | undefined): boolean =>
    is !== undefined && limit !== undefined && (side === 'high' ? is >= limit : is <= limit);
  return one(value.systolic, bound.systolic) || one(value.diastolic, bound.diastolic);
}

export const isOver = (value: Bound, { limit, side }: PressureLimits): boolean => reaches(value, limit, side);

/** Back beyond the hysteresis, both of the two. */
function isNormal(value: Bound, { limit, clear, side }: PressureLimits): boolean {
  if (reaches(value, limit, side)) return false;
  const one = (is: number | undefined, at: number | undefined): boolean =>
    is === undefined || at === undefined || (side === 'high' ? is <= at : is >= at);
  return !clear || (one(value.systolic, clear.systolic) && one(value.diastolic, clear.diastolic));
}
