import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import type { Rows } from './rows.ts';

/** One reading of the index, ready to be written. */
export interface IndexReading {
  readonly device: number;
  readonly at: number;
  readonly indexM3: number;
  /** When it is known: what was used in an interval is known at its end. */
  readonly knownAt: number;
}

/** What was seen of one meter. */
export interface MeterSummary {
  readonly name: string;
  /** Rows with a value, each taken once. */
  readonly values: number;
  /** What they became: the beginnings of intervals are among them. */
  readonly readings: number;
  readonly from: number;
  readonly to: number;
  /** As a registry says it: `15min`, `1h`, `1d`. */
  readonly interval: string;
}

/** What is odd about rows that were read all the same. A closed list. */
export type Oddity = 'repeated' | 'contradicting' | 'backwards' | 'torrents' | 'holes';

/** Where something odd stands: the time of its row. */
export interface Place {
  readonly meter: string;
  readonly at: number;
}

/** The longest time between two rows of a meter. */
export interface Gap extends Place {
  readonly from: number;
}

/** So many meters are named. */
const PLACES_MAX = 5;

interface Meter {
  firstAt: number;
  lastAt: number;
  /** The newest time of which the value is missing. */
  missingAt: number;
  /** The value of its last row. */
  value: number;
  /** The index in litres. */
  litres: number;
  values: number;
  readings: number;
  /** How many gaps were at most so long, by the places of INTERVALS. */
  readonly gaps: number[];
  /** How many were longer than an interval lasts, where that is known. */
  wide: number;
  longestMs: number;
  /** The end of the longest. */
  longestAt: number;
}

const INTERVALS: readonly (readonly [ms: number, text: string])[] = [
  [MINUTE, '1min'],
  [5 * MINUTE, '5min'],
  [15 * MINUTE, '15min'],
  [30 * MINUTE, '30min'],
  [HOUR, '1h'],
  [3 * HOUR, '3h'],
  [6 * HOUR, '6h'],
  [12 * HOUR, '12h'],
  [DAY, '1d'],
];

/** Beyond what a meter of a home (DN20) lasts: its Q4. */
export const TORRENT_M3_PER_HOUR = 5;

/** A value that comes so many intervals after the one before does not tell of all the time between them. */
const HOLE_FROM = 1.5;
/** A register that shows less than this cannot show that it began anew by falling: it jumps, further than any pipe carries. */
const TOO_LOW_TO_FALL_LITRES = 1000;
const JUMPS_TO_LITRES = 50_000_000;

/** Puts rows into the order of time, drops what stands twice, and makes an index of interval values. */
export class IndexSeries {
  /** The same meter and time again, with the same value. */
  repeated = 0;
  /** The same meter and time again, with another value: the first one stands. */
  contradicting = 0;
  /** Readings of an index below the one before: roll-over, exchange or a mistake; the service judges each by name. */
  backwards = 0;
  /** More between two readings than a home can draw: an index in other units, most likely. */
  torrents = 0;
  /** Stretches in which nobody knows what was used: after each the index begins anew, as that of another meter would. */
  holes = 0;
  /** Of each the first one of the first meters that have one. */
  readonly places: Readonly<Record<Oddity, Place[]>> = {
    repeated: [],
    contradicting: [],
    backwards: [],
    torrents: [],
    holes: [],
  };
  readonly #rows: Rows;
  readonly #intervals: boolean;
  readonly #everyMs: number | undefined;
  readonly #meters: Meter[];

  /** @param everyMs how long an interval is, if known: the first one of each meter then has a beginning */
  constructor(rows: Rows, intervals: boolean, everyMs: number | undefined) {
    this.#rows = rows;
    this.#intervals = intervals;
    this.#everyMs = everyMs;
    this.#meters = rows.devices.map(() => ({
      firstAt: Number.NaN,
      lastAt: Number.NEGATIVE_INFINITY,
      missingAt: Number.NEGATIVE_INFINITY,
      value: Number.NaN,
      litres: 0,
      values: 0,
      readings: 0,
      gaps: INTERVALS.map(() => 0),
      wide: 0,
      longestMs: 0,
      longestAt: Number.NaN,
    }));
  }

  get isOfIntervals(): boolean {
    return this.#intervals;
  }

  /** In the order of time, but for the beginnings of intervals, which come with their ends. */
  *readings(): Generator<IndexReading, void, undefined> {
    for (const { device, at, litres } of this.#rows.sorted()) {
      const meter = this.#meters[device] as Meter;
      const isMissing = Number.isNaN(litres);
      if (at === meter.lastAt) {
        if (isMissing) continue;
        this.#saw(litres === meter.value ? 'repeated' : 'contradicting', device, at);
        continue;
      }
      if (isMissing) {
        meter.missingAt = at;
        continue;
      }
      meter.value = litres;
      const begins = this.#intervals ? this.#beginOf(meter, at) : undefined;
      if (begins !== undefined) {
        const isFirst = meter.values === 0;
        this.#beginAnew(meter, device, begins);
        yield { device, at: begins, indexM3: meter.litres / 1000, knownAt: isFirst ? begins : at };
      }
      this.#take(meter, device, at, litres);
      yield { device, at, indexM3: meter.litres / 1000, knownAt: at };
    }
  }

  /** When the interval of a value began, where that is another time than that of the value before. */
  #beginOf({ values, lastAt, missingAt }: Meter, at: number): number | undefined {
    const every = this.#everyMs;
    const follows = missingAt <= lastAt && (every === undefined || at - lastAt <= HOLE_FROM * every);
    if (values > 0 && follows) return undefined;
    const begins = every === undefined ? missingAt : at - every;
    return begins > lastAt ? begins : undefined;
  }

  #saw(oddity: Oddity, device: number, at: number): void {
    this[oddity]++;
    const places = this.places[oddity];
    const meter = this.#rows.devices[device] ?? '';
    if (places.length < PLACES_MAX && !places.some((place) => place.meter === meter))
      places.push({ meter, at });
  }

  #beginAnew(meter: Meter, device: number, at: number): void {
    if (meter.values === 0) meter.firstAt = at;
    else {
      this.#saw('holes', device, at);
      meter.litres = meter.litres < TOO_LOW_TO_FALL_LITRES ? JUMPS_TO_LITRES : 0;
    }
    meter.lastAt = at;
    meter.readings++;
  }

  #take(meter: Meter, device: number, at: number, litres: number): void {
    meter.readings++;
    if (meter.values++ > 0) {
      this.#measureGap(meter, at);
      const used = this.#intervals ? litres : litres - meter.litres;
      if (used < 0) this.#saw('backwards', device, at);
      if (used > ((at - meter.lastAt) / HOUR) * TORRENT_M3_PER_HOUR * 1000) this.#saw('torrents', device, at);
    } else if (Number.isNaN(meter.firstAt)) meter.firstAt = at;
    meter.lastAt = at;
    meter.litres = this.#intervals ? meter.litres + litres : litres;
  }

  #measureGap(meter: Meter, at: number): void {
    const ms = at - meter.lastAt;
    const place = INTERVALS.findIndex(([most]) => ms <= most * 1.3);
    const bucket = place < 0 ? INTERVALS.length - 1 : place;
    meter.gaps[bucket] = (meter.gaps[bucket] ?? 0) + 1;
    if (this.#everyMs !== undefined && ms > HOLE_FROM * this.#everyMs) meter.wide++;
    if (ms <= meter.longestMs) return;
    meter.longestMs = ms;
    meter.longestAt = at;
  }

  /** Further apart than its rows usually are, or than an interval is long where that is known. */
  #wideOf({ gaps, wide }: Meter): number {
    if (this.#everyMs !== undefined) return wide;
    return gaps.slice(usualOf(gaps) + 1).reduce((sum, count) => sum + count, 0);
  }

  /**
   * How often rows are too far apart. Of interval values without `everyMs` nobody knows what one covers then; with it such a
   * stretch is a hole. A register tells what was used in all, and not when.
   */
  get wideGaps(): number {
    if (this.#intervals && this.#everyMs !== undefined) return 0;
    return this.#meters.reduce((sum, meter) => sum + this.#wideOf(meter), 0);
  }

  /** The longest of these of a meter, the longest first. */
  get longestGaps(): Gap[] {
    return this.#meters
      .flatMap((meter, index) => {
        const { longestAt: at, longestMs } = meter;
        const name = this.#rows.devices[index] ?? '';
        return this.#wideOf(meter) > 0 ? [{ meter: name, from: at - longestMs, at }] : [];
      })
      .sort((a, b) => b.at - b.from - (a.at - a.from))
      .slice(0, PLACES_MAX);
  }

  /** Once all readings were taken. */
  summary(): MeterSummary[] {
    return this.#meters.flatMap((meter, index) => {
      if (meter.values === 0) return [];
      const most = usualOf(meter.gaps);
      const interval = meter.values > 1 ? (INTERVALS[most]?.[1] ?? '1h') : '1h';
      const name = this.#rows.devices[index] ?? '';
      const { values, readings, firstAt: from, lastAt: to } = meter;
      return [{ name, values, readings, from, to, interval }];
    });
  }
}

const usualOf = (gaps: readonly number[]): number => gaps.indexOf(Math.max(...gaps));
