interface Offender {
  /** Start of the window in which the offences are counted. */
  since: number;
  offences: number;
  bannedUntil: number;
  /** While it is banned, the next one is let through from this instant on. */
  nextAt: number;
}

export interface BanTerms {
  /** Offences within the window that are still forgiven. */
  readonly offencesMax: number;
  readonly windowMs: number;
  readonly banMs: number;
  /** While somebody is banned, one try in this time is let through: whoever has mended it, or is somebody else, waits no longer. */
  readonly oneEveryMs: number;
  /** Offenders remembered; beyond it the one remembered longest is forgotten. */
  readonly keptMax: number;
}

/** Who offends too often within a window may try only now and then for a while. Times are milliseconds of a steady clock. */
export class BanList {
  readonly #terms: BanTerms;
  readonly #offenders = new Map<string, Offender>();

  constructor(terms: BanTerms) {
    this.#terms = terms;
  }

  get size(): number {
    return this.#offenders.size;
  }

  isBanned(key: string, now: number): boolean {
    return (this.#offenders.get(key)?.bannedUntil ?? 0) > now;
  }

  /** Would a try be let through now? */
  admits(key: string, now: number): boolean {
    const offender = this.#offenders.get(key);
    return !offender || offender.bannedUntil <= now || offender.nextAt <= now;
  }

  /** A try; false: not now. Of somebody who is banned the next one waits. */
  tries(key: string, now: number): boolean {
    if (!this.admits(key, now)) return false;
    const offender = this.#offenders.get(key);
    if (offender) offender.nextAt = now + this.#terms.oneEveryMs;
    return true;
  }

  /** How often within the window that runs. */
  offences(key: string, now: number): number {
    const offender = this.#offenders.get(key);
    return offender && now - offender.since < this.#terms.windowMs ? offender.offences : 0;
  }

  /** True when this offence was one too many. */
  offend(key: string, now: number): boolean {
    const { offencesMax, windowMs, banMs, oneEveryMs } = this.#terms;
    const offender = this.#remember(key, now);
    if (now - offender.since >= windowMs) {
      offender.since = now;
      offender.offences = 0;
    }
    offender.offences++;
    if (offender.offences <= offencesMax) return false;
    offender.bannedUntil = now + banMs;
    offender.nextAt = now + oneEveryMs;
    offender.since = now;
    offender.offences = 0;
    return true;
  }

  /** Forgets those whose window and ban are over. */
  prune(now: number): void {
    for (const [key, offender] of this.#offenders) {
      const over = now - offender.since >= this.#terms.windowMs && offender.bannedUntil <= now;
      if (over) this.#offenders.delete(key);
    }
  }

  #remember(key: string, now: number): Offender {
    const known = this.#offenders.get(key);
    if (known) return known;
    if (this.#offenders.size >= this.#terms.keptMax) {
      const oldest = this.#offenders.keys().next();
      if (!oldest.done) this.#offenders.delete(oldest.value);
    }
    const offender: Offender = { since: now, offences: 0, bannedUntil: 0, nextAt: 0 };
    this.#offenders.set(key, offender);
    return offender;
  }
}
