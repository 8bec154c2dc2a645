import type { Clock } from '../lib/clock.ts';

export interface GuessPace {
  /** So many at once, after a time without any… */
  readonly burst: number;
  /** …and then one in this time. */
  readonly everyMs: number;
}

/** Forgotten beyond it is who has not tried for longest; each of so many tries cost a check of a password. */
const KEPT_MAX = 20_000;

/**
 * How often somebody may be wrong. Nobody is locked out by it: one try in a while is always left, for whoever comes
 * first. A try counts from when it begins, so that a thousand at once are not all the first; a right one is given back.
 */
export class GuessBound {
  readonly #clock: Clock;
  readonly #pace: GuessPace;
  /** Tries that are left, as of an instant. */
  readonly #left = new Map<string, { tries: number; at: number }>();

  constructor(clock: Clock, pace: GuessPace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** In how many milliseconds there is a try; 0: now. */
  waitMs(key: string): number {
    return Math.max(0, Math.ceil((1 - this.#now(key)) * this.#pace.everyMs));
  }

  take(key: string): void {
    this.#set(key, this.#now(key) - 1);
  }

  giveBack(key: string): void {
    this.#set(key, this.#now(key) + 1);
  }

  #now(key: string): number {
    const left = this.#left.get(key);
    if (!left) return this.#pace.burst;
    return Math.min(this.#pace.burst, left.tries + (this.#clock.now() - left.at) / this.#pace.everyMs);
  }

  #set(key: string, tries: number): void {
    this.#left.delete(key);
    if (tries >= this.#pace.burst) return;
    this.#left.set(key, { tries, at: this.#clock.now() });
    const [oldest] = this.#left.keys();
    if (this.#left.size > KEPT_MAX && oldest !== undefined) this.#left.delete(oldest);
  }
}
