import type { Socket } from 'node:net';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { doubled, spread } from '../lib/back-off.ts';
import { readSecretFile } from '../lib/secret-file.ts';
import type { Text } from '../model/text.ts';
import type {
  Broker,
  BrokerAddresses,
  BrokerHost,
  BrokerStats,
  Identity,
  InboundMessage,
} from '../ports/broker.ts';
import { awayBecause, clientOptions, shownCertificate } from './external-client.ts';
import { Handover, type Taken, takenOf } from './handover.ts';
import { type BrokerLimits, type ExternalBrokerOptions, limitsWith } from './options.ts';
import { holdPubacks } from './pubacks.ts';
import { Refusals, refusalOf } from './refusals.ts';
import { RIVAL, Rivalry } from './rivalry.ts';
import { SessionLoss } from './session-loss.ts';
import { Subscriptions } from './subscriptions.ts';
import { SecondConnection } from './witness.ts';

/**
 * Who speaks to us through an outside broker: it has asked for the passwords, and its access rules say which device
 * publishes under which topic (mosquitto: `pattern write shouwang/%u/telemetry`). The host decides by the topic alone.
 */
const UPSTREAM: Identity = { kind: 'service', id: 'upstream' };

type Settle = (error?: Error | null, packet?: unknown) => void;

/**
 * An outside broker (mosquitto, EMQX, …) in the place of our own. The service subscribes with QoS 1 in a session that
 * the broker keeps, so that messages wait there while we are away, and acknowledges each message when the service has
 * finished it.
 *
 * `publish` resolves when the outside broker has acknowledged (QoS 1) or the message is written (QoS 0). While we are
 * away, QoS 1 messages wait in a bounded queue.
 */
export function externalBroker(options: ExternalBrokerOptions, host: BrokerHost, logger: Logger): Broker {
  return new ExternalBroker(options, host, logger);
}

class ExternalBroker implements Broker {
  readonly #options: ExternalBrokerOptions;
  readonly #host: BrokerHost;
  readonly #logger: Logger;
  readonly #limits: BrokerLimits;
  readonly #refusals: Refusals;
  #client: MqttClient | undefined;
  #sendPuback: ((messageId: number) => void) | undefined;
  /** Grows with each connection: acknowledgements of an earlier one must not be sent over this one. */
  #connection = 0;
  #attempts = 0;
  readonly #rivalry: Rivalry;
  readonly #subscriptions: Subscriptions;
  #subscribed = false;
  #hadSession = false;
  /** Why the last attempt failed. */
  #trouble: Text | undefined;
  #certificate: BrokerStats['certificate'];
  readonly #loss = new SessionLoss();
  #subscribeTimer: NodeJS.Timeout | undefined;
  #received = 0;
  /** Messages that the service has and has not finished. */
  #unfinished = 0;
  #whenFinished: (() => void) | undefined;
  /** The message that found no room, and what lets the next one in. */
  #waiting: { inbound: InboundMessage; next: () => void } | undefined;
  readonly #handover: Handover | undefined;
  readonly #outgoing = new Set<Settle>();
  /** Under which topics we spoke ourselves: an outside broker gives that back to us. */
  readonly #published = new Set<string>();
  #stopped = false;

  constructor(options: ExternalBrokerOptions, host: BrokerHost, logger: Logger) {
    this.#options = options;
    this.#host = host;
    this.#logger = logger;
    this.#limits = limitsWith(options.limits);
    this.#rivalry = new Rivalry(new SecondConnection(options, this.#limits));
    this.#refusals = new Refusals(logger, 'refused between the outside broker and us');
    if (options.sharedGroup !== undefined)
      this.#handover = new Handover(options.sharedGroup, options.clientId, options.sharing ?? 'all', {
        publish: (topic, payload) => this.#send(topic, payload, { qos: 1, retain: false }),
        connection: () => (this.#stopped ? undefined : this.#connection),
        backoffMs: this.#limits.upstreamBackoffMsFirst,
      });
    this.#subscriptions = new Subscriptions(options, this.#handover);
  }

  /** Resolves when the first attempt has ended, well or not: the service works and tries on while the broker is away. */
  async start(): Promise<BrokerAddresses> {
    const client = mqtt.connect(
      this.#options.url,
      await clientOptions(this.#options, this.#limits, this.#backoffMs()),
    );
    this.#client = client;
    const firstAttempt = new Promise<void>((resolve) => {
      client.once('connect', () => resolve());
      client.once('close', () => resolve());
    });
    client.on('connect', ({ sessionPresent }) => this.#connected(client, sessionPresent));
    client.on('reconnect', () => this.#attempting(client));
    client.on('close', () => this.#disconnected());
    client.on('error', (error) => this.#failed(error));
    client.handleMessage = (packet, done) => this.#arrived(packet, done);
    this.#sendPuback = holdPubacks(client);
    await firstAttempt;
    return { upstream: this.#options.url };
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#subscribeTimer);
    this.#rivalry.end();
    await this.#everythingFinished();
    const client = this.#client;
    // A polite end would wait for acknowledgements that may never come.
    const politely = client?.connected === true && Object.keys(client.outgoing).length === 0;
    for (const settle of [...this.#outgoing]) settle(new Error('the broker connection is closed'));
    await client?.endAsync(!politely);
  }

  async publish(
    topic: string,
    payload: string | Uint8Array,
    { retain = false, qos = 0 }: { retain?: boolean; qos?: 0 | 1 } = {},
  ): Promise<void> {
    if (this.#published.size >= this.#limits.topicsRememberedMax) this.#published.clear();
    this.#published.add(topic);
    await this.#send(topic, payload, { retain, qos });
  }

  /** Resolves with what the broker said (MQTT 5): whether anybody hears it. */
  #send(
    topic: string,
    payload: string | Uint8Array,
    { retain, qos }: { retain: boolean; qos: 0 | 1 },
  ): Promise<Taken> {
    const client = this.#client;
    if (!client || this.#stopped) return Promise.reject(new Error('the broker is not started'));
    if (this.#outgoing.size >= this.#limits.upstreamOutboxMax) {
      return Promise.reject(new Error('too many messages wait for the outside broker'));
    }
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
    return new Promise((resolve, reject) => {
      const settle: Settle = (error, packet) => {
        clearTimeout(timer);
        if (!this.#outgoing.delete(settle)) return;
        if (error) reject(error);
        else resolve(takenOf(packet));
      };
      const timer = setTimeout(() => {
        // What is given up must not arrive later, and must not stay in the library's store.
        if (packetId !== undefined) client.removeOutgoingMessage(packetId);
        settle(new Error('the outside broker did not take the message in time'));
      }, this.#limits.upstreamPublishTimeoutMs).unref();
      this.#outgoing.add(settle);
      client.publish(topic, bytes, { qos, retain }, (error, packet) => settle(error, packet));
      const packetId = qos === 0 ? undefined : client.getLastMessageId();
    });
  }

  /** Whom an outside broker lets in is its own affair. */
  disconnect(): void {}

  /** Certificates of clients are the outside broker's affair. */
  reloadCertificates(): Promise<boolean> {
    return Promise.resolve(false);
  }

  stats(): BrokerStats {
    const hasRival = this.#rivalry.isOnAt(performance.now());
    const connected = this.#client?.connected === true && this.#subscribed && !this.#stopped && !hasRival;
    const trouble = hasRival ? RIVAL : this.#trouble;
    return {
      connected,
      clients: connected ? 1 : 0,
      received: this.#received,
      refused: this.#refusals.counts(),
      slowReadersDropped: 0,
      ...this.#loss.stats(),
      unheard: connected ? this.#subscriptions.unheard : [],
      ...(connected || !trouble ? {} : { trouble, hasRival }),
      ...(this.#certificate && { certificate: this.#certificate }),
      ...this.#handover?.stats(),
    };
  }

  // The connection

  #connected(client: MqttClient, sessionPresent: boolean): void {
    if (this.#rivalry.connected(performance.now()))
      this.#logger.error({ url: this.#options.url, clientId: this.#options.clientId }, RIVAL.en);
    if (!this.#rivalry.isOnAt(performance.now())) this.#attempts = 0;
    this.#trouble = undefined;
    // Its session was there before: what waited in it, and came since, is gone.
    if (this.#hadSession && !sessionPresent) {
      const lost = { url: this.#options.url, ...this.#loss.lost(Date.now()) };
      this.#logger.error(lost, 'the outside broker has lost our session: messages may be lost');
    }
    this.#loss.back();
    this.#certificate = shownCertificate(client.stream, this.#options.url);
    client.options.reconnectPeriod = this.#backoffMs();
    // Acknowledgements are small and somebody waits for each.
    (client.stream as Partial<Socket>).setNoDelay?.(true);
    this.#logger.info({ url: this.#options.url }, 'connected to the outside broker');
    void this.#subscribe(client);
  }

  #disconnected(): void {
    // Whatever was not acknowledged is sent again by the broker over the next connection.
    this.#connection++;
    if (!this.#stopped) this.#rivalry.lost(performance.now());
    this.#loss.away(Date.now());
    this.#subscribed = false;
    clearTimeout(this.#subscribeTimer);
    this.#waiting = undefined;
  }

  /** An attempt begins; the wait after it, should it fail, is longer. */
  #attempting(client: MqttClient): void {
    this.#attempts++;
    client.options.reconnectPeriod = this.#backoffMs();
    const { password, passwordFile } = this.#options;
    if (passwordFile === undefined) return;
    const now = readSecretFile(passwordFile) ?? password;
    if (now !== undefined) client.options.password = now;
  }

  #backoffMs(): number {
    const { upstreamBackoffMsFirst, upstreamBackoffMsMax } = this.#limits;
    const whole = doubled(this.#attempts, upstreamBackoffMsFirst, upstreamBackoffMsMax);
    return Math.ceil(spread(whole, Math.random()));
  }

  #failed(error: Error & { code?: unknown }): void {
    const refusal = refusalOf(error);
    this.#rivalry.failed();
    this.#trouble = awayBecause(error, refusal);
    const details = { url: this.#options.url, error: error.message };
    if (refusal) this.#refusals.count(refusal, details);
    else this.#logger.warn(details, 'outside broker');
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { url } = this.#options;
    const connection = this.#connection;
    const asked = await this.#subscriptions.renew(
      client,
      () => connection !== this.#connection || this.#stopped,
    );
    if (!asked) return;
    const { unheard } = this.#subscriptions;
    if (unheard.length > 0) this.#logger.error({ url, filters: unheard }, 'what comes there is not heard');
    const { refused, error } = asked;
    this.#subscribed = refused.length === 0;
    if (this.#subscribed) {
      this.#hadSession = true;
      this.#joinGroup();
      return;
    }
    this.#refusals.count('subscribe-not-allowed', { url, filters: refused, error: error?.message });
    // The rules over there may be put right while we are connected.
    this.#attempts++;
    this.#subscribeTimer = setTimeout(() => void this.#subscribe(client), this.#backoffMs()).unref();
  }

  #joinGroup(): void {
    if (!this.#handover) return;
    this.#send(this.#handover.ownTopic, 'here', { qos: 1, retain: true }).catch((error: Error) =>
      this.#logger.warn({ error: error.message }, 'the others of the shared group do not know of us yet'),
    );
  }

  // What comes in

  /**
   * The library handles one message after the other, and acknowledges each before it takes the next: with a commit in
   * between that is one message a commit. So the next one is let in as soon as this one is in the inbox, and the
   * acknowledgement that the library then sends is held back (see pubacks.ts) until the service has finished it.
   */
  #arrived(packet: IPublishPacket, next: () => void): void {
    // What comes while we leave is not acknowledged, so it waits over there.
    if (this.#stopped) return;
    const { qos, messageId } = packet;
    const handed = this.#handover?.original(packet.topic);
    const topic = handed ?? packet.topic;
    const payload = Buffer.from(packet.payload);
    const connection = this.#connection;
    const acknowledge = (): void => {
      if (qos > 0 && connection === this.#connection) this.#sendPuback?.(messageId as number);
      this.#finishOne();
    };
    this.#unfinished++;
    if (this.#published.has(topic) || this.#handover?.noteMember(topic, payload)) {
      next();
      acknowledge();
      return;
    }
    const kept = packet.retain ? { retained: true } : undefined;
    const inbound = {
      message: { receivedAt: this.#host.now(), topic, payload, ...kept },
      qos,
      done: acknowledge,
    };
    const route = this.#host.route(UPSTREAM, topic);
    if (route === 'elsewhere' && handed === undefined && this.#handover?.handsOn) {
      next();
      void this.#handOn(inbound);
      return;
    }
    if (route === 'ingest' || route === 'status' || (route === 'elsewhere' && this.#isToTell(topic))) {
      this.#offer(this.#orHandOn(inbound, handed), next);
      return;
    }
    next();
    if (route === 'elsewhere') this.#refusals.count('not-ours', { topic });
    if (route !== 'foreign') acknowledge();
    else {
      this.#refusals.count('foreign-topic', { topic });
      this.#host.diverted(inbound.message, UPSTREAM, acknowledge);
    }
  }

  /** A device that is not known here either is refused as such now and then, so that it is seen. */
  #isToTell(topic: string): boolean {
    return this.#handover?.isToTell(topic, this.#host.now()) === true;
  }

  /** What stands in an envelope is seen when it is opened: then it is handed on after the commit. */
  #orHandOn(inbound: InboundMessage, handed: string | undefined): InboundMessage {
    if (!this.#handover?.handsOn || handed !== undefined) return inbound;
    let isStray = false;
    return {
      ...inbound,
      heard(_report, refusals) {
        isStray ||= refusals.some(({ reason }) => reason === 'unknown-device');
      },
      done: () => {
        if (isStray) void this.#handOn(inbound, true);
        else inbound.done();
      },
    };
  }

  /** @param told that it is of nobody here is in the records already */
  async #handOn(inbound: InboundMessage, told = false): Promise<void> {
    const { topic, payload } = inbound.message;
    const taken = await this.#handover?.handOn(topic, payload);
    // Nobody else is there to know it: it is refused here, by name.
    const isNobodys = taken === 'nobody' || (taken !== undefined && this.#handover?.isAlone === true);
    if (isNobodys && !told) this.#offer(inbound, () => undefined);
    else if (taken === undefined) this.#finishOne();
    else inbound.done();
  }

  /** While a message finds no room, no further one is read: the broker over there keeps them. */
  #offer(inbound: InboundMessage, next: () => void): void {
    const { topic, payload } = inbound.message;
    if (payload.length > this.#limits.frameBytesMax) {
      this.#refusals.count('frame-too-large', { topic, bytes: payload.length });
      next();
      this.#host.refusedFrame(UPSTREAM.id, payload.length, { topic, whole: inbound });
      return;
    }
    if (this.#host.receive(inbound)) {
      this.#received++;
      next();
      return;
    }
    this.#waiting = { inbound, next };
    this.#host.onRoom(() => {
      const waiting = this.#waiting;
      if (waiting?.inbound !== inbound) {
        // The connection is gone, and the message with it; the broker sends it again.
        this.#finishOne();
        return;
      }
      this.#waiting = undefined;
      this.#offer(inbound, waiting.next);
    });
  }

  #finishOne(): void {
    if (--this.#unfinished === 0) this.#whenFinished?.();
  }

  async #everythingFinished(): Promise<void> {
    if (this.#unfinished === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenFinished = resolve;
    const timer = setTimeout(resolve, this.#limits.brokerStopMs);
    await promise;
    clearTimeout(timer);
  }
}
