import type { ClockSource, Report } from '../model/message.ts';
import type { EventName, MetricName } from '../model/metrics.ts';
import type { GivenUpReason, OutsideTrouble, SetAsideReason } from '../model/outside-store.ts';

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
  maintain(now: number): Promise<{ sealedSeq: number; hasMore: boolean }>;

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

  /** Devices of which something is stored, in the order of their ids (by UTF-16 units), those after this one. */
  devices(after: string, limit: number): Promise<string[]>;
  /** All of a device in pieces of bounded size, metric by metric, each oldest first; what happened comes last. */
  history(device: string, period: Period): AsyncIterable<HistoryPiece>;

  /** Deletes all of a device. */
  removeDevice(device: string): Promise<void>;
  /** Deletes what is older than its metric's retention; resolves with the number of points deleted. */
  retain(olderThan: Partial<Record<MetricName, number>> & { default: number }): Promise<number>;
  stats(): Promise<{ points: number; hotPoints: number; bytes: number; sealedSeq: number }>;
  backup(file: string): Promise<void>;
  /** How it stands with the server outside that keeps the readings; absent where there is none. */
  outside?(): OutsideStatus;
  /**
   * Of a store with no server behind it: the instant before which readings may be with a server that it had once and
   * cannot ask, in epoch milliseconds; -Infinity: all of them are here. Answers give what is here all the same.
   */
  localFrom?(): number;
}

/** Instants with from <= at < to, in epoch milliseconds. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export type HistoryPiece =
  | { readonly metric: MetricName; readonly points: readonly Point[] }
  | { readonly events: readonly { readonly event: EventName; readonly at: number }[] };

/**
 * What lies before `from` is with a server that does not answer at the moment: ask again for what is later, and say
 * that the rest is not there.
 */
export class HistoryAway extends Error {
  readonly from: number;
  /** The newest points that are here, where these were asked for. */
  readonly here: readonly LastPoint[];
  constructor(from: number, detail: string, here: readonly LastPoint[] = []) {
    super(
      `readings of before ${new Date(from).toISOString()} are with a store that does not answer: ${detail}`,
    );
    this.name = 'HistoryAway';
    this.from = from;
    this.here = here;
  }
}

/** How the writing towards an outside store goes. Counts are since the start of the process. */
export interface OutsideStatus {
  readonly kind: string;
  /** What keeps it from taking readings; absent while all is well. */
  readonly trouble?: {
    readonly code: OutsideTrouble;
    /** In the words of the server or of the network. */
    readonly detail: string;
    readonly since: number;
    readonly nextTryAt: number;
  };
  /** Readings and events that it has yet to be given out of the spool, and the bytes that they take. */
  readonly waiting: { readonly points: number; readonly bytes: number; readonly since?: number };
  /** Periods that are sent out of the local store, because the spool never had them or had no room for them. */
  readonly owed: readonly Period[];
  readonly sent: number;
  /** Readings and events a second in the last minute in which any were sent, and seconds until nothing waits at that rate. */
  readonly perSecond: number;
  readonly secondsLeft?: number;
  /** Refused one by one and written to a file beside the spool. */
  readonly setAside: Readonly<Partial<Record<SetAsideReason, number>>>;
  /** Given up because there was no room for them any more. */
  readonly givenUp: Readonly<Partial<Record<GivenUpReason, number>>>;
  /** From here on everything is on this machine; before, only the server has it. -Infinity: all is here. */
  readonly localFrom: number;
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
