import { nodeOf, numberedMessage, rebirthRequest } from '../devices/sparkplug/rebirth.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { Rejection } from '../model/rejection.ts';

/** Why a node is asked: a number is missing, or a metric was named that no birth certificate holds. */
export type RebirthReason = 'gap' | 'alias';

export interface RebirthOptions {
  /** Is the node, or the device behind it, in the registry? Strangers are asked nothing. */
  readonly isEnrolled: (address: string) => boolean;
  readonly publish: (topic: string, payload: Uint8Array) => void;
}

interface Session {
  seq: number | undefined;
  askedAt: number;
  /** Asked in vain so often since its last birth: each time the pause is twice as long. */
  asked: number;
  isEnrolled: boolean;
}

/**
 * Asks edge nodes of Sparkplug B to be born again, where messages of theirs were lost or lean on a certificate that never
 * came. It knows numbers of this run alone; what a certificate said stands with the state of each device. Bounded: each
 * node is asked ever less often, all together so many in a minute, and of more nodes than can be kept, the one that was
 * silent longest is forgotten.
 */
export class Rebirths {
  readonly counts: Record<RebirthReason | 'held_back', number> = { gap: 0, alias: 0, held_back: 0 };
  readonly #options: RebirthOptions;
  readonly #sessions = new Map<string, Session>();
  #minute = 0;
  #inMinute = 0;

  constructor(options: RebirthOptions) {
    this.#options = options;
  }

  /** Every message of an envelope passes here first; those of other protocols cost a look at their topic. */
  see({ topic, payload, receivedAt, retained }: Message): void {
    if (!topic.startsWith('spBv1.0/') || retained) return;
    const said = numberedMessage(topic, payload);
    if (!said) return;
    const session = this.#sessionOf(said.node);
    const { seq: before } = session;
    session.isEnrolled ||= this.#options.isEnrolled(said.address);
    // The same message again is no gap: QoS 1 may bring it twice.
    const isNext = before === undefined || said.seq === before || said.seq === (before + 1) % 256;
    session.seq = said.seq;
    if (said.isBirth) session.asked = 0;
    else if (!isNext) this.#ask(said.node, session, 'gap', receivedAt);
  }

  /** A message was refused because nobody knows what its metrics are. */
  refused({ reason, topic, at }: Rejection): void {
    if (reason !== 'not-announced') return;
    const node = nodeOf(topic);
    if (node === undefined) return;
    const session = this.#sessionOf(node);
    // Only what is enrolled is decoded at all.
    session.isEnrolled = true;
    this.#ask(node, session, 'alias', at);
  }

  #sessionOf(node: string): Session {
    const session = this.#sessions.get(node) ?? { seq: undefined, askedAt: 0, asked: 0, isEnrolled: false };
    this.#sessions.delete(node);
    this.#sessions.set(node, session);
    if (this.#sessions.size > LIMITS.sparkplugNodesMax) {
      const [oldest = ''] = this.#sessions.keys();
      this.#sessions.delete(oldest);
    }
    return session;
  }

  #ask(node: string, session: Session, reason: RebirthReason, now: number): void {
    if (!session.isEnrolled) return;
    const pause = Math.min(LIMITS.rebirthMsFirst * 2 ** Math.max(0, session.asked - 1), LIMITS.rebirthMsMax);
    if ((session.asked > 0 && now - session.askedAt < pause) || !this.#hasRoom(now)) {
      this.counts.held_back++;
      return;
    }
    session.askedAt = now;
    session.asked++;
    this.counts[reason]++;
    const { topic, payload } = rebirthRequest(node, now);
    this.#options.publish(topic, payload);
  }

  #hasRoom(now: number): boolean {
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#inMinute] = [minute, 0];
    return ++this.#inMinute <= LIMITS.rebirthsPerMinuteMax;
  }
}
