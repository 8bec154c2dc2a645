import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { steadyNow } from '../lib/clock.ts';
import type { Place } from '../lib/places.ts';
import type { Identity, InboundMessage } from '../ports/broker.ts';
import type { Share } from './fair-share.ts';
import { type FoundPublish, FrameReader, type FrameSink, type Verdict } from './frame-reader.ts';
import { encodePubacks } from './frames.ts';
import type { BrokerLimits } from './options.ts';
import { Subscriber } from './subscriber.ts';
import type { SpokenTopic } from './topics.ts';

/** What a session asks of its broker. */
export interface SessionOwner {
  readonly limits: BrokerLimits;
  /** A publish of QoS 0 or 1. */
  onPublish(session: Session, publish: FoundPublish): Verdict;
  /** The service has finished a publish of QoS 1. */
  onFinished(session: Session, packetId: number): void;
  /** Bytes that came while the session is not read, and stay where they are. */
  onWaiting(session: Session, bytes: Uint8Array): void;
  onTooLarge(session: Session, bytes: number): void;
  onMalformed(session: Session): void;
  onSlowReader(session: Session): void;
}

/** One connection, from its opening to its end. */
export class Session implements FrameSink {
  readonly conn: Duplex;
  readonly place: Place;
  readonly reader: FrameReader;
  /** Messages that came by way of the library (QoS 2) and found no room; bounded by what one read may bring. */
  readonly waiting: InboundMessage[] = [];
  client!: Client;
  /** Under what it published last. */
  topic: SpokenTopic | undefined;
  /** Somebody calls for help behind what waits. */
  inNeed = false;
  /** Set when the client was let in. */
  identity: Identity | undefined;
  /** Of what waits in the service; set with its first publish. */
  share: Share | undefined;
  /** Under which name it asks to be let in. */
  username = '';
  /** Grows with each connection of a client id; 0 until the client has taken its place. */
  number = 0;
  keepAliveS = 0;
  /** When the client was last heard, by a steady clock and to the precision of the sweep. */
  heardAt = steadyNow();
  /** Why the broker ended the connection, if it did: the error that follows is no second refusal. */
  refused = false;

  readonly #owner: SessionOwner;
  #subscriber: Subscriber | undefined;
  #packetIds: number[] = [];
  #drainSince = 0;

  constructor(conn: Duplex, place: Place, owner: SessionOwner) {
    this.conn = conn;
    this.place = place;
    this.#owner = owner;
    this.reader = new FrameReader(conn, this, owner.limits);
  }

  get address(): string {
    return this.place.address;
  }

  /** The way out to the client; undefined until it subscribes, which most devices never do. */
  get subscriber(): Subscriber | undefined {
    return this.#subscriber;
  }

  subscribe(): Subscriber {
    this.#subscriber ??= new Subscriber(this.conn, this.#owner.limits, () => this.#owner.onSlowReader(this));
    return this.#subscriber;
  }

  /**
   * Drops a client whose socket has not drained for too long, also one that is sent acknowledgements only. Times are
   * milliseconds of a steady clock.
   */
  watch(now: number): void {
    if (!this.conn.writableNeedDrain) this.#drainSince = 0;
    else if (this.#drainSince === 0) this.#drainSince = now;
    else if (now - this.#drainSince >= this.#owner.limits.drainTimeoutMs) this.#owner.onSlowReader(this);
  }

  /** Milliseconds since the client was last heard. A client that we do not read cannot be blamed for its silence. */
  silentFor(now: number): number {
    if (this.reader.active || this.reader.held) {
      this.reader.active = false;
      this.heardAt = now;
    }
    return now - this.heardAt;
  }

  /** Notes a PUBACK to be sent; true when it is the first one since the last `sendPubacks`. */
  acknowledge(packetId: number): boolean {
    return this.#packetIds.push(packetId) === 1;
  }

  sendPubacks(): void {
    const ids = this.#packetIds;
    this.#packetIds = [];
    if (!this.conn.destroyed) this.conn.write(encodePubacks(ids));
  }

  onPublish(publish: FoundPublish): Verdict {
    return this.#owner.onPublish(this, publish);
  }

  finished(packetId: number): void {
    this.#owner.onFinished(this, packetId);
  }

  onWaiting(bytes: Buffer): void {
    this.#owner.onWaiting(this, bytes);
  }

  onPuback(): void {
    this.#subscriber?.acknowledged();
  }

  onTooLarge(bytes: number): void {
    this.#owner.onTooLarge(this, bytes);
  }

  onMalformed(): void {
    this.#owner.onMalformed(this);
  }
}
