import type { ClockSource, Report } from '../model/message.ts';
import type { EventName, MetricName } from '../model/metrics.ts';

/**
 * Readings over years. The journal in the records is what makes a reading durable; this store takes committed reports
 * at its own pace and says up to which input it has them on disk (`sealedSeq`), so that the journal can be trimmed and
 * a restart knows what to hand over again. Handing the same report over twice changes nothing: (device, metric, at)
 * is the key, and the later write wins.
 */
export interface TelemetryStore {
  /** Resolves with the input up to which everything is on disk. */
  open(): Promise<{ sealedSeq: number }>;
  close(): Promise<void>;
  /**
   * Takes committed reports, in the order of their numbers. Visible to reads when it returns. `lastSeq` is the last
   * input of the batch where that is not a report: without it a stretch of ticks alone would hold up the journal.
   */
  append(reports: readonly SequencedReport[], lastSeq?: number): Promise<void>;
  /** Does a bounded piece of housekeeping (sealing); resolves with the present `sealedSeq`. */
  maintain(now: number): Promise<{ sealedSeq: number; moreToDo: boolean }>;

  /** Points with from <= at < to, oldest first. */
  range(query: RangeQuery): Promise<Point[]>;
  /** One bucket for each step that holds a point; buckets start at `from`. */
  downsample(query: DownsampleQuery): Promise<Bucket[]>;
  /** The newest point of each device and metric asked for, where there is one. */
  last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]>;
  events(query: {
    device: string;
    from: number;
    to: number;
    limit: number;
  }): Promise<{ event: EventName; at: number }[]>;

  /** Deletes all of a device. */
  removeDevice(device: string): Promise<void>;
  /** Deletes what is older than its metric's retention; resolves with the number of points deleted. */
  retain(olderThan: Partial<Record<MetricName, number>> & { default: number }): Promise<number>;
  stats(): Promise<{ points: number; hotPoints: number; bytes: number; sealedSeq: number }>;
  backup(file: string): Promise<void>;
}

export interface SequencedReport {
  readonly seq: number;
  readonly report: Report;
}
export interface Point {
  readonly at: number;
  readonly value: number;
  /** Whose clock says `at`: that of the reading, or else of its report. Absent where it was stored without. */
  readonly clock?: ClockSource;
}
export interface LastPoint extends Point {
  readonly device: string;
  readonly metric: MetricName;
}
export interface RangeQuery {
  readonly device: string;
  readonly metric: MetricName;
  readonly from: number;
  readonly to: number;
  readonly limit?: number;
}
export interface DownsampleQuery extends RangeQuery {
  readonly stepMs: number;
}
/** `increase` is what a counter grew from the last point before the bucket to the last in it; drops count as zero. */
export interface Bucket {
  readonly from: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly increase: number;
}
