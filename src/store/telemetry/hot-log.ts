import type { Reading } from '../../model/message.ts';
import type { EventName, MetricName } from '../../model/metrics.ts';
import { METRICS } from '../../model/metrics.ts';
import type { SequencedReport } from '../../ports/telemetry.ts';
import { INSTANT_MAX } from './chunk.ts';
import { clockCode, NO_POINTS, type PointList, sortedPoints } from './points.ts';

export interface StoredEvent {
  readonly event: EventName;
  readonly at: number;
}

/** A series of the log: its newest point, and the next series of the same device. -1 is none. */
interface Slot {
  readonly metric: number;
  readonly next: Slot | undefined;
  newest: number;
}

const POINTS_FIRST = 1_024;

function checkInstant({ at }: { readonly at: number }): void {
  if (!Number.isInteger(at) || Math.abs(at) > INSTANT_MAX) throw new RangeError(`not an instant: ${at}`);
}

/**
 * Readings in memory, in the order of their coming: one row a point in flat arrays, chained backwards within each
 * series. Twenty-one bytes a point, and nothing to move when a point comes late.
 */
export class HotLog {
  #points = 0;
  #live = 0;
  #at = new Float64Array(POINTS_FIRST);
  #value = new Float64Array(POINTS_FIRST);
  #before = new Int32Array(POINTS_FIRST);
  #clock = new Uint8Array(POINTS_FIRST);
  readonly #series = new Map<string, Slot>();
  readonly #events = new Map<string, StoredEvent[]>();
  /** The last input that the log stands for; 0 while it stands for none. */
  lastSeq = 0;
  /** When the first of its reports was received, or when housekeeping first saw it. */
  since = Number.POSITIVE_INFINITY;

  /** Points that it holds; several at one instant count each. */
  get points(): number {
    return this.#live;
  }

  /** Rows in memory, with those of removed devices. */
  get rows(): number {
    return this.#points;
  }

  /** Devices with points or events; those with both are counted twice. */
  get deviceCount(): number {
    return this.#series.size + this.#events.size;
  }

  get isEmpty(): boolean {
    return this.lastSeq === 0 && this.#points === 0 && this.#events.size === 0;
  }

  /** @throws RangeError for an instant that is no whole number of milliseconds within the range of dates. */
  add({ seq, report }: SequencedReport): void {
    report.readings.forEach(checkInstant);
    report.events.forEach(checkInstant);
    const clock = clockCode(report.clock);
    for (const reading of report.readings) {
      const own = reading.clock === undefined ? clock : clockCode(reading.clock);
      this.#add(report.device, METRICS[reading.metric].id, reading, own);
    }
    if (report.events.length > 0) {
      const known = this.#events.get(report.device) ?? [];
      for (const { event, at } of report.events) known.push({ event, at });
      this.#events.set(report.device, known);
    }
    this.lastSeq = Math.max(this.lastSeq, seq);
    this.since = Math.min(this.since, report.receivedAt);
  }

  #add(device: string, metric: number, { at, value }: Reading, clock: number): void {
    const slot = this.#slot(device, metric);
    if (this.#points === this.#at.length) this.#grow();
    this.#at[this.#points] = at;
    // Minus zero would not survive being scaled.
    this.#value[this.#points] = value + 0;
    this.#before[this.#points] = slot.newest;
    this.#clock[this.#points] = clock;
    slot.newest = this.#points++;
    this.#live++;
  }

  #slot(device: string, metric: number): Slot {
    const first = this.#series.get(device);
    for (let slot = first; slot; slot = slot.next) if (slot.metric === metric) return slot;
    const added = { metric, next: first, newest: -1 };
    this.#series.set(device, added);
    return added;
  }

  #grow(): void {
    const grown = { at: this.#at, value: this.#value, before: this.#before, clock: this.#clock };
    this.#at = new Float64Array(this.#points * 2);
    this.#value = new Float64Array(this.#points * 2);
    this.#before = new Int32Array(this.#points * 2);
    this.#clock = new Uint8Array(this.#points * 2);
    this.#at.set(grown.at);
    this.#value.set(grown.value);
    this.#before.set(grown.before);
    this.#clock.set(grown.clock);
  }

  /** Points of one series, by time. */
  read(device: string, metric: MetricName): PointList {
    const { id } = METRICS[metric];
    for (let slot = this.#series.get(device); slot; slot = slot.next)
      if (slot.metric === id) return this.#list(slot);
    return NO_POINTS;
  }

  /** All series of a device, by the id of their metric. */
  readDevice(device: string): { metric: number; points: PointList }[] {
    const found: { metric: number; points: PointList }[] = [];
    for (let slot = this.#series.get(device); slot; slot = slot.next)
      found.push({ metric: slot.metric, points: this.#list(slot) });
    return found.sort((a, b) => a.metric - b.metric);
  }

  #list(slot: Slot): PointList {
    const at: number[] = [];
    const value: number[] = [];
    const clock: number[] = [];
    for (let i = slot.newest; i >= 0; i = this.#before[i] as number) {
      at.push(this.#at[i] as number);
      value.push(this.#value[i] as number);
      clock.push(this.#clock[i] as number);
    }
    return sortedPoints({ at: at.reverse(), value: value.reverse(), clock: clock.reverse() });
  }

  events(device: string): readonly StoredEvent[] {
    return this.#events.get(device) ?? [];
  }

  /** Every device with a point or an event, once. */
  *devices(): Generator<string> {
    yield* this.#series.keys();
    for (const device of this.#events.keys()) if (!this.#series.has(device)) yield device;
  }

  remove(device: string): void {
    for (let slot = this.#series.get(device); slot; slot = slot.next)
      for (let i = slot.newest; i >= 0; i = this.#before[i] as number) this.#live--;
    this.#series.delete(device);
    this.#events.delete(device);
  }
}
