import type { BanList } from './ban-list.ts';

/** Who has not asked for its turn again within this time has gone, or has another address now. */
const KEPT_MS = 15_000;
const ADDRESSES_MAX = 16;

/**
 * Whose turn it is, where one id is banned for coming too often from several addresses: the one that asks longest. Otherwise
 * whoever asks most often has every turn, and a band whose secret was stolen never comes in with its call for help. Only
 * who has shown the secret stands in line. Times are milliseconds of a steady clock.
 */
export class Turns {
  readonly #bans: BanList;
  /** By client id: when each address asked last, in the order in which they began to. Grows only with banned ids. */
  readonly #lines = new Map<string, Map<string, number>>();

  constructor(bans: BanList) {
    this.#bans = bans;
  }

  take(id: string, address: string, now: number): boolean {
    if (!this.#bans.isBanned(id, now)) {
      this.#lines.delete(id);
      return this.#bans.tries(id, now);
    }
    const line = this.#lineOf(id, now);
    const [first = address] = line.keys();
    if (first === address && this.#bans.tries(id, now)) {
      line.delete(address);
      return true;
    }
    if (line.has(address) || line.size < ADDRESSES_MAX) line.set(address, now);
    this.#lines.set(id, line);
    return false;
  }

  prune(now: number): void {
    for (const id of this.#lines.keys()) if (!this.#bans.isBanned(id, now)) this.#lines.delete(id);
  }

  #lineOf(id: string, now: number): Map<string, number> {
    const line = this.#lines.get(id) ?? new Map<string, number>();
    for (const [address, askedAt] of line) if (now - askedAt > KEPT_MS) line.delete(address);
    return line;
  }
}
