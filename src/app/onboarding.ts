import { type Clock, MINUTE } from '../lib/clock.ts';
import type { Call } from '../model/call-for-help.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message, Report } from '../model/message.ts';
import type { Rejection } from '../model/rejection.ts';
import type { CapturedMessage, Knock } from '../ports/service.ts';
import { AnnouncedDevices } from './announced.ts';
import { ClockWitness } from './clock-witness.ts';
import type { Core } from './core.ts';
import { Dating } from './dating.ts';
import type { DecodedMessage, Decoder } from './decode.ts';
import type { EnrolledCalls } from './enrolled-calls.ts';
import type { Rebirths } from './rebirths.ts';
import { RefusedConnections } from './refused-connections.ts';
import { namedIn, statusOf } from './status-topic.ts';
import type { Strangers } from './strangers.ts';
import { UntakenLately } from './untaken-lately.ts';
import { wrongClock } from './wrong-clock.ts';

/**
 * Devices that speak and that nobody enrolled, each with what it sent last: ready to be taken in. In memory only: a
 * device that is still there knocks again. Of more than can be kept, the ones that were silent longest are forgotten.
 */
export class Knocking {
  readonly #byAddress = new Map<string, Knock>();

  /** @param address how the device is called, as the rejection has it */
  note({ at, topic, from, payload, payloadBytes }: Rejection, address: string, call?: Call): void {
    const known = this.#byAddress.get(address);
    // Put anew, so that the first of the map is the one that was silent longest.
    this.#byAddress.delete(address);
    const calls = call === undefined ? known?.calls : { call, at, count: (known?.calls?.count ?? 0) + 1 };
    this.#byAddress.set(address, {
      address,
      from,
      topic,
      firstAt: known?.firstAt ?? at,
      lastAt: at,
      count: (known?.count ?? 0) + 1,
      payload: new Uint8Array(payload),
      payloadBytes,
      ...(calls ? { calls } : {}),
    });
    if (this.#byAddress.size <= LIMITS.knockingKeptMax) return;
    // Whoever calls for help stays longer than whoever does not.
    const oldest =
      [...this.#byAddress.values()].find(({ calls: one }) => !one)?.address ?? [...this.#byAddress.keys()][0];
    if (oldest !== undefined) this.#byAddress.delete(oldest);
  }

  /** Somebody enrolled it. */
  forget(address: string): void {
    this.#byAddress.delete(address);
  }

  /** Those who call for help come first, then the one that was heard last. */
  all(): readonly Knock[] {
    const all = [...this.#byAddress.values()].reverse();
    return [...all.filter(({ calls }) => calls), ...all.filter(({ calls }) => !calls)];
  }
}

/**
 * The last messages of devices that somebody is looking at, as they came and what was made of them. Looking ends by
 * itself; while nobody looks it costs nothing.
 */
export class Capture {
  readonly #watched = new Map<string, { until: number; readonly messages: CapturedMessage[] }>();

  get active(): boolean {
    return this.#watched.size > 0;
  }

  /** Begins, or goes on, until this instant. False: too many devices are being looked at. */
  watch(device: string, until: number, now: number): boolean {
    for (const [id, watched] of this.#watched) if (watched.until < now) this.#watched.delete(id);
    const watched = this.#watched.get(device);
    if (watched) watched.until = Math.max(watched.until, until);
    else if (this.#watched.size >= LIMITS.capturedDevicesMax) return false;
    else this.#watched.set(device, { until, messages: [] });
    return true;
  }

  note(
    message: Message,
    { device, report, refusals }: DecodedMessage,
    later: DecodedMessage['refusals'],
    accepted?: Report,
  ): void {
    const watched = device === undefined ? undefined : this.#watched.get(device);
    if (!watched || message.receivedAt > watched.until) return;
    const wrong = report && wrongClock(report, later, accepted);
    watched.messages.unshift({
      at: message.receivedAt,
      topic: message.topic.slice(0, 500),
      payload: Buffer.from(message.payload.subarray(0, LIMITS.rejectionPayloadBytesMax)),
      payloadBytes: message.payload.length,
      ...(report ? { clock: wrong?.isCorrected ? 'received' : report.clock } : {}),
      ...(wrong && { wrongClock: wrong }),
      readings: report?.readings ?? [],
      events: (wrong?.isCorrected ? accepted : report)?.events ?? [],
      refusals: [...refusals, ...later],
    });
    watched.messages.length = Math.min(watched.messages.length, LIMITS.capturedMessagesMax);
  }

  of(device: string): { readonly until: number; readonly messages: readonly CapturedMessage[] } | undefined {
    return this.#watched.get(device);
  }
}

/** For how long the messages of a device are kept after it was enrolled, or somebody looked. */
export const CAPTURE_MS = 30 * MINUTE;

/** What is known of devices that nobody enrolled yet, or just did, and of what and who was refused lately. */
export const newcomersOf = (
  clock: Clock,
): {
  readonly knocking: Knocking;
  readonly capture: Capture;
  readonly announced: AnnouncedDevices;
  readonly untaken: UntakenLately;
  readonly door: RefusedConnections;
  readonly clockWitness: ClockWitness;
  readonly dating: Dating;
} => {
  const clockWitness = new ClockWitness(clock);
  return {
    knocking: new Knocking(),
    capture: new Capture(),
    announced: new AnnouncedDevices(),
    untaken: new UntakenLately(),
    door: new RefusedConnections(),
    clockWitness,
    dating: new Dating(clockWitness, clock),
  };
};

interface Onboarding {
  readonly core: Core;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly knocking: Knocking;
  readonly capture: Capture;
  readonly untaken: UntakenLately;
  readonly strangers: Strangers;
  readonly enrolledCalls: EnrolledCalls;
  readonly rebirths: Rebirths;
}

/**
 * Notes who knocked; and who was let in is looked at for a while, so that its first message shows at once.
 *
 * @returns whether the calls for help among what was refused are stored; undefined where there are none
 */
export function onboard(effects: readonly Effect[], parts: Onboarding): Promise<boolean> | undefined {
  const calls: Promise<boolean>[] = [];
  for (const effect of effects) {
    if (effect.type === 'rejection') {
      calls.push(...noteKnock(effect.rejection, parts));
      parts.rebirths.refused(effect.rejection);
      const known = parts.core.devices.get(effect.rejection.device ?? '');
      if (known) parts.untaken.note(effect.rejection, known.state.heardAt);
    } else if (effect.type === 'registry-put' && effect.entry.noun === 'device') {
      const { id, address = id } = effect.entry;
      const now = parts.clock.now();
      parts.knocking.forget(address);
      parts.strangers.forget(address);
      parts.capture.watch(id, now + CAPTURE_MS, now);
    }
  }
  return calls.length === 0 ? undefined : Promise.all(calls).then((stored) => stored.every(Boolean));
}

function noteKnock(
  rejection: Rejection,
  { core, decoder, knocking, strangers, enrolledCalls }: Onboarding,
): Promise<boolean>[] {
  const { calls = [], strangers: called = [] } = rejection;
  const told = calls.map((one) => enrolledCalls.note(rejection, one));
  for (const { address, call } of called) {
    told.push(strangers.note(rejection, address, call).stored);
    knocking.note(rejection, address, call);
  }
  const address = called.length > 0 ? undefined : strangerIn(rejection, core, decoder);
  if (address !== undefined) {
    // Who brought it is known by its own credential, and is told at its home.
    const [known] = calls;
    const { call, stored } = known ? { call: known.call } : strangers.note(rejection, address);
    // Programs publish whatever they like beside devices: under a topic that is no device's only who calls is taken for one.
    if (call !== undefined || rejection.reason !== 'unknown-topic') knocking.note(rejection, address, call);
    told.push(stored);
  }
  return told.filter((one) => one !== undefined);
}

/** How a device is called that nobody enrolled, if this was refused for that. */
function strangerIn({ reason, detail, topic }: Rejection, core: Core, decoder: Decoder): string | undefined {
  if (reason === 'unknown-device') return detail ?? '';
  const named = namedBySender(reason, topic, decoder);
  if (named === undefined || core.registry.gateway(named)) return undefined;
  return core.registry.device(named) === undefined ? named : undefined;
}

function namedBySender(reason: Rejection['reason'], topic: string, decoder: Decoder): string | undefined {
  // A gateway that speaks for a device which nobody put behind it, or anywhere.
  if (reason === 'foreign-topic') return decoder.deviceOf(topic) ?? statusOf(topic);
  // Through an outside broker, which has let it in.
  return reason === 'unknown-topic' ? namedIn(topic) : undefined;
}
