import type { CommandInput } from '../model/command.ts';
import type { Effect, StepResult, TickInput } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { InboundMessage } from '../ports/broker.ts';
import type { SequencedReport } from '../ports/telemetry.ts';

/** What is stepped through together, from the first input that was taken to the commit. */
export interface Batch {
  readonly effects: Effect[];
  /** Whose senders are told once it is on disk. */
  readonly taken: Pick<InboundMessage, 'done'>[];
  readonly reports: SequencedReport[];
  readonly touched: Set<string>;
  /** Homes that are stored with it if they have changed. */
  readonly around: Set<string>;
  readonly firstSeq: number;
  items: number;
  readings: number;
  /** How long its inputs were stepped through, in milliseconds. */
  workedMs: number;
  /** The latest instant that anything in it carries. */
  latest: number;
  /** False: nothing of it needs to be on disk (presence, a tick at which nothing was due). */
  written: boolean;
}

export const emptyBatch = (firstSeq: number): Batch => ({
  effects: [],
  taken: [],
  reports: [],
  touched: new Set(),
  around: new Set(),
  firstSeq,
  items: 0,
  readings: 0,
  workedMs: 0,
  latest: 0,
  written: false,
});

/** Takes up what a step gave back. */
export function noteStep(batch: Batch, { effects, touched, around }: StepResult): void {
  for (const effect of effects) batch.effects.push(effect);
  for (const subject of touched) batch.touched.add(subject);
  for (const home of around) batch.around.add(home);
  batch.written = true;
}

export const isFull = ({ items, readings }: Batch): boolean =>
  items >= LIMITS.batchLengthMax || readings >= LIMITS.batchReadingsMax;

/** Messages are stepped through as they come for so long; then they wait, and whoever calls for help goes first. */
const AT_ONCE_MS = 5;
/**
 * A batch takes nothing more when it has been at work for so long, and for so long where somebody in need is in it. Mostly
 * it is full before; but while V8 marks its heap a message may take a millisecond, and 1,000 of them a second.
 */
const WORK_MS = 20;
const WORK_MS_IN_NEED = 5;

/** Whether what comes now is to be stepped through now. */
export const takesAtOnce = (batch: Batch): boolean => !isFull(batch) && batch.workedMs < AT_ONCE_MS;

/** For how many milliseconds more it takes what waits, once whoever is in need is in it. */
export const msLeft = ({ workedMs }: Batch, someoneInNeed: boolean): number =>
  (someoneInNeed ? WORK_MS_IN_NEED : WORK_MS) - workedMs;

/** What went ahead lets no time pass over what still waits. */
export const notAfter = <I extends CommandInput | TickInput>(input: I, until: number): I =>
  input.receivedAt <= until ? input : { ...input, receivedAt: until };
