import { MICRO, micro } from '../../model/counter-history.ts';
import { METRICS, type MetricName } from '../../model/metrics.ts';
import type { OutsideTrouble } from '../../model/outside-store.ts';
import type { Bucket, DownsampleQuery, LastPoint, Point, RangeQuery } from '../../ports/telemetry.ts';
import type { StoredEvent } from '../telemetry/hot-log.ts';

/** What a server said to some lines. */
export type WriteAnswer =
  | { readonly ok: true }
  /** Not now: the same lines are sent again, later, in the same order. */
  | {
      readonly ok: false;
      readonly problem: OutsideTrouble;
      readonly detail: string;
      readonly retryAfterMs?: number;
    }
  /** More than it takes at once. */
  | { readonly ok: false; readonly problem: 'too-large'; readonly detail: string }
  /** At least one of the lines will never be taken. `dropped`: as many as that, and all others are stored. */
  | {
      readonly ok: false;
      readonly problem: 'refused';
      readonly detail: string;
      readonly dropped?: number;
    };

export type Cutoffs = Partial<Record<MetricName, number>> & { readonly default: number };

/**
 * A server that keeps readings. Everything but `write` rejects when it cannot be done; nothing is retried in here, and
 * no call takes longer than the time-out of the adapter.
 */
export interface OutsideStore {
  readonly kind: string;
  /** Why nothing may be written to it, as far as a question tells: done before the first line. Never rejects. */
  askFirst(): Promise<WriteAnswer | undefined>;
  /** Line protocol, times in milliseconds. Never rejects. */
  write(lines: string): Promise<WriteAnswer>;

  /** Pages through whatever limits the server has. */
  range(query: RangeQuery): Promise<Point[]>;
  /** The newest point of the series before this instant. */
  before(device: string, metric: MetricName, at: number): Promise<Point | undefined>;
  downsample(query: DownsampleQuery): Promise<Bucket[]>;
  last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]>;
  events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]>;
  devices(after: string, limit: number): Promise<string[]>;

  /** Resolves with the number of readings that it had, not counting events. */
  removeDevice(device: string): Promise<number>;
  /** Resolves with the number of readings deleted, not counting events. */
  retain(cutoffs: Cutoffs): Promise<number>;
  close(): void;
}

/** Every server can tell instants between the years 1678 and 2261, in nanoseconds of 64 bits. */
export const OUTSIDE_INSTANT_MIN = Date.UTC(1678, 0, 1);
export const OUTSIDE_INSTANT_MAX = Date.UTC(2261, 11, 31);

export const withinOutside = (at: number): number =>
  Math.min(Math.max(at, OUTSIDE_INSTANT_MIN), OUTSIDE_INSTANT_MAX);

/** Points of one page of a long answer. */
export const PAGE_POINTS = 20_000;

/** The server understood, and will not do it: asked again it would say the same. */
export class OutsideRefused extends Error {}

/** What a server added up, as the local store would have: of a counter without a tail of fractions. */
export const grownIn = (metric: MetricName, sum = 0): number =>
  METRICS[metric].semantics === 'counter' ? micro(sum) / MICRO : sum;
