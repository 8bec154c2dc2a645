import type { Identity } from '../ports/broker.ts';
import type { BrokerLimits } from './options.ts';

const MINUTE_MS = 60_000;
/** A gateway that is new in the registry may speak for others already. */
const GATEWAY_DEVICES_MIN = 10;
/** Who calls for help may have so many times the share waiting: what stands before the call goes with it. */
const CALLING_SHARES = 2;
/** Who was held is read on when so much of its share is free: not for each message that fits. */
const FREE_SHARE = 0.5;

/** Why a client is not read on: all of its share waits for the service, or it has brought all that a minute may bring. */
export type Stopped = 'share' | 'minute';

/**
 * What one client may have waiting in the service, and what it may bring in a minute. A device that floods us, broken or
 * with a stolen secret, fills its own share, and others have theirs: so much work stands before anybody's reading, and no
 * more. Nothing of it is refused: its connection is not read, and what it sent waits on its own side.
 */
export class Share {
  readonly #limits: BrokerLimits;
  /** How many devices it may bring the readings of. */
  readonly #devices: number;
  #messages = 0;
  #bytes = 0;
  #minute = 0;
  #messagesInMinute = 0;
  #bytesInMinute = 0;
  /** That it floods was said of the minute that runs. */
  told = false;
  #whenFree: (() => void)[] = [];

  constructor(limits: BrokerLimits, devices: number) {
    this.#limits = limits;
    this.#devices = devices;
  }

  get inMinute(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#messagesInMinute, bytes: this.#bytesInMinute };
  }

  /** Whether nothing of it waits, and it has been quiet since the minute before. */
  isIdle(now: number): boolean {
    return this.#messages === 0 && Math.floor(now / MINUTE_MS) > this.#minute + 1;
  }

  /** Why the next message has to wait. Times are milliseconds of a steady clock. */
  stops(now: number, calls: () => boolean): Stopped | undefined {
    const { clientWaitingMax, clientWaitingBytesMax } = this.#limits;
    const used = Math.max(this.#messages / clientWaitingMax, this.#bytes / clientWaitingBytesMax);
    if (used >= 1 && (used >= CALLING_SHARES || !calls())) return 'share';
    return this.isOver(now) && !calls() ? 'minute' : undefined;
  }

  /** Has it brought in this minute all that it may? */
  isOver(now: number): boolean {
    this.#turn(now);
    const { deviceMessagesPerMinuteMax, deviceBytesPerMinuteMax } = this.#limits;
    return (
      this.#messagesInMinute >= this.#devices * deviceMessagesPerMinuteMax ||
      this.#bytesInMinute >= this.#devices * deviceBytesPerMinuteMax
    );
  }

  began(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
    this.#messagesInMinute++;
    this.#bytesInMinute += bytes;
  }

  /** The service has finished one. */
  finished(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
    if (this.#whenFree.length === 0) return;
    const { clientWaitingMax, clientWaitingBytesMax } = this.#limits;
    if (this.#messages > FREE_SHARE * clientWaitingMax || this.#bytes > FREE_SHARE * clientWaitingBytesMax)
      return;
    for (const resume of this.#whenFree.splice(0)) setImmediate(resume);
  }

  /** Calls it once, a little later, when part of the share is free again. */
  onFree(resume: () => void): void {
    this.#whenFree.push(resume);
  }

  #turn(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#messagesInMinute = 0;
    this.#bytesInMinute = 0;
    this.told = false;
  }
}

/** The shares of all clients. To come anew over another connection gives nobody another one. */
export class Shares {
  readonly #limits: BrokerLimits;
  readonly #devicesOf: (identity: Identity) => number;
  /** By client id. Grows only with ids that have a credential. */
  readonly #shares = new Map<string, Share>();
  #prunedAt = 0;

  /** @param devicesOf how many devices a gateway speaks for */
  constructor(limits: BrokerLimits, devicesOf: (identity: Identity) => number) {
    this.#limits = limits;
    this.#devicesOf = devicesOf;
  }

  of(identity: Identity): Share {
    const known = this.#shares.get(identity.id);
    if (known) return known;
    const share = new Share(this.#limits, this.#devices(identity));
    this.#shares.set(identity.id, share);
    return share;
  }

  /** Service accounts are programs of the operator: they have their share of what waits, and no limit of a minute. */
  #devices(identity: Identity): number {
    if (identity.kind === 'service') return Number.POSITIVE_INFINITY;
    if (identity.kind === 'device') return 1;
    return Math.max(GATEWAY_DEVICES_MIN, this.#devicesOf(identity));
  }

  prune(now: number): void {
    if (now - this.#prunedAt < MINUTE_MS) return;
    this.#prunedAt = now;
    for (const [id, share] of this.#shares) if (share.isIdle(now)) this.#shares.delete(id);
  }
}
