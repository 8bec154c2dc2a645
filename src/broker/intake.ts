import type { Logger } from 'pino';
import { steadyNow } from '../lib/clock.ts';
import type { BrokerHost, Identity, InboundMessage } from '../ports/broker.ts';
import { type Share, Shares, type Stopped } from './fair-share.ts';
import type { FanOut } from './fan-out.ts';
import type { FoundPublish, Verdict } from './frame-reader.ts';
import { InboundPublish } from './inbound-publish.ts';
import type { BrokerLimits } from './options.ts';
import type { Refusals } from './refusals.ts';
import type { Session } from './session.ts';
import { type SpokenTopic, Topics } from './topics.ts';

export interface Publish {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/**
 * The way of a publish into the service. What the service takes is acknowledged when the service has finished it; what
 * finds no room waits, and its connection is not read until there is room.
 */
export class Intake {
  readonly #host: BrokerHost;
  readonly #fanOut: FanOut;
  readonly #refusals: Refusals;
  readonly #logger: Logger;
  readonly #topics = new Topics();
  /** Sessions with messages that wait, in the order in which they will be served. */
  readonly #blocked = new Set<Session>();
  /** Those of them on which somebody calls for help: they are served first, and there is room in reserve for them. */
  readonly #inNeed = new Set<Session>();
  /** Sessions whose own share is used up; what waits of others does not stand behind theirs. */
  readonly #held = new Set<Session>();
  readonly #shares: Shares;
  /** Wills have no connection any more that could be held. */
  readonly #wills: InboundMessage[] = [];
  readonly #willsMax: number;
  #roomAsked = false;
  #roomAheadAsked = false;
  #closed = false;
  /** Sessions with PUBACKs to be sent at the end of this turn. */
  #acknowledging: Session[] = [];
  /** Messages of QoS 1 and 2 that the service has and has not finished. */
  #unfinished = 0;
  #whenFinished: (() => void) | undefined;
  received = 0;

  constructor(host: BrokerHost, fanOut: FanOut, refusals: Refusals, limits: BrokerLimits, logger: Logger) {
    this.#host = host;
    this.#fanOut = fanOut;
    this.#refusals = refusals;
    this.#logger = logger;
    this.#willsMax = limits.inboxLengthMax;
    this.#shares = new Shares(limits, (identity) => host.devicesOf?.(identity) ?? 0);
  }

  /** A publish of QoS 0 or 1 as the frame reader found it. */
  take(session: Session, found: FoundPublish): Verdict {
    const { bytes, topicAt, topicEnd, payloadAt, end, qos, retain, packetId } = found;
    const share = this.#shareOf(session);
    const stopped = share.stops(steadyNow(), () => this.#calls(session, found));
    if (stopped) {
      this.#hold(session, share, stopped);
      return 'waits';
    }
    const topic = this.#topics.of(bytes, topicAt, topicEnd, session.topic);
    let isTaken: boolean;
    if (this.#isIngested(session, topic))
      isTaken = this.#ingest(session, new InboundPublish(session, topic, this.#host.now(), found));
    else {
      const publish = { topic: topic.text, payload: found.payload, qos, retain };
      const acknowledge = (): void => {
        share.finished(end - payloadAt);
        if (qos > 0) this.acknowledge(session, packetId);
      };
      isTaken = this.#route(session, publish, acknowledge) === undefined;
    }
    if (isTaken) {
      share.began(end - payloadAt);
      session.topic = topic;
    } else this.#block(session);
    return isTaken ? 'taken' : 'waits';
  }

  /** A publish of QoS 2, which the library brings. It waits here, for the library cannot put it back. */
  takeFromLibrary(session: Session, publish: Publish, acknowledge: () => void): void {
    const share = this.#shareOf(session);
    const bytes = publish.payload.length;
    share.began(bytes);
    const finish = (): void => {
      this.#finishOne();
      share.finished(bytes);
      if (!session.conn.destroyed) acknowledge();
    };
    // None overtakes one that waits already.
    const waits = this.#route(session, publish, finish, session.waiting.length === 0);
    if (!waits) {
      const stopped = share.stops(steadyNow(), () => session.inNeed);
      if (!stopped) return;
      session.reader.hold();
      this.#hold(session, share, stopped);
      return;
    }
    session.waiting.push(waits);
    session.reader.hold();
    this.#block(session);
  }

  /** The last will of a client that is gone. */
  takeWill(session: Session, publish: Publish): void {
    const finish = (): void => {
      if (publish.qos > 0) this.#finishOne();
    };
    const waits = this.#route(session, publish, finish);
    if (!waits) return;
    if (this.#wills.length >= this.#willsMax) {
      this.#logger.error({ client: session.client.id }, 'no room for a last will: it is lost');
      return;
    }
    this.#wills.push(waits);
    this.#askForRoom();
  }

  /** Publishes to subscribers, and keeps what is to be retained. */
  relay({ topic, payload, qos, retain }: Publish): void {
    const given = qos === 0 ? 0 : 1;
    if (retain && !this.#fanOut.retain(topic, payload, given)) {
      this.#logger.error({ topic }, 'no room to retain another message');
    }
    this.#fanOut.publish(topic, payload, given);
  }

  /**
   * Bytes that came over a connection that is not read. With a call for help among them it is read on at once, in its
   * own order, as far as the reserve reaches; beyond it before all others.
   */
  waits(session: Session, bytes: Uint8Array): void {
    if (session.inNeed || this.#host.callsForHelp?.(bytes) !== true) return;
    session.inNeed = true;
    if (!this.#blocked.delete(session) && !this.#held.delete(session)) return;
    this.#inNeed.add(session);
    this.#askForRoomAhead();
  }

  /** Reads on who had brought all that a minute may bring, in the next one. */
  lookAfter(now: number): void {
    this.#shares.prune(now);
    if (this.#closed) return;
    for (const session of [...this.#held]) if (!this.#shareOf(session).isOver(now)) this.#serve(session);
  }

  /** Its connection is closed: what found no room goes with it, and is sent again over the next one. */
  gone(session: Session): void {
    this.#forget(session);
    // Their part of the share, which the client has for all its connections, would be gone for ever.
    for (const { message } of session.waiting.splice(0)) session.share?.finished(message.payload.length);
  }

  #forget(session: Session): void {
    this.#blocked.delete(session);
    this.#inNeed.delete(session);
    this.#held.delete(session);
  }

  /** Takes nothing more; resolves when the service has finished what it has, or after this time. */
  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    if (this.#unfinished > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenFinished = resolve;
      const timer = setTimeout(resolve, withinMs);
      await promise;
      clearTimeout(timer);
    }
    this.#sendPubacks();
  }

  /** Whether what comes under this topic is a message for the service: asked again when the answer may be another one. */
  #isIngested(session: Session, topic: SpokenTopic): boolean {
    const identity = session.identity as Identity;
    const asOf = this.#host.routesAsOf?.();
    if (asOf === undefined || topic.asOf !== asOf || topic.routedFor !== identity) {
      topic.meaning = undefined;
      topic.route = this.#host.route(identity, topic.text, topic);
      topic.routedFor = identity;
      topic.asOf = asOf ?? -1;
    }
    return topic.route === 'ingest';
  }

  /** The way of nearly all messages. False: it found no room. */
  #ingest(session: Session, inbound: InboundPublish): boolean {
    if (inbound.qos > 0) this.#unfinished++;
    if (!this.#host.receive(inbound)) {
      if (inbound.qos > 0) this.#unfinished--;
      return false;
    }
    if (session.inNeed && this.#host.callsForHelp?.(inbound.payload) === true) session.inNeed = false;
    if (this.#fanOut.heard(inbound.topic)) this.#fanOut.publish(inbound.topic, inbound.payload, inbound.qos);
    this.received++;
    return true;
  }

  /** Undefined when the publish is dealt with; otherwise the message that found no room. */
  #route(
    session: Session,
    publish: Publish,
    acknowledge: () => void,
    isNext = true,
  ): InboundMessage | undefined {
    const identity = session.identity as Identity;
    const { topic, payload, qos } = publish;
    const route = this.#host.route(identity, topic);
    if (qos > 0) this.#unfinished++;
    if (route === 'ingest' || route === 'status') {
      const inbound: InboundMessage = {
        message: { receivedAt: this.#host.now(), topic, payload, client: session.client.id },
        qos,
        ...(session.inNeed && { ahead: true }),
        done: route === 'ingest' ? acknowledge : () => this.#statusStored(publish, acknowledge),
      };
      if (!isNext || !this.#host.receive(inbound)) {
        if (qos > 0) this.#unfinished--;
        return inbound;
      }
      if (session.inNeed && this.#host.callsForHelp?.(payload) === true) session.inNeed = false;
      if (route === 'ingest' && this.#fanOut.heard(topic))
        this.#fanOut.publish(topic, payload, qos > 0 ? 1 : 0);
    } else {
      if (route === 'relay') {
        this.relay(publish);
        this.#host.relayed?.(topic, payload);
        acknowledge();
      } else this.#divert(session, identity, publish, acknowledge);
    }
    this.received++;
    return undefined;
  }

  #divert(session: Session, identity: Identity, { topic, payload }: Publish, done: () => void): void {
    this.#refusals.count('foreign-topic', { client: identity.id, topic, address: session.address });
    const message = { receivedAt: this.#host.now(), topic, payload, client: identity.id };
    this.#host.diverted(message, identity, done);
  }

  #statusStored(publish: Publish, acknowledge: () => void): void {
    this.relay(publish);
    acknowledge();
  }

  /** The service has finished a publish of QoS 1. */
  acknowledge(session: Session, packetId: number): void {
    this.#finishOne();
    if (!session.acknowledge(packetId)) return;
    // One write for each client and commit, not one for each message.
    if (this.#acknowledging.push(session) === 1) process.nextTick(this.#sendPubacks);
  }

  readonly #sendPubacks = (): void => {
    const sessions = this.#acknowledging;
    this.#acknowledging = [];
    for (const session of sessions) session.sendPubacks();
  };

  #finishOne(): void {
    if (--this.#unfinished === 0) this.#whenFinished?.();
  }

  #shareOf(session: Session): Share {
    session.share ??= this.#shares.of(session.identity as Identity);
    return session.share;
  }

  #calls(session: Session, { payload }: FoundPublish): boolean {
    return session.inNeed || this.#host.callsForHelp?.(payload) === true;
  }

  /** Its share is used up: it is read on when part of it is free, or in the next minute. */
  #hold(session: Session, share: Share, stopped: Stopped): void {
    this.#held.add(session);
    if (stopped === 'share') {
      share.onFree(() => {
        if (!this.#closed && this.#held.has(session)) this.#serve(session);
      });
      return;
    }
    if (share.told) return;
    share.told = true;
    const { identity, address } = session;
    const brought = share.inMinute;
    this.#refusals.count('flooding', { client: session.client.id, address, ...brought });
    if (identity) this.#host.flooding?.(identity, { ...brought, from: address });
  }

  #block(session: Session): void {
    if (session.inNeed) {
      this.#inNeed.add(session);
      this.#askForRoomAhead();
      return;
    }
    this.#blocked.add(session);
    this.#askForRoom();
  }

  #askForRoomAhead(): void {
    if (this.#roomAheadAsked) return;
    this.#roomAheadAsked = true;
    this.#host.onRoom(this.#resumeAhead, true);
  }

  #askForRoom(): void {
    if (this.#roomAsked) return;
    this.#roomAsked = true;
    this.#host.onRoom(this.#resume);
  }

  /** Serves who waits until the inbox is full again; who is stopped once more goes to the end of the line. */
  readonly #resume = (): void => {
    this.#roomAsked = false;
    if (this.#closed) return;
    if (!this.#retry(this.#wills)) {
      this.#askForRoom();
      return;
    }
    for (const session of this.#blocked) {
      if (this.#roomAsked) return;
      this.#serve(session);
    }
  };

  readonly #resumeAhead = (): void => {
    this.#roomAheadAsked = false;
    if (this.#closed) return;
    for (const session of this.#inNeed) {
      if (this.#roomAheadAsked) return;
      this.#serve(session);
    }
  };

  #serve(session: Session): void {
    this.#forget(session);
    if (!this.#retry(session.waiting)) {
      this.#block(session);
      return;
    }
    session.reader.release();
    if (!session.reader.held) session.inNeed = false;
  }

  /** True when all of them were taken; those that were leave the list. */
  #retry(waiting: InboundMessage[]): boolean {
    let taken = 0;
    while (waiting[taken] && this.#receiveAgain(waiting[taken] as InboundMessage)) taken++;
    waiting.splice(0, taken);
    return waiting.length === 0;
  }

  #receiveAgain(inbound: InboundMessage): boolean {
    if (inbound.qos > 0) this.#unfinished++;
    if (this.#host.receive(inbound)) {
      this.received++;
      return true;
    }
    if (inbound.qos > 0) this.#unfinished--;
    return false;
  }
}
