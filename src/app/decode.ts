import type { Decoded, DeviceDefinition, FlagWord } from '../devices/define.ts';
import type { Envelopes } from '../devices/envelope.ts';
import type { Address, Frame, FrameContext } from '../devices/frame.ts';
import type { DeviceModels } from '../devices/match.ts';
import { withNetworkBattery } from '../devices/network-battery.ts';
import type { Call } from '../model/call-for-help.ts';
import { isFlagged } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import type { DeviceEvent, Message, RememberedTopic, Report } from '../model/message.ts';
import { clearedName, isAlarm } from '../model/metrics.ts';
import type { UntakenCall } from '../model/rejection.ts';
import { callingFrames } from './calling-frames.ts';
import type { Core } from './core.ts';
import { decodeSafely, lookOf, openSafely } from './decode-safely.ts';
import { disabledDevice } from './disabled-device.ts';
import { believable, entryOf, maySpeakFor, timeTold } from './frames.ts';
import { type Callers, callersIn, type Way } from './named-callers.ts';
import { besideRead } from './passed-over.ts';
import { RuntimeDevice } from './runtime.ts';
import { StandingCalls } from './standing-calls.ts';
import { isPresence, namedIn, statusOf } from './status-topic.ts';
import { unread } from './unmodelled.ts';
import {
  calledIn,
  callInLong,
  callInMessage,
  callInWords,
  callUnder,
  NOT_UNDERSTOOD,
  type Said,
} from './untaken-calls.ts';

/** What a message turned out to be: a report for the step, beside values that were refused; or nothing at all. */
export interface DecodedMessage {
  readonly report: Report | undefined;
  readonly device: string | undefined;
  readonly refusals: readonly Refusal[];
  /** Of a device that nobody enrolled: what a network calls it. */
  readonly stranger?: readonly Address[];
}

const NOTHING: readonly Refusal[] = [];
const TOPICS_MAX = 500_000;

/**
 * Topic → device → model → readings; or topic → envelope → address → device → model → readings. Which device a topic
 * names is remembered, because a fleet publishes under the same topics all day.
 */
export class Decoder {
  readonly #models: DeviceModels;
  readonly #envelopes: Envelopes;
  readonly #onEnveloped: ((message: Message) => void) | undefined;
  readonly #topics = new Map<string, string | undefined>();
  readonly #standing = new StandingCalls();

  /** @param onEnveloped sees every message in an envelope first: some of them announce devices */
  constructor(models: DeviceModels, envelopes: Envelopes, onEnveloped?: (message: Message) => void) {
    this.#models = models;
    this.#envelopes = envelopes;
    this.#onEnveloped = onEnveloped;
  }

  /**
   * Gives what the message says to `take`: once, or once for each device in an envelope. Each is to be stepped before
   * the next is decoded: what a status word changes depends on the word before.
   */
  decode(core: Core, message: Message, take: (decoded: DecodedMessage) => void): void {
    const device = this.deviceOf(message.topic);
    if (device === undefined) this.open(core, message, take);
    else take(this.ofDevice(core, device, message));
  }

  /** What a message says whose topic names this device. */
  ofDevice(core: Core, device: string, message: Message): DecodedMessage {
    const known = core.deviceOf(device);
    if (!known)
      return (
        unread(core, device, message) ??
        ofDisabled(core, device, message) ??
        refused(device, 'unknown-device', device.slice(0, 64))
      );
    return this.saidBy(known, message);
  }

  /** Notes with a topic which device it names, if it is enrolled; the id of the device, if it names one. */
  remember(core: Core, topic: RememberedTopic): string | undefined {
    // Not put with the topics here: whoever remembers it will not ask for it again.
    const device = this.#topics.get(topic.text) ?? this.#models.deviceOf(topic.text);
    if (device !== undefined) topic.meaning = core.devices.get(device);
    return device;
  }

  /** The device that speaks, where whoever brings the message remembers its topic, and nothing has changed since. */
  speakerOf(core: Core, { remembered }: Message): RuntimeDevice | undefined {
    if (remembered === undefined || remembered.asOf !== core.registry.revision) return undefined;
    const { meaning } = remembered;
    if (!(meaning instanceof RuntimeDevice)) return undefined;
    core.expectDevice(meaning);
    return meaning;
  }

  /** What a message of this device says. */
  saidBy(known: RuntimeDevice, message: Message): DecodedMessage {
    const model = this.#speaking(known, message);
    return this.#reportOf(known, decodeSafely(known, model, message), message, message, model);
  }

  /**
   * Who calls for help in a message which its client may not publish under its topic, or in an envelope that cannot be opened:
   * the device that the topic names, and the client itself, for its credential is its own; or those that the message names.
   */
  callersIn(core: Core, message: Message, way: Way = 'elsewhere'): Callers {
    return callersIn(core, message, this.deviceOf(message.topic), way);
  }

  /** Who calls in a message that is too long to be read. */
  callsInLong(core: Core, message: Message): readonly UntakenCall[] {
    const { topic, payload, retained } = message;
    const known = core.deviceOf(this.#namedBy(topic) ?? '');
    const call = known && !retained ? callInLong(topic, payload, lookOf(known, message)) : undefined;
    return known && call ? [{ device: known.id, call, why: 'in-words' }] : [];
  }

  /** The enrolled device whose topic this is, or would be: undefined, if it names none. */
  namedBy(core: Core, { topic }: Message): string | undefined {
    return core.deviceOf(this.#namedBy(topic) ?? '')?.id;
  }

  readonly #namedBy = (topic: string): string | undefined => this.deviceOf(topic) ?? namedIn(topic);

  /** The model in whose words the message is: that of the registry, unless whoever brought it knows better. */
  #speaking({ definition }: RuntimeDevice, { model }: Message): DeviceDefinition {
    return model === undefined ? definition : (this.#models.get(model) ?? definition);
  }

  /** Whose report is published under this topic; undefined for envelopes, and for topics that mean nothing. */
  deviceOf(topic: string): string | undefined {
    const device = this.#topics.get(topic);
    if (device !== undefined || this.#topics.has(topic)) return device;
    // Text of its own: one that was cut from a recording would keep all around it in memory.
    const own = Buffer.from(topic).toString();
    const named = this.#models.deviceOf(own);
    // Somebody who invents topics must not fill the memory; starting over costs one look at each.
    if (this.#topics.size >= TOPICS_MAX) this.#topics.clear();
    this.#topics.set(own, named);
    return named;
  }

  /** Is this the topic of an envelope; and may a device send it under its own credential? */
  envelopeOf(topic: string): { readonly fromDevice: boolean } | undefined {
    const envelope = this.#envelopes.ofTopic(topic);
    return envelope && { fromDevice: envelope.fromDevice === true };
  }

  /** Does a device model or an envelope listen to this topic? */
  isDevices(topic: string): boolean {
    return this.deviceOf(topic) !== undefined || this.#envelopes.ofTopic(topic) !== undefined;
  }

  /** What a message says whose topic names none: it is in an envelope, or nobody knows what it is. */
  open(core: Core, message: Message, take: (decoded: DecodedMessage) => void): void {
    const { topic } = message;
    const envelope = this.#envelopes.ofTopic(topic);
    if (!envelope) {
      // Through an outside broker anything may come; here what is foreign was turned away before.
      const unknown = { reason: 'unknown-topic', detail: topic.slice(0, 200) } as const;
      take(this.#ofStatus(core, message) ?? this.#ofNobody(core, message, unknown));
      return;
    }
    this.#onEnveloped?.(message);
    const opened = openSafely(envelope, message);
    if (!opened.ok) {
      take(this.#notOpened(core, message, opened.error));
      return;
    }
    const { value: frames, unread: beside = [] } = opened;
    const callers = callingFrames<Said>(beside.length === 0 ? frames : [...frames, ...beside]);
    for (const frame of frames)
      take(this.#ofFrame(core, message, frame, callers !== undefined && !callers.has(frame)));
    for (const { refusal, payload } of beside)
      take(this.#notOpened(core, { ...message, payload, within: undefined }, refusal));
  }

  #notOpened(core: Core, message: Message, refusal: Refusal): DecodedMessage {
    if (NOT_UNDERSTOOD.has(refusal.reason)) return this.#ofNobody(core, message, refusal, 'envelope');
    return { report: undefined, device: undefined, refusals: [refusal] };
  }

  /**
   * What a message on a status topic says, which is no device's: presence is known from the connection. Somebody who calls
   * for help there, by the habit of another platform, calls all the same.
   */
  #ofStatus(core: Core, message: Message): DecodedMessage | undefined {
    if (isPresence(message)) return { report: undefined, device: undefined, refusals: NOTHING };
    const about = statusOf(message.topic);
    if (about === undefined) return undefined;
    if (!core.registry.gateway(about)) return this.ofDevice(core, about, message);
    const detail = 'the status of a gateway is online or offline';
    return this.#ofNobody(core, message, { reason: 'malformed-payload', detail });
  }

  /**
   * Somebody may call for help in what nobody's model reads. An outside broker binds each device to its own topics, so that
   * one which is no device's still says who speaks.
   */
  #ofNobody(core: Core, message: Message, refusal: Refusal, way?: Way): DecodedMessage {
    const refusals = [{ ...refusal, ...this.callersIn(core, message, way) }];
    return { report: undefined, device: this.namedBy(core, message), refusals };
  }

  #ofFrame(core: Core, message: Message, frame: Frame, callsNot: boolean): DecodedMessage {
    const { scheme, id } = frame.address;
    const entry = entryOf(core, frame);
    const known = entry && core.deviceOf(entry.id);
    const inner: Message = { ...message, payload: frame.payload, within: undefined };
    const context = believable(frame, message);
    if (!known) {
      const unheard =
        unread(core, entry?.id, inner) ?? (entry && ofDisabled(core, entry.id, inner, frame, context));
      if (unheard) return unheard;
      const stranger = [frame.address, ...(frame.also ?? [])];
      const detail = `${scheme}:${id}`.slice(0, 120);
      const calls = callUnderId(core, inner, frame, context);
      const refusal: Refusal = { reason: 'unknown-device', detail, ...calls, ...(callsNot && { callsNot }) };
      return { report: undefined, device: undefined, refusals: [refusal], stranger };
    }
    if (!maySpeakFor(core, message.client, known)) {
      const said = decodeSafely(known, known.definition, inner, context);
      const call =
        callInMessage(said, frame, lookOf(known, message)) ??
        besideRead(known, message, frame.payload, known.definition, context)?.call;
      const detail = `${message.client} may not speak for ${known.id}`;
      return withCall(refused(known.id, 'foreign-device', detail), message, call, 'foreign-way');
    }
    const decoded = withNetworkBattery(frame, message.receivedAt, context, () =>
      decodeSafely(known, known.definition, inner, context),
    );
    const told = timeTold(frame, context, decoded);
    return this.#reportOf(known, told, message, frame, known.definition, frame, context);
  }

  /** What it says; and whether it calls for help in what its model could not read, or has passed over. */
  #reportOf(
    known: RuntimeDevice,
    decoded: Decoded,
    message: Message,
    said: Said,
    definition: DeviceDefinition,
    frame?: Frame,
    context?: FrameContext,
  ): DecodedMessage {
    const told = toldOf(known, decoded, message, frame?.key);
    // Our own format is not looked through: it refuses each key that it does not know.
    const isOurs = definition.decode.within !== undefined;
    if (told.refusals.length === 0 && isOurs) return told;
    const call = told.refusals.length === 0 ? undefined : callInWords(decoded, said, lookOf(known, message));
    if (call !== undefined) return withCall(told, message, call, 'in-words');
    if (isOurs || message.retained || !decoded.ok || calledIn(decoded)) return told;
    const beside = besideRead(known, message, said.payload, definition, context);
    const standing = this.#standing.note(known.id, said.payload, beside);
    if (!beside) return told;
    const refusals = [{ reason: 'unknown-event' as const, detail: beside.detail }, ...told.refusals];
    return withCall({ ...told, refusals }, message, beside.call, 'in-words', standing);
  }
}

/**
 * Who is called by the id of an enrolled device that has another address is that device, and calls at its home. What a
 * broker had kept calls nobody: it was said long ago.
 */
function callUnderId(
  core: Core,
  message: Message,
  frame: Frame,
  context: FrameContext,
): Pick<Refusal, 'calls'> {
  const { id } = frame.address;
  const known = message.retained ? undefined : (core.deviceOf(id) ?? core.deviceOf(id.toUpperCase()));
  const call =
    known &&
    callInMessage(decodeSafely(known, known.definition, message, context), frame, lookOf(known, message));
  return call ? { calls: [{ device: known.id, call, why: 'foreign-way' }] } : {};
}

/** What a device says that somebody has switched off: nothing is taken, and whoever calls for help is heard. */
function ofDisabled(
  core: Core,
  id: string,
  message: Message,
  said: Said = message,
  context?: FrameContext,
): DecodedMessage | undefined {
  const off = disabledDevice(core, id);
  if (!off) return undefined;
  const words = core.models.get(message.model ?? '') ?? off.definition;
  const decoded = decodeSafely(off, words, message, context);
  const look = lookOf(off, message);
  const call =
    (context ? callInMessage(decoded, said, look) : callUnder(message.topic, decoded, said, look)) ??
    besideRead(off, message, said.payload, words, context)?.call;
  return withCall(refused(id, 'device-disabled', id.slice(0, 64)), message, call, 'disabled');
}

/** The first refusal of a message says who calls in it. What a broker had kept calls nobody: it was said long ago. */
function withCall(
  told: DecodedMessage,
  { retained }: Message,
  call: Call | undefined,
  why: UntakenCall['why'],
  standing?: string,
): DecodedMessage {
  const [first, ...others] = told.refusals;
  const { device } = told;
  if (call === undefined || retained || first === undefined || device === undefined) return told;
  const one: UntakenCall = { device, call, why, ...(standing === undefined ? {} : { standing }) };
  return { ...told, refusals: [{ ...first, calls: [one] }, ...others] };
}

function toldOf(known: RuntimeDevice, decoded: Decoded, message: Message, key?: string): DecodedMessage {
  if (!decoded.ok) return refused(known.id, decoded.reason, decoded.detail);
  if (message.retained && decoded.clock !== 'device') return ofRetained(known, decoded, message);
  const { clock, readings, events, rejections, flags, announced } = decoded;
  const { receivedAt } = message;
  const changed = flags ? changedFlags(known, flags) : undefined;
  const all = changed && changed.length > 0 ? [...events, ...changed] : events;
  const { id } = known;
  const plain: Report = { kind: 'report', receivedAt, device: id, clock, readings, events: all };
  const report =
    key === undefined && announced === undefined
      ? plain
      : {
          ...plain,
          ...(key === undefined ? {} : { frame: frameNumber(key) }),
          ...(announced === undefined ? {} : { announced }),
        };
  // A status word that says what it said before is no news; that the device spoke is.
  return { report, device: id, refusals: newsOnly(known, rejections) };
}

/** An alarm without a name for us stands in every message for weeks: what it was called is kept when it rises. */
function newsOnly({ state }: RuntimeDevice, refusals: readonly Refusal[]): readonly Refusal[] {
  if (refusals.length === 0 || !isFlagged(state, 'general_alarm')) return refusals;
  return refusals.filter(({ reason }) => reason !== 'unmapped-alarm');
}

/**
 * What a broker had kept, and has no time of its own, is nothing of now: a device that died long ago would seem alive at
 * each subscription. Only what it says of itself still holds.
 */
function ofRetained(
  { id }: RuntimeDevice,
  { announced, readings, events, flags }: Extract<Decoded, { ok: true }>,
  { receivedAt }: Message,
): DecodedMessage {
  const nothingElse = readings.length === 0 && events.length === 0 && !flags;
  const detail = 'values that the broker had kept';
  const refusals = nothingElse ? NOTHING : [{ reason: 'retained' as const, detail }];
  if (announced === undefined) return { report: undefined, device: id, refusals };
  const report: Report = {
    kind: 'report',
    receivedAt,
    device: id,
    clock: 'received',
    readings: [],
    events: [],
    announced,
    retained: true,
  };
  return { report, device: id, refusals };
}

/**
 * What a status word says anew. One that is older than what is known changes nothing; but for fire and gas, which are
 * told each time: somebody may have closed the last alarm, and nobody knows what the detector meant by it.
 */
function changedFlags({ state }: RuntimeDevice, { at, raised, clear }: FlagWord): DeviceEvent[] {
  const older = at < state.measuredAt;
  const news: DeviceEvent[] = [];
  for (const event of raised)
    if (isAlarm(event) || !(older || isFlagged(state, event))) news.push({ event, at });
  if (older) return news;
  for (const flag of clear) {
    const event = clearedName(flag);
    if (isFlagged(state, flag) && !news.some((one) => one.event === event)) news.push({ event, at });
  }
  return news;
}

/** FNV-1a, 32 bits: never 0. */
function frameNumber(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}

function refused(device: string | undefined, reason: Refusal['reason'], detail: string): DecodedMessage {
  return { report: undefined, device, refusals: reason ? [{ reason, detail }] : NOTHING };
}
