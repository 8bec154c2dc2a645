import { LIMITS } from '../model/limits.ts';
import type { RememberedTopic } from '../model/message.ts';
import type { Identity, PublishRoute } from '../ports/broker.ts';

const SLAB_BYTES = 16 * 1024;
/** Nobody's devices have longer topics; one that is longer is looked up by its text each time. */
const TOPIC_BYTES_MAX = 256;
const NOWHERE = Buffer.alloc(0);

/** A topic under which clients publish, with what was found out about it. */
export class SpokenTopic implements RememberedTopic {
  readonly text: string;
  /** Where the bytes that spell it lie. A slab is never written over, so that they stay true for as long as they are held. */
  readonly slab: Buffer;
  readonly begin: number;
  /** Under which one the same client published after it last time. */
  next: SpokenTopic | undefined = undefined;
  meaning: unknown = undefined;
  asOf = -1;
  /** Where a message under it goes, if this identity sent it; as of `asOf`. */
  route: PublishRoute = 'foreign';
  routedFor: Identity | undefined = undefined;

  constructor(text: string, slab: Buffer, begin: number) {
    this.text = text;
    this.slab = slab;
    this.begin = begin;
  }
}

/**
 * The topics under which clients publish. A device has one, and a gateway goes through those of its devices in nearly the
 * same order again and again: so the one that comes next is mostly known before it is read. Then its bytes are compared, and
 * no text is made of them nor looked up.
 */
export class Topics {
  readonly #byText = new Map<string, SpokenTopic>();
  readonly #max: number;
  #slab = NOWHERE;
  #used = 0;

  constructor(max: number = LIMITS.topicsRememberedMax) {
    this.#max = max;
  }

  /** The topic that these bytes spell, from `from` until `to` (excluded). @param before the last one of the same client */
  of(bytes: Buffer, from: number, to: number, before: SpokenTopic | undefined): SpokenTopic {
    const expected = before?.next;
    if (expected && spells(expected, bytes, from, to)) return expected;
    const text = bytes.toString('utf8', from, to);
    const topic = this.#byText.get(text) ?? this.#add(text, bytes, from, to);
    if (before) before.next = topic;
    return topic;
  }

  #add(text: string, bytes: Buffer, from: number, to: number): SpokenTopic {
    const length = to - from;
    // Only where each sign is one byte do the bytes say the same as the text, and its length theirs.
    if (length > TOPIC_BYTES_MAX || text.length !== length) return new SpokenTopic(text, NOWHERE, 0);
    // Somebody who invents topics must not fill the memory; starting over costs one look at each.
    if (this.#byText.size >= this.#max) this.#byText.clear();
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const topic = new SpokenTopic(text, this.#slab, this.#used);
    this.#used += bytes.copy(this.#slab, this.#used, from, to);
    this.#byText.set(text, topic);
    return topic;
  }
}

function spells({ text, slab, begin }: SpokenTopic, bytes: Buffer, from: number, to: number): boolean {
  const length = to - from;
  if (text.length !== length || slab === NOWHERE) return false;
  // From its end: there the devices of a fleet differ.
  for (let i = length - 1; i >= 0; i--) if (slab[begin + i] !== bytes[from + i]) return false;
  return true;
}
