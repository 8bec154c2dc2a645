import { SECOND } from '../lib/clock.ts';
import type { Priority } from '../model/alert.ts';
import { LIMITS } from '../model/limits.ts';
import type { NoticeFailure } from '../model/notice.ts';
import { AddressBudget } from './address-budget.ts';
import type { SessionState } from './define.ts';
import { isUrgent } from './digest.ts';
import { allowance } from './kept-free.ts';
import type { ConfiguredChannel } from './load.ts';

/** What last proved that a channel works, by the clock of the service, in epoch milliseconds. */
export interface Proof {
  readonly lastAcceptedAt?: number;
  /** When something last arrived by a receipt of the provider, and was last seen by a person. */
  readonly lastDeliveredAt?: number;
  readonly lastSeenAt?: number;
  /** Nothing but failures since something was last taken. */
  readonly failing?: Failing;
  /** What went wrong last. Stands until something is accepted again. */
  readonly problem?: LaneProblem;
}

export interface LaneProblem {
  readonly at: number;
  readonly failure: NoticeFailure;
  readonly detail: string;
}

/** A provider that cannot be reached, or answers with errors. */
export interface Failing {
  readonly since: number;
  readonly attempts: number;
  /** A P1 or P2 has been tried several times without arriving. */
  readonly grave?: true;
  readonly detail: string;
}

/** What is known of a channel, for people: is it proven to work, and what went wrong last. */
export interface LaneStats extends Proof {
  readonly id: string;
  /** Undefined for a channel that notices name and nobody has configured. */
  readonly channel: string | undefined;
  readonly inFlight: number;
  readonly accepted: number;
  readonly retried: number;
  readonly failed: number;
  /** The provider asked to wait; milliseconds that are left. */
  readonly waitMs: number;
  /** Of a channel that keeps a connection. */
  readonly session?: SessionState;
}

/**
 * The last quarter of a minute's share goes out evenly: a burst of P1 that used up everything at once would leave the
 * next of them waiting for a whole minute.
 */
const SPACED_SHARE = 1 / 4;

/** What was wrong with one address or one number says nothing about the channel. */
const ABOUT_ONE_PERSON: ReadonlySet<NoticeFailure> = new Set([
  'address-limit',
  'recipient-gone',
  'recipient-invalid',
  'refused-by-recipient',
]);

/** What is wrong with the way there, and with nothing that we have configured. */
const ABOUT_THE_WAY: ReadonlySet<NoticeFailure> = new Set([
  'provider-unreachable',
  'provider-timeout',
  'provider-error',
  'attempts-exhausted',
]);

/** A vendor's minute, and a little: what left us within a minute may arrive within less. */
const WINDOW_MS = 62 * SECOND;
/** And its second. */
const SECOND_MS = 1.2 * SECOND;

/**
 * One configured channel on its way: how many notices it has under way, how many went out in the last minute, whether
 * its provider asked to wait. Each has its own, so that one that is slow or down delays no other. A vendor counts
 * minutes of the wall, so these do too, however fast the clock of the service runs. At no moment are there more than
 * `perMinuteMax` sends within any minute.
 */
export class Lane {
  readonly id: string;
  readonly configured: ConfiguredChannel | undefined;
  /** What single addresses got, where the vendor limits that. */
  readonly addresses: AddressBudget;
  #inFlight = 0;
  /** Of P1, and of everything else, apart: whether something has had to wait. */
  readonly #short = new Set<boolean>();
  #sentAt: number[] = [];
  #holdUntil = 0;
  #accepted = 0;
  #retried = 0;
  #failed = 0;
  #proof: Proof;

  constructor(id: string, configured: ConfiguredChannel | undefined, proof: Proof = {}) {
    this.id = id;
    this.#proof = proof;
    this.configured = configured;
    const { perAddress, addressKey } = configured?.definition ?? {};
    this.addresses = new AddressBudget(perAddress?.(configured?.config) ?? [], addressKey);
  }

  /** When a notice of this priority may go, by the wall: `now` or earlier means at once; Infinity, when one comes back. */
  freeAt(priority: Priority, now: number): number {
    if (this.#inFlight >= LIMITS.noticesInFlightMax) return Number.POSITIVE_INFINITY;
    if (!this.configured) return this.#holdUntil;
    const { perMinuteMax: max, perSecondMax } = this.configured.definition;
    const allowed = allowance(max, priority);
    this.#forget(now);
    const ofSecond =
      perSecondMax === undefined ? undefined : this.#sentAt[this.#sentAt.length - perSecondMax];
    const paced = Math.max(this.#holdUntil, ofSecond === undefined ? 0 : ofSecond + SECOND_MS);
    const blocking = this.#sentAt[this.#sentAt.length - allowed];
    if (blocking !== undefined) return Math.max(paced, blocking + WINDOW_MS);
    const spaced = Math.floor(max * SPACED_SHARE);
    const isSpaced = spaced > 0 && this.#sentAt.length >= max - spaced;
    const last = this.#sentAt.at(-1) ?? 0;
    return Math.max(paced, isSpaced ? Math.min(last + WINDOW_MS / spaced, this.#freed(max - spaced)) : 0);
  }

  /** When so few were sent within the last minute that one more of them is free. */
  #freed(share: number): number {
    return (this.#sentAt[this.#sentAt.length - share] ?? 0) + WINDOW_MS;
  }

  /** Something has to wait so long, more than for a second to pass. Until nothing waits any more, what goes to one address goes together. */
  noteShort(priority: Priority, waitMs: number): void {
    if (Number.isFinite(waitMs) && waitMs > SECOND_MS) this.#short.add(isUrgent(priority));
  }

  isShort(priority: Priority): boolean {
    return this.#short.has(isUrgent(priority)) && this.hasDigests;
  }

  /** May several notices to one address go as one? */
  get hasDigests(): boolean {
    return this.configured?.definition.digests !== false;
  }

  noteEnough(priority: Priority): void {
    this.#short.delete(isUrgent(priority));
  }

  take(now: number): void {
    this.#inFlight++;
    this.#sentAt.push(now);
  }

  /** One came back. `unused`: it was not sent after all. */
  giveBack(takenAt: number, unused: boolean): void {
    this.#inFlight--;
    const at = unused ? this.#sentAt.indexOf(takenAt) : -1;
    if (at >= 0) this.#sentAt.splice(at, 1);
  }

  hold(until: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, until);
  }

  /** A receipt, or a person, proves that the channel reaches people. */
  proven(state: 'delivered' | 'seen', at: number): void {
    const name = state === 'seen' ? 'lastSeenAt' : 'lastDeliveredAt';
    this.#proof = { ...this.#proof, [name]: Math.max(at, this.#proof[name] ?? 0) };
    this.#works();
  }

  accepted(at: number): void {
    this.#accepted++;
    this.#proof = { ...this.#proof, lastAcceptedAt: at };
    this.#works();
  }

  #works(): void {
    const { failing: _, problem: __, ...proof } = this.#proof;
    this.#proof = proof;
  }

  /** It went wrong on the way. `grave`: what went wrong is a P1 or P2 that was tried so often. */
  #noteFailing(at: number, failure: NoticeFailure, detail: string, grave: boolean): void {
    if (!ABOUT_THE_WAY.has(failure)) return;
    const { since = at, attempts = 0, grave: before } = this.#proof.failing ?? {};
    const isGrave = grave || before === true;
    this.#proof = {
      ...this.#proof,
      failing: { since, attempts: attempts + 1, detail, ...(isGrave ? { grave: true } : {}) },
    };
  }

  retried(at: number, failure: NoticeFailure, detail: string, grave = false): void {
    this.#noteFailing(at, failure, detail, grave);
    this.#retried++;
    this.#noteProblem({ at, failure, detail });
  }

  failed(at: number, failure: NoticeFailure, detail: string, grave = false): void {
    this.#noteFailing(at, failure, detail, grave);
    this.#failed++;
    this.#noteProblem({ at, failure, detail });
  }

  #noteProblem(problem: LaneProblem): void {
    if (!ABOUT_ONE_PERSON.has(problem.failure)) this.#proof = { ...this.#proof, problem };
  }

  stats(now: number, session?: SessionState): LaneStats {
    return {
      id: this.id,
      channel: this.configured?.definition.channel,
      inFlight: this.#inFlight,
      accepted: this.#accepted,
      retried: this.#retried,
      failed: this.#failed,
      ...this.#proof,
      waitMs: Math.max(0, this.#holdUntil - now),
      ...(session ? { session } : {}),
    };
  }

  #forget(now: number): void {
    while (this.#sentAt[0] !== undefined && this.#sentAt[0] <= now - WINDOW_MS) this.#sentAt.shift();
  }
}
