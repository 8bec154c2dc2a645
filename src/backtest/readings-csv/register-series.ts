import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import type { Rows } from './rows.ts';

/** One reading of the index, ready to be written. */
export interface IndexReading {
  readonly device: number;
  readonly at: number;
  readonly indexM3: number;
}

/** What was seen of one meter. */
export interface MeterSummary {
  readonly name: string;
  readonly readings: number;
  readonly from: number;
  readonly to: number;
  /** As a registry says it: `15min`, `1h`, `1d`. */
  readonly interval: string;
}

interface Meter {
  firstAt: number;
  lastAt: number;
  /** The value of its last row. */
  value: number;
  /** The index in litres. */
  litres: number;
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
      value: Number.NaN,
      litres: 0,
      readings: 0,
      gaps: INTERVALS.map(() => 0),
    }));
  }

  /** In the order of time, but for the beginnings of first intervals, which come with their ends. */
  *readings(): Generator<IndexReading, void, undefined> {
    for (const { device, at, litres } of this.#rows.sorted()) {
      const meter = this.#meters[device] as Meter;
      if (at === meter.lastAt) {
        if (litres === meter.value) this.repeated++;
        else this.contradicting++;
        continue;
      }
      meter.value = litres;
      if (meter.readings === 0 && this.#intervals && this.#everyMs !== undefined) {
        meter.firstAt = at - this.#everyMs;
        yield { device, at: meter.firstAt, indexM3: 0 };
      }
      this.#take(meter, at, litres);
      yield { device, at, indexM3: meter.litres / 1000 };
    }
  }

  #take(meter: Meter, at: number, litres: number): void {
    if (meter.readings++ > 0) {
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

  /** Once all readings were taken. */
  summary(): MeterSummary[] {
    return this.#meters.flatMap((meter, index) => {
      if (meter.readings === 0) return [];
      const most = meter.gaps.indexOf(Math.max(...meter.gaps));
      const interval = meter.readings > 1 ? (INTERVALS[most]?.[1] ?? '1h') : '1h';
      const name = this.#rows.devices[index] ?? '';
      return [{ name, readings: meter.readings, from: meter.firstAt, to: meter.lastAt, interval }];
    });
  }
}
