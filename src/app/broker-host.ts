import type { Clock } from '../lib/clock.ts';
import { isSlowHash, verifySecret } from '../lib/secrets.ts';
import type { RefusedLately } from '../model/connection-refusal.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message, RememberedTopic } from '../model/message.ts';
import type { BrokerHost, Identity, InboundMessage, PublishRoute } from '../ports/broker.ts';
import type { Core } from './core.ts';
import type { Decoder } from './decode.ts';
import type { DeviceFaults } from './device-fault.ts';
import { isLetIn } from './disabled-device.ts';
import { callsForHelp } from './inbox.ts';
import type { Loop } from './loop.ts';
import { RefusedConnections } from './refused-connections.ts';
import { isFromUs, isToDevice, namedIn, statusOf } from './status-topic.ts';
import { unmodelled } from './unmodelled.ts';

/** A program that may read every topic, from config/service.yaml. */
export interface ServiceAccount {
  readonly name: string;
  readonly secretHash: string;
}

export interface BrokerHostOptions {
  readonly core: Core;
  readonly loop: Loop;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly serviceAccounts: readonly ServiceAccount[];
  /** An outside broker has let its clients in itself: what comes from it is taken by topic alone. */
  readonly trusting: boolean;
  /** Other services take from the same outside broker: a device that is not known here is one of theirs. */
  readonly sharing?: boolean;
  /** Tells people of what is wrong with how devices connect. */
  readonly faults?: Pick<DeviceFaults, 'note'>;
  /** Who was refused. */
  readonly door?: RefusedConnections;
  /** A service account published this: it may be a command for a device that does not speak MQTT. */
  readonly relayed?: (topic: string, payload: Uint8Array) => void;
}

/** What is known of connections: by device or gateway, whether one is open, and which. Not durable: it is true of this moment. */
export type Presence = Map<string, Connection>;

interface Connection {
  online: boolean;
  session: number;
  secretHash: string | undefined;
  /** Connections under its name were refused since it was last let in. */
  refused?: RefusedLately;
  /** When two were last seen to fight for its credential. */
  twoAsOne?: number;
}

/** Answers what a broker asks: who is this, where may it publish, who takes the message. */
export function brokerHost(options: BrokerHostOptions, presence: Presence): BrokerHost {
  const { core, loop, decoder, clock, serviceAccounts, trusting, sharing, faults, relayed } = options;
  const { door = new RefusedConnections() } = options;
  return {
    now: () => clock.now(),
    authenticate: (_clientId, username, password) => authenticate(core, serviceAccounts, username, password),
    refusedConnection: (refused) =>
      door.note(refused, { core, presence, accounts: serviceAccounts }, clock.now()),
    checksSlowly: (username) => isSlowHash(storedHash(core, serviceAccounts, username) ?? ''),
    route(identity, topic, remembered) {
      if (!trusting) return routeOf(core, decoder, identity, topic, remembered);
      if (isFromUs(topic) || isToDevice(topic)) return 'relay';
      return sharing && isElsewhere(core, decoder, topic) ? 'elsewhere' : 'ingest';
    },
    // Whose device it is, and behind which gateway, says the registry alone; models and envelopes stay as they are.
    routesAsOf: () => core.registry.revision,
    maySubscribe: (identity, filter) => maySubscribe(core, identity, filter),
    receive: (inbound: InboundMessage) => loop.receive(inbound),
    onRoom: (resume, ahead) => loop.onRoom(resume, ahead),
    callsForHelp,
    ...(relayed ? { relayed } : {}),
    diverted(message: Message, identity: Identity, done) {
      const detail = `${identity.kind} ${identity.id} may not publish here`;
      const callers = decoder.callersIn(core, message);
      const isHeard = callers.calls !== undefined || callers.strangers !== undefined;
      // Under its own topic, most likely: of a model that is not there nobody knows it.
      const model = unmodelled(core, identity.id)?.model;
      const refusal: Refusal =
        model === undefined
          ? { reason: 'foreign-topic', detail, ...callers }
          : { reason: 'model-missing', detail: model, ...callers };
      loop.reject(message, identity.id, refusal, isHeard ? done : undefined);
      if (!isHeard) done();
    },
    refusedFrame(from, bytes, { identity, topic = '', whole } = {}) {
      const at = clock.now();
      const message: Message = whole?.message ?? {
        receivedAt: at,
        topic,
        payload: new Uint8Array(),
        client: from,
      };
      const id = identity?.id ?? decoder.namedBy(core, message) ?? decoder.deviceOf(topic) ?? '';
      const device = core.registry.device(id)?.id;
      const calls = decoder.callsInLong(core, message);
      const isHeard = whole !== undefined && calls.length > 0;
      const refusal = { reason: 'too-large', detail: `a frame of ${bytes} bytes` } as const;
      loop.reject(
        message,
        device,
        isHeard ? { ...refusal, calls } : refusal,
        isHeard ? whole.done : undefined,
      );
      if (!isHeard) whole?.done();
      faults?.note(id, 'frame-too-large', at, { bytes, bytesMax: LIMITS.frameBytesMax });
    },
    twoAsOne({ id }, { count, from }) {
      const at = clock.now();
      const known = presence.get(id);
      if (known) known.twoAsOne = at;
      faults?.note(id, 'two-as-one', at, { count, from });
    },
    devicesOf: ({ id }) => core.registry.behind(id).length,
    flooding: ({ id }, { messages, bytes, from }) =>
      faults?.note(id, 'flooding', clock.now(), { messages, bytes, from }),
    presence(identity, online, session) {
      if (online) door.letIn(identity.id);
      notePresence(core, presence, identity.id, online, session);
    },
  };
}

/** A connection opened or closed; what is said of one that is not the newest is old. */
export function notePresence(
  core: Core,
  presence: Presence,
  id: string,
  online: boolean,
  session: number,
): void {
  const known = presence.get(id);
  if (known && known.session > session) return;
  const twoAsOne = known?.twoAsOne;
  presence.set(id, { online, session, secretHash: hashOf(core, id), ...(twoAsOne && { twoAsOne }) });
}

const hashOf = (core: Core, id: string): string | undefined =>
  (core.registry.device(id) ?? core.registry.gateway(id))?.secretHash;

/** Is this client connected under a credential that does not let it in any more? */
export function isOutdated(core: Core, presence: Presence, id: string): boolean {
  const connection = presence.get(id);
  if (!connection?.online) return false;
  const device = core.registry.device(id);
  const entry = device ?? core.registry.gateway(id);
  const isOut = device ? !isLetIn(core, device) : entry?.disabled;
  return !entry || isOut === true || entry.secretHash !== connection.secretHash;
}

const storedHash = (core: Core, accounts: readonly ServiceAccount[], username: string): string | undefined =>
  accounts.find(({ name }) => name === username)?.secretHash ?? hashOf(core, username);

/**
 * User name and client id of a device are its id. Whoever is not in the registry, or switched off, stays outside; but a band
 * that is switched off may be on somebody's wrist, and is let in for its calls.
 */
async function authenticate(
  core: Core,
  accounts: readonly ServiceAccount[],
  username: string,
  password: Uint8Array,
): Promise<Identity | undefined> {
  const account = accounts.find(({ name }) => name === username);
  if (account)
    return (await verifySecret(password, account.secretHash)) ? { kind: 'service', id: username } : undefined;
  const device = core.registry.device(username);
  const known = device ?? core.registry.gateway(username);
  const isOut = device ? !isLetIn(core, device) : known?.disabled;
  if (!known?.secretHash || isOut || !(await verifySecret(password, known.secretHash))) return undefined;
  return { kind: device ? 'device' : 'gateway', id: username };
}

/** Said of topics that name a device; what an envelope holds is seen when it is opened. */
function isElsewhere(core: Core, decoder: Decoder, topic: string): boolean {
  const device = decoder.deviceOf(topic) ?? namedIn(topic);
  return (
    device !== undefined &&
    core.registry.device(device) === undefined &&
    core.registry.gateway(device) === undefined
  );
}

function routeOf(
  core: Core,
  decoder: Decoder,
  identity: Identity,
  topic: string,
  remembered: RememberedTopic | undefined,
): PublishRoute {
  const device = remembered ? decoder.remember(core, remembered) : decoder.deviceOf(topic);
  if (identity.kind === 'service')
    return device === undefined && !decoder.envelopeOf(topic) ? 'relay' : 'ingest';
  if (device !== undefined) return speaksFor(core, identity, device) ? 'ingest' : 'foreign';
  const envelope = decoder.envelopeOf(topic);
  // Whose bytes are in it is seen when it is opened.
  if (envelope) return identity.kind === 'gateway' || envelope.fromDevice ? 'ingest' : 'foreign';
  const about = statusOf(topic);
  return about !== undefined && (about === identity.id || speaksFor(core, identity, about))
    ? 'status'
    : 'foreign';
}

function speaksFor(core: Core, identity: Identity, device: string): boolean {
  if (identity.kind === 'device') return identity.id === device;
  return core.registry.device(device)?.gateway === identity.id;
}

/** A device hears what is said to it, a gateway what is said to those behind it; everything is for service accounts. */
function maySubscribe(core: Core, identity: Identity, filter: string): boolean {
  if (identity.kind === 'service') return true;
  // Commands to an edge node of Sparkplug B: what there is to hear are our own requests, and they hold nothing.
  if (identity.kind === 'gateway' && /^spBv1\.0\/[^/+#]+\/[ND]CMD\/[^/+#]+(?:\/[^/+#]+)?$/.test(filter))
    return true;
  const match = /^shouwang\/([^/+#]+)\/command$/.exec(filter);
  const device = match?.[1];
  return device !== undefined && (device === identity.id || speaksFor(core, identity, device));
}
