import { LIMITS } from '../../model/limits.ts';
import type { Reading } from '../../model/message.ts';
import { type EventName, METRIC_NAMES, METRICS, type MetricName } from '../../model/metrics.ts';
import type { SequencedReport } from '../../ports/telemetry.ts';
import { INSTANT_MAX } from './chunk.ts';
import { Columns } from './columns.ts';
import { clockCode, NO_POINTS, type PointList, sortedPoints } from './points.ts';
import { grown, NONE, type SeriesTable } from './series-table.ts';

export interface StoredEvent {
  readonly event: EventName;
  readonly at: number;
}

/** A reading as it stands in the log. */
export interface LogRow {
  readonly device: number;
  readonly metric: number;
  readonly at: number;
  readonly value: number;
  readonly clock: number;
}

const ROWS_FIRST = 1_024;
/** Above this a log is given room for all that it will ever hold: what was not written to yet costs no memory. */
const ROWS_SMALL = 8_192;
/** The first power of two above `hotPointsMax`, which what one batch brings beyond it may double. */
const ROWS_FULL = 2 ** Math.ceil(Math.log2(LIMITS.hotPointsMax));

/** By the id of the metric. */
const metricNames: (MetricName | undefined)[] = [];
for (const name of METRIC_NAMES) metricNames[METRICS[name].id] = name;

function checkInstant({ at }: { readonly at: number }): void {
  if (!Number.isInteger(at) || Math.abs(at) > INSTANT_MAX) throw new RangeError(`not an instant: ${at}`);
}

/**
 * Readings in memory, in the order of their coming: one row a point in flat arrays, chained backwards within each
 * series. Twenty-five bytes a point, and nothing to move when a point comes late. The first of them may be on disk
 * already, as they came (log-pieces.ts): they are kept here until all of it goes into blocks.
 */
export class HotLog {
  readonly series: SeriesTable;
  #rows = 0;
  #points = 0;
  #keptRows = 0;
  #keptPoints = 0;
  #at = new Float64Array(ROWS_FIRST);
  #value = new Float64Array(ROWS_FIRST);
  #before = new Int32Array(ROWS_FIRST);
  #slot = new Int32Array(ROWS_FIRST);
  #clock = new Uint8Array(ROWS_FIRST);
  /** By slot, the row of its newest point. */
  #newest = new Int32Array(ROWS_FIRST).fill(NONE);
  readonly #events = new Map<number, StoredEvent[]>();
  /** The last input that the log stands for and the disk does not; 0 while it stands for none. */
  lastSeq = 0;
  /** When the first report that is not on disk was received, or when housekeeping first saw it. */
  since = Number.POSITIVE_INFINITY;

  constructor(series: SeriesTable) {
    this.series = series;
  }

  /** Points that it holds, several of a series at one instant as one: for this it goes through all of them. */
  countPoints(): number {
    const columns = new Columns();
    let count = 0;
    for (let slot = 0; slot < this.#newest.length; slot++)
      if (this.collect(slot, columns)) count += columns.length;
    return count;
  }

  /** Points that are not on disk; several at one instant count each. */
  get unkeptPoints(): number {
    return this.#points - this.#keptPoints;
  }

  /** Rows in memory, with those of removed devices. */
  get rows(): number {
    return this.#rows;
  }

  /** The first so many of them are on disk. */
  get keptRows(): number {
    return this.#keptRows;
  }

  /** Whether all of it is on disk. */
  get isKept(): boolean {
    return this.lastSeq === 0 && this.#keptRows === this.#rows && this.#events.size === 0;
  }

  get isEmpty(): boolean {
    return this.isKept && this.#rows === 0;
  }

  /** @throws RangeError for an instant that is no whole number of milliseconds within the range of dates. */
  add(device: number, { seq, report }: SequencedReport): void {
    const { readings, events } = report;
    for (const reading of readings) checkInstant(reading);
    for (const event of events) checkInstant(event);
    if (readings.length > 0) this.#addReadings(device, readings, clockCode(report.clock));
    if (events.length > 0) {
      const known = this.#events.get(device) ?? [];
      for (const { event, at } of events) known.push({ event, at });
      this.#events.set(device, known);
    }
    if (seq > this.lastSeq) this.lastSeq = seq;
    if (report.receivedAt < this.since) this.since = report.receivedAt;
  }

  #addReadings(device: number, readings: readonly Reading[], clock: number): void {
    const { series } = this;
    let slot = NONE;
    for (const { metric, at, value, clock: own } of readings) {
      // A report mostly has the metrics of the one before: then the next in the chain is the one, and its name tells.
      const next = slot === NONE ? series.firstOf(device) : series.next(slot);
      const isNext = next !== NONE && metricNames[series.metric(next)] === metric;
      slot = isNext ? next : series.enter(device, METRICS[metric].id, slot);
      this.#push(slot, at, value, own === undefined ? clock : clockCode(own));
    }
  }

  /** A reading that is on disk. */
  addKept({ device, metric, at, value, clock }: LogRow): void {
    this.#push(this.series.enter(device, metric), at, value, clock);
    this.#keptRows++;
    this.#keptPoints++;
  }

  #push(slot: number, at: number, value: number, clock: number): void {
    const row = this.#rows;
    if (row === this.#at.length) this.#grow();
    while (slot >= this.#newest.length) this.#newest = grown(this.#newest, NONE);
    this.#at[row] = at;
    // Minus zero would not survive being scaled.
    this.#value[row] = value + 0;
    this.#before[row] = this.#newest[slot] as number;
    this.#slot[row] = slot;
    this.#clock[row] = clock;
    this.#newest[slot] = row;
    this.#rows++;
    this.#points++;
  }

  #grow(): void {
    const rows = this.#at.length;
    const enough = rows >= ROWS_SMALL && rows < ROWS_FULL ? ROWS_FULL : rows * 2;
    this.#at = grown(this.#at, 0, enough);
    this.#value = grown(this.#value, 0, enough);
    this.#before = grown(this.#before, 0, enough);
    this.#slot = grown(this.#slot, 0, enough);
    this.#clock = grown(this.#clock, 0, enough);
  }

  /** The rows, for whoever writes them; those of removed devices have no slot. */
  get columns(): {
    readonly slot: Int32Array;
    readonly at: Float64Array;
    readonly value: Float64Array;
    readonly clock: Uint8Array;
  } {
    return { slot: this.#slot, at: this.#at, value: this.#value, clock: this.#clock };
  }

  /** Empty again, on the same memory. */
  clear(): void {
    this.#rows = 0;
    this.#points = 0;
    this.#newest.fill(NONE);
    this.setKept();
  }

  /** From now on rows up to this one are on disk. */
  setKeptRows(to: number): void {
    for (let i = this.#keptRows; i < to; i++) if (this.#slot[i] !== NONE) this.#keptPoints++;
    this.#keptRows = to;
  }

  /** From now on all of it is on disk. */
  setKept(): void {
    this.#keptRows = this.#rows;
    this.#keptPoints = this.#points;
    this.#events.clear();
    this.lastSeq = 0;
    this.since = Number.POSITIVE_INFINITY;
  }

  /** Points of one series, by time. */
  read(device: number, metric: number): PointList {
    const row = this.#newestOf(this.series.find(device, metric));
    if (row === NONE) return NO_POINTS;
    const at: number[] = [];
    const value: number[] = [];
    const clock: number[] = [];
    for (let i = row; i !== NONE; i = this.#before[i] as number) {
      at.push(this.#at[i] as number);
      value.push(this.#value[i] as number);
      clock.push(this.#clock[i] as number);
    }
    return sortedPoints({ at: at.reverse(), value: value.reverse(), clock: clock.reverse() });
  }

  /** The same, for whoever writes it. @returns false if there are none */
  collect(slot: number, into: Columns): boolean {
    const newest = this.#newestOf(slot);
    if (newest === NONE) return false;
    let count = 0;
    for (let i = newest; i !== NONE; i = this.#before[i] as number) count++;
    into.resize(count);
    for (let i = newest; i !== NONE; i = this.#before[i] as number) {
      into.at[--count] = this.#at[i] as number;
      into.value[count] = this.#value[i] as number;
      into.clock[count] = this.#clock[i] as number;
    }
    into.sort();
    return true;
  }

  #newestOf(slot: number): number {
    return slot === NONE ? NONE : (this.#newest[slot] ?? NONE);
  }

  /** Whether a device has a point or an event here. */
  has(device: number): boolean {
    if (this.#events.has(device)) return true;
    for (let slot = this.series.firstOf(device); slot !== NONE; slot = this.series.next(slot))
      if (this.#newestOf(slot) !== NONE) return true;
    return false;
  }

  events(device: number): readonly StoredEvent[] {
    return this.#events.get(device) ?? [];
  }

  /** Devices of which something happened. */
  get eventful(): ReadonlyMap<number, readonly StoredEvent[]> {
    return this.#events;
  }

  remove(device: number): void {
    for (let slot = this.series.firstOf(device); slot !== NONE; slot = this.series.next(slot)) {
      for (let i = this.#newestOf(slot); i !== NONE; i = this.#before[i] as number) {
        this.#slot[i] = NONE;
        this.#points--;
        if (i < this.#keptRows) this.#keptPoints--;
      }
      if (slot < this.#newest.length) this.#newest[slot] = NONE;
    }
    this.#events.delete(device);
  }
}
