import type { Logger } from 'pino';
import type { Core } from './core.ts';
import type { Subject } from './subject.ts';

/** Homes that one piece of work looks at: some milliseconds. */
const SLICE_HOMES = 500;
/** Between two pieces, in milliseconds of the wall: 100,000 homes in less than a minute. */
const PAUSE_MS = 250;
const TOLD_MAX = 20;

/**
 * The watcher is watched: goes through all homes, gateways and areas again and again, and compares when a rule wants to
 * look with when it is filed to. The first round is what a start owes: that every timer came back. A timer that was
 * forgotten is a defect of ours; it is filed, told in the log and on /readyz, and counted.
 */
export class TimerAudit {
  readonly #core: Core;
  readonly #logger: Logger;
  #left: Iterator<Subject> = [].values();
  #nextAt = 0;
  #found: string[] = [];
  /** Rounds that have been completed, and timers that were found missing, since the start. */
  readonly counts = { rounds: 0, missing: 0 };
  /** Whose timers were missing in the last whole round. */
  lastFound: readonly string[] = [];

  constructor(core: Core, logger: Logger) {
    this.#core = core;
    this.#logger = logger;
  }

  isDue(wallNow: number): boolean {
    return wallNow >= this.#nextAt;
  }

  /** A bounded piece of work between two batches. `wallNow` in milliseconds of any steady clock. */
  async work(wallNow: number): Promise<void> {
    if (!this.isDue(wallNow)) return;
    this.#nextAt = wallNow + PAUSE_MS;
    // What is due already is being worked off: nothing can be said before that.
    if (this.#core.behind) return;
    for (let looked = 0; looked < SLICE_HOMES; looked++) {
      const next = this.#left.next();
      if (next.done) {
        this.#finishRound();
        return;
      }
      this.#look(next.value);
    }
  }

  #look(subject: Subject): void {
    const core = this.#core;
    // One that sleeps is filed as it was stored; another may have left meanwhile.
    if (subject.asleep || core.subject(subject.id) !== subject) return;
    // What is put off waits on purpose, and is told as what it is.
    if (core.engine.nextDue(subject) >= subject.filedDue || subject.putOff) return;
    this.#found.push(subject.id);
    this.counts.missing++;
    core.file(subject);
  }

  #finishRound(): void {
    if (this.#found.length > 0)
      this.#logger.error(
        { homes: this.#found.slice(0, TOLD_MAX), count: this.#found.length },
        'timers of rules were missing; they run again',
      );
    this.lastFound = this.#found;
    this.#found = [];
    this.counts.rounds++;
    this.#left = [...this.#core.groups.values(), ...this.#core.subjects.values()].values();
  }
}
