import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuthenticateError, Client, ConnectPacket, PublishPacket, Subscription } from 'aedes';
import type { Logger } from 'pino';
import { steadyNow } from '../lib/clock.ts';
import type { Place } from '../lib/places.ts';
import type { ConnectionRefusal } from '../model/connection-refusal.ts';
import type { Broker, BrokerAddresses, BrokerHost, BrokerRefusal, BrokerStats } from '../ports/broker.ts';
import { Admission } from './admission.ts';
import { isVersionSpoken, libraryRefusal, notChecked, refusalError, whyRefused } from './answers.ts';
import { watchCertificates } from './certificates.ts';
import { isNetworkError } from './connection-errors.ts';
import { Displacements } from './displacements.ts';
import { FanOut } from './fan-out.ts';
import type { FoundPublish, Verdict } from './frame-reader.ts';
import { Intake, type Publish } from './intake.ts';
import { Listeners } from './listeners.ts';
import { type BrokerLimits, type BrokerOptions, limitsWith } from './options.ts';
import { Refusals } from './refusals.ts';
import { isRepeat, ServiceAedes } from './service-aedes.ts';
import { Session, type SessionOwner } from './session.ts';

/**
 * The embedded broker: MQTT 3.1.1 over TCP, TLS and WebSocket.
 *
 * Publishes go to the service first; a reading is acknowledged when the service says that it is stored. Subscribers
 * are served by a fan-out of our own: whoever the host lets subscribe gets status, commands and alerts as they are
 * published, and readings once they are in the inbox, before they are judged and stored (a tap, not a record). QoS 2
 * subscribers get QoS 1. Sessions end with the connection, and retained messages live in memory.
 *
 * After `stop()` was called the host has to finish what it has received: its acknowledgements are waited for.
 */
export function embeddedBroker(options: BrokerOptions, host: BrokerHost, logger: Logger): Broker {
  return new EmbeddedBroker(options, host, logger);
}

class EmbeddedBroker implements Broker, SessionOwner {
  readonly limits: BrokerLimits;
  readonly #options: BrokerOptions;
  readonly #host: BrokerHost;
  readonly #logger: Logger;
  readonly #refusals: Refusals;
  readonly #admission: Admission;
  readonly #displacements: Displacements;
  readonly #fanOut: FanOut;
  readonly #intake: Intake;
  readonly #aedes: ServiceAedes;
  readonly #listeners: Listeners;
  readonly #sessions = new Set<Session>();
  readonly #sessionOf = new WeakMap<Client, Session>();
  /** The newest session of each client id: the wills and ends of older ones say nothing about the device. */
  readonly #live = new Map<string, Session>();
  #lastNumber = 0;
  #state: 'new' | 'running' | 'stopped' = 'new';
  #sweep: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: BrokerOptions, host: BrokerHost, logger: Logger) {
    this.#options = options;
    this.#host = host;
    this.#logger = logger;
    this.limits = limitsWith(options.limits);
    this.#refusals = new Refusals(logger);
    this.#admission = new Admission(host, this.limits);
    this.#displacements = new Displacements(this.limits);
    this.#fanOut = new FanOut(this.limits.retainedMessagesMax);
    this.#intake = new Intake(host, this.#fanOut, this.#refusals, this.limits, logger);
    this.#aedes = this.#makeAedes();
    this.#listeners = new Listeners(options, this.limits, {
      admit: (address, drop) => this.#admit(address, drop),
      closed: (place) => this.#admission.leave(place),
      connected: (conn, place, request) => this.#connected(conn, place, request),
      failed: (from, error) => this.#notAccepted(from, error),
    });
  }

  async start(): Promise<BrokerAddresses> {
    await this.#aedes.listen();
    const addresses = await this.#listeners.open().catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
    if (this.#options.tls && addresses.mqtts !== undefined) {
      this.#unwatch = watchCertificates(this.#options.tls, () => this.#certificatesChanged());
    }
    this.#sweep = setInterval(() => this.#lookAfterSessions(), this.limits.brokerSweepMs).unref();
    this.#state = 'running';
    return addresses;
  }

  /** Says nothing about the devices: their wills are not published, and nobody is marked offline. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    clearInterval(this.#sweep);
    this.#unwatch?.();
    this.#listeners.close();
    for (const session of this.#sessions) session.reader.hold();
    await this.#intake.close(this.limits.brokerStopMs);
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const session of this.#sessions) session.conn.destroy();
  }

  publish(
    topic: string,
    payload: string | Uint8Array,
    { retain = false, qos = 0 }: { retain?: boolean; qos?: 0 | 1 } = {},
  ): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.#intake.relay({ topic, payload: bytes, qos, retain });
    return Promise.resolve();
  }

  disconnect(clientId: string): void {
    this.#live.get(clientId)?.client.close();
  }

  async reloadCertificates(): Promise<boolean> {
    return this.#options.tls ? this.#listeners.reloadCertificates(this.#options.tls) : false;
  }

  stats(): BrokerStats {
    const { certificate } = this.#listeners;
    return {
      connected: this.#state === 'running',
      clients: this.#live.size,
      received: this.#intake.received,
      refused: this.#refusals.counts(),
      slowReadersDropped: this.#refusals.get('slow-reader'),
      ...(certificate && { certificate }),
      crowded: this.#admission.crowded,
      full: this.#admission.full,
    };
  }

  // What a session finds

  onPublish(session: Session, publish: FoundPublish): Verdict {
    return this.#intake.take(session, publish);
  }

  onFinished(session: Session, packetId: number): void {
    this.#intake.acknowledge(session, packetId);
  }

  onWaiting(session: Session, bytes: Uint8Array): void {
    this.#intake.waits(session, bytes);
  }

  onTooLarge(session: Session, bytes: number): void {
    this.#refuseFrame(session, bytes);
    this.#close(session);
  }

  onMalformed(session: Session): void {
    this.#refusals.count('protocol-error', { client: session.client.id, address: session.address });
    this.#close(session);
  }

  onSlowReader(session: Session): void {
    if (session.refused) return;
    this.#refusals.count('slow-reader', { client: session.client.id, address: session.address });
    this.#close(session);
  }

  // Connections

  #makeAedes(): ServiceAedes {
    const aedes = new ServiceAedes(
      {
        connectTimeout: this.limits.connectTimeoutMs,
        drainTimeout: this.limits.drainTimeoutMs,
        // Concerns MQTT 3.1 only, whose 23 characters many clients never heeded.
        maxClientsIdLength: 128,
        preConnect: (client, packet, done) => this.#preConnect(client, packet, done),
        authenticate: (client, username, password, done) => {
          this.#letIn(client, username ?? '', password ?? Buffer.alloc(0)).then(
            (error) => done(error ?? null, error === undefined),
            (error: unknown) => done(this.#notChecked(error), false),
          );
        },
        authorizePublish: (client, packet, done) => this.#publishedThroughLibrary(client, packet, done),
        authorizeSubscribe: (client, subscription, done) => {
          done(null, this.#maySubscribe(client, subscription) ? subscription : null);
        },
      },
      (client) => this.#takesPlace(client),
      (packet) => this.#fanOut.publish(packet.topic, Buffer.from(packet.payload), 0),
    );
    aedes.on('connackSent', (packet, client) => {
      if (packet.returnCode === 0) this.#sessionOf.get(client)?.reader.open();
    });
    aedes.on('client', (client) => this.#online(client));
    aedes.on('clientDisconnect', (client) => this.#offline(client));
    aedes.on('subscribe', (subscriptions, client) => this.#subscribed(client, subscriptions));
    aedes.on('unsubscribe', (filters, client) => this.#unsubscribed(client, filters));
    aedes.on('clientError', (client, error) => this.#failed(client, error));
    aedes.on('connectionError', (client, error) => this.#failed(client, error));
    // Nobody is left to catch it: an event `error` without a listener ends the process.
    (aedes as EventEmitter).on('error', (error) => this.#logger.error({ err: error }, 'MQTT library'));
    aedes.on('keepaliveTimeout', (client) => {
      this.#logger.info({ client: client.id }, 'MQTT client is silent: its connection is closed');
    });
    return aedes;
  }

  #admit(address: string, drop: () => void): Place {
    const { place, dropped } = this.#admission.enter(address, drop);
    if (dropped) this.#refusals.count('too-many-knocking', { address: dropped.address });
    return place;
  }

  #connected(conn: Duplex, place: Place, request: IncomingMessage | undefined): void {
    if (this.#state !== 'running') {
      conn.destroy();
      return;
    }
    const session = new Session(conn, place, this);
    this.#sessions.add(session);
    conn.on('close', () => {
      this.#sessions.delete(session);
      this.#intake.gone(session);
      if (session.subscriber) this.#fanOut.remove(session.subscriber);
    });
    session.client = this.#aedes.handle(conn, request);
    this.#sessionOf.set(session.client, session);
  }

  #notAccepted(from: string, error: Error): void {
    if (isNetworkError(error))
      this.#logger.debug({ from, error: error.message }, 'MQTT connection not accepted');
    else this.#refusals.count('protocol-error', { from, error: error.message });
  }

  #refuseFrame({ identity, address }: Session, bytes: number): void {
    const from = identity?.id ?? address;
    this.#refusals.count('frame-too-large', { from, bytes });
    this.#host.refusedFrame(from, bytes, identity && { identity });
  }

  /** What the library does after an error: the will is published. */
  #close(session: Session): void {
    session.refused = true;
    session.conn.destroy();
  }

  #failed(client: Client, error: Error): void {
    const session = this.#sessionOf.get(client);
    if (!session || session.refused || this.#state !== 'running') return;
    const details = { client: client.id, address: session.address, error: error.message };
    const refusal = libraryRefusal(error);
    if (refusal === 'frame-too-large') {
      this.#refuseFrame(session, 2 * this.limits.frameBytesMax);
    } else if (refusal) this.#refusals.count(refusal, details);
    else if (isNetworkError(error)) this.#logger.debug(details, 'MQTT connection broke');
    else this.#refusals.count('protocol-error', details);
  }

  #lookAfterSessions(): void {
    const now = steadyNow();
    this.#admission.prune(now);
    this.#displacements.prune(now);
    this.#intake.lookAfter(now);
    for (const session of this.#sessions) {
      session.watch(now);
      if (session.identity && session.silentFor(now) > session.keepAliveS * 1500) {
        this.#aedes.emit('keepaliveTimeout', session.client);
        this.#close(session);
      }
    }
  }

  #certificatesChanged(): void {
    this.reloadCertificates().then(
      () => this.#logger.info('certificate reloaded'),
      (error: unknown) => this.#logger.error({ err: error }, 'certificate does not load: the old one stays'),
    );
  }

  // Being let in

  #preConnect(client: Client, packet: ConnectPacket, done: (error: null, success: boolean) => void): void {
    const session = this.#sessionOf.get(client);
    if (session) {
      session.keepAliveS = packet.keepalive ?? 0;
      session.username = packet.username ?? '';
      // The library answers it; the error that follows does not say whose it was.
      if (!isVersionSpoken(packet.protocolVersion))
        this.#tellRefused(session, packet.clientId, 'protocol-version');
    }
    // Our own sweep watches over silence: a timer for each client, set anew by each packet, costs more.
    packet.keepalive = 0;
    // Nothing is kept for a client that is away: an absent subscriber would gather messages without a limit.
    packet.clean = true;
    done(null, session !== undefined);
  }

  /** Undefined: the client may come in. */
  async #letIn(
    client: Client,
    username: string,
    password: Uint8Array,
  ): Promise<AuthenticateError | undefined> {
    const session = this.#sessionOf.get(client);
    if (!session) return notChecked('connection closed');
    const { address, keepAliveS, place } = session;
    const applicant = { clientId: client.id, address, keepAliveS, username, password, place };
    const answer = await this.#admission.check(applicant);
    if (typeof answer !== 'string') {
      session.identity = answer;
      session.heardAt = steadyNow();
      return undefined;
    }
    session.refused = true;
    this.#refusals.count(answer, { client: client.id, username, address });
    this.#tellRefused(session, client.id, whyRefused(answer), answer);
    return refusalError(answer);
  }

  #tellRefused(session: Session, clientId: string, why?: ConnectionRefusal, refusal?: BrokerRefusal): void {
    if (!why) return;
    const { username, address: from } = session;
    const known = this.#admission.isKnown([username, clientId], from, refusal);
    this.#host.refusedConnection?.({ username, clientId, why, from, known });
  }

  #notChecked(error: unknown): AuthenticateError {
    this.#logger.error({ err: error }, 'credentials could not be checked');
    return notChecked('credentials could not be checked');
  }

  /** Runs before an older connection of the same client id is sent away, so that its will is known to be stale. */
  #takesPlace(client: Client): void {
    const session = this.#sessionOf.get(client);
    if (!session) return;
    // The wall clock as a floor lets the numbers grow over restarts too.
    this.#lastNumber = Math.max(this.#lastNumber + 1, Date.now());
    session.number = this.#lastNumber;
    const old = this.#live.get(client.id);
    const seen =
      old?.conn.destroyed === false &&
      this.#displacements.note(client.id, { old: old.address, young: session.address }, steadyNow());
    if (seen && session.identity) this.#host.twoAsOne?.(session.identity, seen);
    this.#live.set(client.id, session);
  }

  #online(client: Client): void {
    const session = this.#sessionOf.get(client);
    if (session?.identity) this.#host.presence(session.identity, true, session.number);
  }

  #offline(client: Client): void {
    const session = this.#sessionOf.get(client);
    if (!session?.identity || this.#state !== 'running') return;
    if (!session.reader.saidGoodbye) this.#admission.brokeOff(client.id);
    if (this.#live.get(client.id) !== session) return;
    this.#live.delete(client.id);
    this.#host.presence(session.identity, false, session.number);
  }

  // What comes by way of the library

  /** Publishes of QoS 2, which are acknowledged after `done`, and last wills. */
  #publishedThroughLibrary(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    const session = client ? this.#sessionOf.get(client) : undefined;
    if (!client || !session?.identity) {
      done(new Error('not let in'));
      return;
    }
    const { topic, qos, retain } = packet;
    const publish = { topic, payload: Buffer.from(packet.payload), qos, retain };
    if (client.closed) {
      this.#will(session, publish);
      done();
    } else if (isRepeat(client, packet)) {
      done();
    } else {
      this.#intake.takeFromLibrary(session, publish, done);
    }
  }

  /** A will speaks for the newest session only, and not at all when it is we who leave. */
  #will(session: Session, publish: Publish): void {
    if (this.#state !== 'running' || this.#live.get(session.client.id) !== session) return;
    if (publish.topic === '' || /[#+\0]/.test(publish.topic)) {
      this.#refusals.count('protocol-error', { client: session.client.id, will: publish.topic });
      return;
    }
    this.#intake.takeWill(session, publish);
  }

  #maySubscribe(client: Client, { topic }: Subscription): boolean {
    const session = this.#sessionOf.get(client);
    const may =
      session?.identity !== undefined &&
      this.#fanOut.filterCount(session.subscriber) < this.limits.subscriptionsPerClientMax &&
      this.#host.maySubscribe(session.identity, topic);
    if (!may) this.#refusals.count('subscribe-not-allowed', { client: client.id, filter: topic });
    return may;
  }

  #subscribed(client: Client, subscriptions: readonly Subscription[]): void {
    const session = this.#sessionOf.get(client);
    if (!session || session.conn.destroyed) return;
    for (const { topic, qos } of subscriptions) {
      const granted = qos as number;
      if (granted <= 2) this.#fanOut.subscribe(session.subscribe(), topic, granted === 0 ? 0 : 1);
    }
  }

  #unsubscribed(client: Client, filters: readonly string[]): void {
    const subscriber = this.#sessionOf.get(client)?.subscriber;
    if (subscriber) for (const filter of filters) this.#fanOut.unsubscribe(subscriber, filter);
  }
}
