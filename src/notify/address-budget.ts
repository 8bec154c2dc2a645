import { LIMITS } from '../model/limits.ts';
import { type Notice, urgencyOf } from '../model/notice.ts';
import { addressAllowance } from './kept-free.ts';

/** So many messages to one address within any time of this length. */
export interface AddressWindow {
  readonly windowMs: number;
  readonly max: number;
}

type Asking = Pick<Notice, 'address' | 'case' | 'content' | 'follows'>;

/** What an address got. */
interface Sent {
  readonly at: number;
  readonly case: string;
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
  readonly #sent = new Map<string, readonly Sent[]>();
  readonly #heldUntil = new Map<string, number>();

  constructor(windows: readonly AddressWindow[], keyOf: (address: string) => string = (address) => address) {
    this.#keyOf = keyOf;
    this.#windows = windows;
    this.#longestMs = Math.max(0, ...windows.map(({ windowMs }) => windowMs));
  }

  /** When its address may get this one, by the wall: `now` or earlier means at once. */
  freeAt(notice: Asking, now: number): number {
    const { address, content } = notice;
    const sent = this.#recent(address, now);
    const claim = {
      priority: urgencyOf(notice),
      isFirst: sent.every((one) => one.case !== notice.case),
      isMilder: content.ofThings === true || content.drill === true,
    };
    const free = this.#windows.map(({ windowMs, max }) => {
      const blocking = sent[sent.length - addressAllowance(max, claim)];
      return blocking === undefined ? 0 : blocking.at + windowMs;
    });
    return Math.max(this.#heldUntil.get(this.#keyOf(address)) ?? 0, ...free);
  }

  take(notice: Asking, now: number): void {
    const { address } = notice;
    if (this.#windows.length === 0 || address === '') return;
    const [key, sent] = [
      this.#keyOf(address),
      [...this.#recent(address, now), { at: now, case: notice.case }],
    ];
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

  #recent(address: string, now: number): readonly Sent[] {
    return (this.#sent.get(this.#keyOf(address)) ?? []).filter(({ at }) => at > now - this.#longestMs);
  }
}

function forgetOldest(kept: Map<string, unknown>): void {
  if (kept.size <= LIMITS.addressesKeptMax) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
