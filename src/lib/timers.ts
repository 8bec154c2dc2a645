import type { ManualClock } from './clock.ts';

/** Something is to happen later. Delays are milliseconds of the wall. */
export interface Timers {
  /** Calls back once; the answer takes it back. */
  after(ms: number, call: () => void): () => void;
}

const DELAY_MS_MAX = 2 ** 31 - 1;

/** The machine's timers. They do not keep the process alive. */
export const wallTimers: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(0, ms), DELAY_MS_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Timers that fire only when the test moves their clock. */
export class ManualTimers implements Timers {
  readonly #clock: ManualClock;
  #waiting: { readonly at: number; readonly call: () => void }[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { at: this.#clock.now() + Math.max(0, ms), call };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== entry);
    };
  }

  /** The instant of the next call; undefined when nothing waits. */
  get next(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ at }) => at));
  }

  /** Moves the clock and fires what falls due on the way, in order of time. */
  advance(ms: number): void {
    const end = this.#clock.now() + ms;
    for (let next = this.next; next !== undefined && next <= end; next = this.next) {
      const due = this.#waiting.find(({ at }) => at === next) as { at: number; call: () => void };
      this.#waiting = this.#waiting.filter((one) => one !== due);
      this.#clock.set(Math.max(this.#clock.now(), due.at));
      due.call();
    }
    this.#clock.set(end);
  }
}
