import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../model/limits.ts';
import type { GroupSharing } from './options.ts';

/** What an outside broker said of a message that it took: `nobody`, when it knows no one who hears it (MQTT 5). */
export type Taken = 'heard' | 'nobody';

/** PUBACK reason code 0x10: no matching subscribers (MQTT 5, 3.4.2.1). */
const NO_SUBSCRIBERS = 0x10;

export const takenOf = (packet: unknown): Taken =>
  (packet as { reasonCode?: unknown } | undefined)?.reasonCode === NO_SUBSCRIBERS ? 'nobody' : 'heard';

/** Handed-on messages stand under this: no device speaks here, and no model listens. */
const ROOT = 'shouwang-handover';
/** Retained, one for each service that was ever in a group: an empty message takes one out. */
const MEMBERS = 'shouwang-members';

export interface HandoverHost {
  /** With QoS 1. @throws if the broker did not take it */
  publish(topic: string, payload: Uint8Array): Promise<Taken>;
  /** Names the connection that is open; undefined when we are leaving. */
  connection(): number | undefined;
  readonly backoffMs: number;
}

/**
 * Services that share a subscription get each message once between them, and not by home. Who gets one of a home that
 * another watches over hands it on: under a topic that all of the group hear, each in a session of its own. The message
 * is acknowledged to the broker when that one is taken, so that it is always in one of them.
 */
export class Handover {
  readonly #group: string;
  readonly #host: HandoverHost;
  /** Topics of devices that nobody here knows, with when that was last told. */
  readonly #told = new Map<string, number>();
  readonly #others = new Set<string>();
  readonly #clientId: string;
  /** False where each of the group hears everything: then there is nothing to hand on. */
  readonly handsOn: boolean;
  #handedOn = 0;

  constructor(group: string, clientId: string, sharing: GroupSharing, host: HandoverHost) {
    this.#group = group;
    this.#clientId = clientId;
    this.handsOn = sharing === 'turns';
    this.#host = host;
  }

  /** What to subscribe to for what others hand on, and for who they are. */
  get filters(): readonly string[] {
    return [`${ROOT}/${this.#group}/#`, `${MEMBERS}/${this.#group}/+`];
  }

  /** Under which the others hear that we are one of them. */
  get ownTopic(): string {
    return `${MEMBERS}/${this.#group}/${this.#clientId}`;
  }

  /** Nobody else was ever in this group: then a stranger is known to nobody. */
  get isAlone(): boolean {
    return this.#others.size === 0;
  }

  stats(): { handedOn: number; sharedWith: number } {
    return { handedOn: this.#handedOn, sharedWith: this.#others.size };
  }

  /** True: the message said who is in the group, and no more. */
  noteMember(topic: string, payload: Uint8Array): boolean {
    const root = `${MEMBERS}/${this.#group}/`;
    if (!topic.startsWith(root)) return false;
    const name = topic.slice(root.length);
    if (payload.length === 0) this.#others.delete(name);
    else if (name !== this.#clientId && this.#others.size < LIMITS.sharedGroupMembersMax)
      this.#others.add(name);
    return true;
  }

  /** How this is subscribed to, and how it is not: the session may remember the other from before. */
  wayTo(filter: string): { readonly ours: string; readonly others: string } {
    const shared = `$share/${this.#group}/${filter}`;
    return this.handsOn ? { ours: shared, others: filter } : { ours: filter, others: shared };
  }

  /** The topic that a handed-on message came under at first; undefined for all others. */
  original(topic: string): string | undefined {
    const root = `${ROOT}/${this.#group}/`;
    return topic.startsWith(root) ? topic.slice(root.length) : undefined;
  }

  /**
   * Whether to tell that a handed-on message is of a device that is not known here either. Of two, always: then nobody
   * knows it, and it may be calling for help. Of more, a third may know it: once in a while.
   */
  isToTell(topic: string, now: number): boolean {
    if (this.#others.size <= 1) return true;
    if (now - (this.#told.get(topic) ?? Number.NEGATIVE_INFINITY) < LIMITS.notOursToldEveryMs) return false;
    this.#told.delete(topic);
    this.#told.set(topic, now);
    const [oldest] = this.#told.keys();
    if (this.#told.size > LIMITS.notOursRememberedMax && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }

  /** Until the broker has it; undefined: the connection is gone, and the message comes again over the next. */
  async handOn(topic: string, payload: Uint8Array): Promise<Taken | undefined> {
    const began = this.#host.connection();
    while (began !== undefined && this.#host.connection() === began) {
      try {
        const taken = await this.#host.publish(`${ROOT}/${this.#group}/${topic}`, payload);
        this.#handedOn++;
        return taken;
      } catch {
        await pause(this.#host.backoffMs);
      }
    }
    return undefined;
  }
}
