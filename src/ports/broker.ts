import type { ConnectionRefusal } from '../model/connection-refusal.ts';
import type { Refusal } from '../model/effect.ts';
import type { Message, RememberedTopic, Report } from '../model/message.ts';
import type { Text } from '../model/text.ts';

/** Who a client turned out to be. A gateway speaks for the devices that the registry places behind it. */
export type Identity =
  | { readonly kind: 'device'; readonly id: string }
  | { readonly kind: 'gateway'; readonly id: string }
  | { readonly kind: 'service'; readonly id: string };

/**
 * Where a publish goes. `foreign` is accepted, diverted, counted and shown; the socket stays open. `elsewhere`: of a
 * home that another service of the group watches over.
 */
export type PublishRoute = 'ingest' | 'status' | 'relay' | 'foreign' | 'elsewhere';

/** A message on its way in. Nothing was acknowledged yet. */
export interface InboundMessage {
  readonly message: Message;
  readonly qos: 0 | 1 | 2;
  /** Somebody calls for help further behind on the same connection, and the order of a connection stays: it goes first. */
  readonly ahead?: boolean;
  /** Called once, after the commit (or after a counted refusal): only now may the sender be told that it is safe. */
  done(): void;
  /** Called for each device in it, before the commit: what was taken, and what was not. */
  heard?(accepted: Report | undefined, refusals: readonly Refusal[]): void;
}

export interface RefusedConnection {
  readonly username: string;
  readonly clientId: string;
  readonly why: ConnectionRefusal;
  /** Its address. */
  readonly from: string;
  /** It showed the secret, or somebody did who was let in from there: else it may be anybody who knows the name. */
  readonly known: boolean;
}

/** What a broker asks of the service. */
export interface BrokerHost {
  now(): number;
  /** Checks the credential; undefined refuses it. The client id must be the identity's own. */
  authenticate(clientId: string, username: string, password: Uint8Array): Promise<Identity | undefined>;
  /** Whether to check a credential of this name takes long on purpose, because it may be guessed. */
  checksSlowly?(username: string): boolean;
  /**
   * Synchronous: where may this identity's message go?
   *
   * @param remembered the topic, where the broker remembers it: what is found out about it is noted there
   */
  route(identity: Identity, topic: string, remembered?: RememberedTopic): PublishRoute;
  /** A number that is another one as soon as a route may be another one. Without it each publish is asked about. */
  routesAsOf?(): number;
  /** May the identity subscribe to this filter? `#` and `$SYS` are for service accounts. */
  maySubscribe(identity: Identity, filter: string): boolean;
  /** Takes a message into the inbox; false when it is full: call again after `onRoom`. */
  receive(inbound: InboundMessage): boolean;
  /**
   * Calls `resume` once, as soon as the inbox has room again: asked anew after each refusal. Never within this call.
   *
   * @param ahead for messages that go ahead of others: there is room for them before there is any for all
   */
  onRoom(resume: () => void, ahead?: boolean): void;
  /** Whether somebody seems to call for help in bytes that wait: messages, or pieces of such. Only a hint, and cheap. */
  callsForHelp?(bytes: Uint8Array): boolean;
  /** A service account published something for others; subscribers have it already. Never called for what we publish. */
  relayed?(topic: string, payload: Uint8Array): void;
  /**
   * A message under a topic that the sender does not own. Its payload is a view of what was read: copy what is kept.
   * `done` is called once, before this returns; or, where somebody calls for help in it, when that is on disk.
   */
  diverted(message: Message, identity: Identity, done: () => void): void;
  /** A connection was refused. What it said of itself is what anybody may say. */
  refusedConnection?(refused: RefusedConnection): void;
  /**
   * Too large for the frame guard, before or after the client was let in.
   *
   * @param of who sent it, once it was let in; or the topic, where an outside broker has looked who may publish there;
   *   and the whole message, where all of it came: its `done` is called once, as in `diverted`
   */
  refusedFrame(
    from: string,
    bytes: number,
    of?: {
      readonly identity?: Identity;
      readonly topic?: string;
      readonly whole?: Pick<InboundMessage, 'message' | 'done'>;
    },
  ): void;
  /** Two connections put each other out in turn, each with this one's credential: how often in a row, and from where. */
  twoAsOne?(identity: Identity, seen: { readonly count: number; readonly from: string }): void;
  /** How many devices a gateway speaks for: so much more may come over its connection. */
  devicesOf?(identity: Identity): number;
  /** A client has brought all that one minute may bring, and is read on in the next one. */
  flooding?(
    identity: Identity,
    brought: { readonly messages: number; readonly bytes: number; readonly from: string },
  ): void;
  /** A device's connection opened or closed; `session` grows with each connection of this client id. */
  presence(identity: Identity, online: boolean, session: number): void;
}

/** The only code that speaks MQTT. Two adapters: embedded (aedes) and external (mqtt). */
export interface Broker {
  start(): Promise<BrokerAddresses>;
  stop(): Promise<void>;
  /** Publishes to subscribers (commands, alerts). Resolves when handed over; slow readers are dropped, not waited for. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: { retain?: boolean; qos?: 0 | 1 },
  ): Promise<void>;
  /** Closes the connection of this client, if it is open: it was switched off, or its credential changed. */
  disconnect(clientId: string): void;
  /** Reads certificate and key anew; false when TLS is not configured. @throws if the files do not load: the old ones stay. */
  reloadCertificates(): Promise<boolean>;
  stats(): BrokerStats;
}

export interface BrokerAddresses {
  readonly mqtt?: string;
  readonly mqtts?: string;
  readonly webSocket?: string;
  readonly upstream?: string;
}

/** Counters since the start; every refusal has its own. */
export interface BrokerStats {
  readonly connected: boolean;
  /** Why an outside broker is away, as far as it was said. */
  readonly trouble?: Text;
  /** Another program connects under our client id, and takes messages of ours. */
  readonly hasRival?: boolean;
  /** The certificate that devices are shown, or that an outside broker last showed us; absent without TLS. */
  readonly certificate?: CertificateInUse;
  readonly clients: number;
  readonly received: number;
  readonly refused: Readonly<Record<BrokerRefusal, number>>;
  readonly slowReadersDropped: number;
  /** From where lately so many connections were open that said nothing that some were dropped. */
  readonly crowded?: { readonly address: string; readonly dropped: number } | undefined;
  /** From where lately devices with their secret were refused, because there were as many connections as may be. */
  readonly full?: { readonly address: string; readonly refused: number } | undefined;
  /** Topics that an outside broker does not let us hear, though somebody may call under them. */
  readonly unheard?: readonly string[];
  /** How often an outside broker no longer had our session when we came back. */
  readonly sessionsLost?: number;
  /** The last time that it was so: since when we were away then, and when we came back, by the wall. */
  readonly sessionLost?: { readonly from: number; readonly until: number };
  /** Messages of other homes that were handed on to the group; absent where nothing is shared. */
  readonly handedOn?: number;
  /** How many others are in the group. */
  readonly sharedWith?: number;
}

export interface CertificateInUse {
  /** When it ends (milliseconds). */
  readonly endsAt: number;
  /** Of console and API, not of the port of devices. */
  readonly of?: 'console';
  /** Where it is not ours: the address of the broker that showed it to us. */
  readonly shownBy?: string;
  /** Why what came to replace it does not load. */
  readonly renewal?: Text;
}

export const BROKER_REFUSALS = [
  'wrong-credentials',
  'client-id-mismatch',
  'frame-too-large',
  'connect-timeout',
  'too-many-connections',
  'too-many-knocking',
  'flapping',
  'flooding',
  'too-many-auth-failures',
  'protocol-error',
  'subscribe-not-allowed',
  'foreign-topic',
  'slow-reader',
  'not-ours',
] as const;
export type BrokerRefusal = (typeof BROKER_REFUSALS)[number];
