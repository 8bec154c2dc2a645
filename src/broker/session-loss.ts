import type { BrokerStats } from '../ports/broker.ts';

/** What an outside broker no longer had for us when we came back, and since when we were away then. */
export class SessionLoss {
  #awaySince: number | undefined;
  #count = 0;
  #last: BrokerStats['sessionLost'];

  /** The connection is gone, by the wall; said again, the first time counts. */
  away(now: number): void {
    this.#awaySince ??= now;
  }

  back(): void {
    this.#awaySince = undefined;
  }

  /** We are back, and what waited for us, and came since we left, is gone. */
  lost(now: number): NonNullable<BrokerStats['sessionLost']> {
    this.#count++;
    this.#last = { from: this.#awaySince ?? now, until: now };
    return this.#last;
  }

  stats(): Pick<BrokerStats, 'sessionsLost' | 'sessionLost'> {
    return { sessionsLost: this.#count, ...(this.#last ? { sessionLost: this.#last } : {}) };
  }
}
