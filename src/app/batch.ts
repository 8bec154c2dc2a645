import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { SequencedReport } from '../ports/telemetry.ts';

/** What is stepped through together, from the first input that was taken to the commit. */
export interface Batch {
  readonly effects: Effect[];
  readonly done: (() => void)[];
  readonly reports: SequencedReport[];
  readonly touched: Set<string>;
  readonly firstSeq: number;
  items: number;
  readings: number;
  /** The latest instant that anything in it carries. */
  latest: number;
  /** False: nothing of it needs to be on disk (presence, a tick at which nothing was due). */
  written: boolean;
}

export const emptyBatch = (firstSeq: number): Batch => ({
  effects: [],
  done: [],
  reports: [],
  touched: new Set(),
  firstSeq,
  items: 0,
  readings: 0,
  latest: 0,
  written: false,
});

export const isFull = ({ items, readings }: Batch): boolean =>
  items >= LIMITS.batchLengthMax || readings >= LIMITS.batchReadingsMax;
