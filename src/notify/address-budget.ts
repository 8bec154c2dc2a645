import type { Priority } from '../model/alert.ts';
import { LIMITS } from '../model/limits.ts';
import { allowance } from './kept-free.ts';

/** So many messages to one address within any time of this length. */
export interface AddressWindow {
  readonly windowMs: number;
  readonly max: number;
}

/**
 * What one telephone number got over one channel, so that we stay below what its vendor allows to a number: beyond it
 * the vendor refuses, and refused calls count too. By the wall, like the lane. It is forgotten at a restart; then the
 * vendor's own refusal tells, and `hold` remembers it.
 */
export class AddressBudget {
  readonly #windows: readonly AddressWindow[];
  readonly #longestMs: number;
  readonly #keyOf: (address: string) => string;
  /** The one that got something last is last. */
  readonly #sent = new Map<string, number[]>();
  readonly #heldUntil = new Map<string, number>();

  constructor(windows: readonly AddressWindow[], keyOf: (address: string) => string = (address) => address) {
    this.#keyOf = keyOf;
    this.#windows = windows;
    this.#longestMs = Math.max(0, ...windows.map(({ windowMs }) => windowMs));
  }

  /** When this address may get one of this priority, by the wall: `now` or earlier means at once. */
  freeAt(address: string, priority: Priority, now: number): number {
    const sent = this.#recent(address, now);
    const free = this.#windows.map(({ windowMs, max }) => {
      const blocking = sent[sent.length - allowance(max, priority)];
      return blocking === undefined ? 0 : blocking + windowMs;
    });
    return Math.max(this.#heldUntil.get(this.#keyOf(address)) ?? 0, ...free);
  }

  take(address: string, now: number): void {
    if (this.#windows.length === 0 || address === '') return;
    const [key, sent] = [this.#keyOf(address), [...this.#recent(address, now), now]];
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    forgetOldest(this.#sent);
  }

  /** The vendor wants this address left alone. */
  hold(address: string, until: number): void {
    const key = this.#keyOf(address);
    this.#heldUntil.delete(key);
    this.#heldUntil.set(key, until);
    forgetOldest(this.#heldUntil);
  }

  #recent(address: string, now: number): readonly number[] {
    return (this.#sent.get(this.#keyOf(address)) ?? []).filter((at) => at > now - this.#longestMs);
  }
}

function forgetOldest(kept: Map<string, unknown>): void {
  if (kept.size <= LIMITS.addressesKeptMax) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
