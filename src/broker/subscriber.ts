import type { Duplex } from 'node:stream';
import { BoundedQueue } from '../lib/bounded-queue.ts';
import type { PublishFrame } from './frames.ts';
import type { BrokerLimits } from './options.ts';

/** Retained messages looked at in one turn of the event loop. */
const RETAINED_A_TURN = 500;

/** A retained message on its way to a subscriber that has just subscribed; undefined: not for this one. */
export type Backlog = Iterator<{ frame: PublishFrame; qos: 0 | 1 } | undefined>;

/**
 * The way out to one client: a queue of its own, bounded in bytes and in messages, so that a client that does not read
 * costs the others nothing. Frames of one turn of the event loop leave in one write.
 */
export class Subscriber {
  readonly #conn: Duplex;
  readonly #limits: BrokerLimits;
  readonly #dropped: () => void;
  readonly #queue: BoundedQueue<Buffer>;
  readonly #backlogs: Backlog[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  #lastPacketId = 0;
  #unacked = 0;

  /** @param dropped called once, when the client is too slow; it closes the connection. */
  constructor(conn: Duplex, limits: BrokerLimits, dropped: () => void) {
    this.#conn = conn;
    this.#limits = limits;
    this.#dropped = dropped;
    this.#queue = new BoundedQueue(limits.subscriberQueueLengthMax);
  }

  /** Queues a message; a subscriber that has no room for it is dropped. */
  offer(frame: PublishFrame, qos: 0 | 1): void {
    if (this.#conn.destroyed) return;
    const bytes = qos === 0 ? frame.shared() : frame.numbered(this.#nextPacketId());
    const waiting = this.#queuedBytes + this.#conn.writableLength + bytes.length;
    const unacked = qos === 1 && ++this.#unacked > this.#limits.subscriberUnackedMax;
    if (unacked || waiting > this.#limits.subscriberQueueBytesMax || !this.#queue.push(bytes)) {
      this.#dropped();
      return;
    }
    this.#queuedBytes += bytes.length;
    this.#schedule();
  }

  /** Sends retained messages as fast as the client reads them, a few at a time. */
  offerBacklog(backlog: Backlog): void {
    this.#backlogs.push(backlog);
    this.#schedule();
  }

  acknowledged(): void {
    if (this.#unacked > 0) this.#unacked--;
    if (this.#backlogs.length > 0 && this.#mayPull) this.#schedule();
  }

  #nextPacketId(): number {
    this.#lastPacketId = this.#lastPacketId === 65_535 ? 1 : this.#lastPacketId + 1;
    return this.#lastPacketId;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const conn = this.#conn;
    if (conn.destroyed) return;
    if (!conn.writableNeedDrain) {
      conn.cork();
      for (let room = true; room; ) {
        const bytes = this.#queue.shift();
        if (!bytes) break;
        this.#queuedBytes -= bytes.length;
        room = conn.write(bytes);
      }
      conn.uncork();
    }
    if (conn.writableNeedDrain) {
      this.#scheduled = true;
      conn.once('drain', this.#flush);
    } else if (this.#queue.length > 0) {
      this.#schedule();
    } else {
      this.#pullBacklog();
    }
  };

  /** Retained messages are ours to hold back; what is published now has the other half of the allowance. */
  get #mayPull(): boolean {
    return this.#unacked < this.#limits.subscriberUnackedMax / 2;
  }

  #pullBacklog(): void {
    const backlog = this.#backlogs[0];
    if (!backlog) return;
    for (let looked = 0; looked < RETAINED_A_TURN && this.#mayPull; looked++) {
      const next = backlog.next();
      if (next.done) {
        this.#backlogs.shift();
        break;
      }
      if (next.value) this.offer(next.value.frame, next.value.qos);
    }
    if (this.#backlogs.length > 0 && this.#mayPull) this.#schedule();
  }
}
