import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Effect } from '../model/effect.ts';
import type { RecordStore, StreamEvent } from '../ports/records.ts';
import type { SequencedReport } from '../ports/telemetry.ts';
import type { Core } from './core.ts';
import type { Dating } from './dating.ts';
import type { Decoder } from './decode.ts';
import type { Capture } from './onboarding.ts';

/** What happened in a batch, told once it is on disk. */
export interface Committed {
  readonly events: readonly StreamEvent[];
  readonly effects: readonly Effect[];
  readonly reports: readonly SequencedReport[];
  readonly lastSeq: number;
}

export interface LoopOptions {
  readonly core: Core;
  readonly records: RecordStore;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs after each commit, before the next batch is taken. */
  readonly committed: (batch: Committed) => void;
  /**
   * What was refused is on disk; a call for help in it has to be stored by a command of its own. Senders are not told
   * that their messages are safe before that is so. Undefined: there is none.
   */
  readonly callsStored?: (effects: readonly Effect[]) => Promise<boolean> | undefined;
  /** Dates what comes where our clock is not that of the devices. */
  readonly dating?: Dating;
  /** Keeps messages of devices that somebody looks at. */
  readonly capture?: Capture;
  /**
   * A pause between batches in which no input is half-way: for checkpoints.
   *
   * @param hurried somebody waits for the next batch: what can be put off is
   */
  readonly between: (hurried: boolean) => Promise<void> | void;
  /** Milliseconds of any steady clock; by it batches end whose inputs take long, and others wait for company. */
  readonly steadyNow: () => number;
}
