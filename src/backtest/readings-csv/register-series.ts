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
    }));
  }

  /** In the order of time, but for the beginnings of intervals, which come with their ends. */
  *readings(): Generator<IndexReading, void, undefined> {
    for (const { device, at, litres } of this.#rows.sorted()) {
      const meter = this.#meters[device] as Meter;
      const isMissing = Number.isNaN(litres);
      if (at === meter.lastAt) {
        if (isMissing) continue;
        if (litres === meter.value) this.repeated++;
        else this.contradicting++;
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
        this.#beginAnew(meter, begins);
        yield { device, at: begins, indexM3: meter.litres / 1000, knownAt: isFirst ? begins : at };
      }
      this.#take(meter, at, litres);
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

  #beginAnew(meter: Meter, at: number): void {
    if (meter.values === 0) meter.firstAt = at;
    else {
      this.holes++;
      meter.litres = meter.litres < TOO_LOW_TO_FALL_LITRES ? JUMPS_TO_LITRES : 0;
    }
    meter.lastAt = at;
    meter.readings++;
  }

  #take(meter: Meter, at: number, litres: number): void {
    meter.readings++;
    if (meter.values++ > 0) {
      const place = INTERVALS.findIndex(([ms]) => at - meter.lastAt <= ms * 1.3);
      const bucket = place < 0 ? INTERVALS.length - 1 : place;
      meter.gaps[bucket] = (meter.gaps[bucket] ?? 0) + 1;
      const used = this.#intervals ? litres : litres - meter.litres;
      if (used < 0) this.backwards++;
      if (used > ((at - meter.lastAt) / HOUR) * TORRENT_M3_PER_HOUR * 1000) this.torrents++;
    } else if (Number.isNaN(meter.firstAt)) meter.firstAt = at;
    meter.lastAt = at;
    meter.litres = this.#intervals ? meter.litres + litres : litres;
  }

  /** How often rows lie further apart than a meter's usually do: without `everyMs` nobody knows what a value covers then. */
  get wideGaps(): number {
    if (!this.#intervals || this.#everyMs !== undefined) return 0;
    let wide = 0;
    for (const { gaps } of this.#meters)
      for (let i = usualOf(gaps) + 1; i < gaps.length; i++) wide += gaps[i] ?? 0;
    return wide;
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
