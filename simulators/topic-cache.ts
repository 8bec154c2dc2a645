/** A topic of a recording, once for all lines that spell it. */
export class KnownTopic {
  readonly text: string;
  /** Does whoever reads want to hear of it? */
  readonly isWanted: boolean;
  /** What whoever reads has found out about it, so that it need not be looked up for each line. */
  meaning: unknown = undefined;

  constructor(text: string, isWanted: boolean) {
    this.text = text;
    this.isWanted = isWanted;
  }
}

const KNOWN_MAX = 500_000;
const BYTES_MAX = 64 << 20;
const [QUOTE, BACKSLASH] = [34, 92];
/** The hash of a topic, and its number plus 1; 0 where nothing stands. */
const SLOT = 2;

/**
 * The topics of a recording, each as one text, found by the bytes that spell it: devices publish under the same few all
 * day, no text is made of each line, and whoever looks one up finds a text that it has seen before at once. What they are
 * told apart by lies side by side in the order in which they came first, because it is mostly asked for in that order.
 */
export class TopicCache {
  /** By hash, each in its place or in the first free one behind it; never more than half full. */
  #slots = new Int32Array(SLOT << 10);
  #topics: KnownTopic[] = [];
  /** What spells them, one behind the other, each with a quote behind it; and where each begins. */
  #bytes = Buffer.alloc(1 << 15);
  #begins: number[] = [];
  #used = 0;
  readonly #wants: ((topic: string) => boolean) | undefined;
  /** Where the topic that was looked up last ends. */
  end = 0;
  /** The number of the one that is expected next: devices that report in turn do so in the same order each time. */
  #next = 0;

  constructor(wants?: (topic: string) => boolean) {
    this.#wants = wants;
  }

  /** The topic that begins here and ends before a quote; undefined if it is not plain ASCII: escapes, other scripts. */
  at(bytes: Uint8Array, from: number): KnownTopic | undefined {
    if (this.#standsAt(bytes, from, this.#next)) return this.#found(this.#next);
    let hash = 0;
    let end = from;
    for (; bytes[end] !== QUOTE; end++) {
      const byte = bytes[end] as number;
      if (!(byte >= 32 && byte <= 126) || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.end = end;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = placed(hash) & mask; ; slot = (slot + SLOT) & mask) {
      const number = slots[slot + 1] as number;
      if (number === 0) return this.#add(bytes, from, end, hash);
      if (slots[slot] === hash && this.#spells(number - 1, bytes, from, end)) return this.#found(number - 1);
    }
  }

  /** Does this topic stand here, and end here? Each byte is looked at once, and none is hashed. */
  #standsAt(bytes: Uint8Array, from: number, number: number): boolean {
    if (number >= this.#topics.length) return false;
    const known = this.#bytes;
    const begin = this.#begins[number] as number;
    for (let i = 0; bytes[from + i] === known[begin + i]; i++) {
      if (known[begin + i] !== QUOTE) continue;
      this.end = from + i;
      return true;
    }
    return false;
  }

  #found(number: number): KnownTopic | undefined {
    this.#next = number + 1 === this.#topics.length ? 0 : number + 1;
    return this.#topics[number];
  }

  /** The topic that is this text, however it was written. */
  of(text: string): KnownTopic {
    const bytes = Buffer.from(`${text}"`);
    const known = this.at(bytes, 0);
    // A quote of its own ends it too early.
    if (known && this.end === bytes.length - 1) return known;
    return new KnownTopic(text, this.#wants?.(text) ?? true);
  }

  #spells(number: number, bytes: Uint8Array, from: number, end: number): boolean {
    const known = this.#bytes;
    const begin = this.#begins[number] as number;
    const length = end - from;
    if (known[begin + length] !== QUOTE) return false;
    for (let i = 0; i < length; i++) if (known[begin + i] !== bytes[from + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, end: number, hash: number): KnownTopic {
    const text = String.fromCharCode(...bytes.subarray(from, end));
    const topic = new KnownTopic(text, this.#wants?.(text) ?? true);
    if (this.#topics.length >= KNOWN_MAX || this.#used > BYTES_MAX) this.#clear();
    this.#keep(bytes, from, end);
    this.#topics.push(topic);
    if (this.#topics.length * 2 * SLOT > this.#slots.length) this.#grow();
    this.#put(hash, this.#topics.length);
    // Behind the newest comes the first one again, or another new one.
    this.#next = 0;
    return topic;
  }

  /** Somebody who invents topics must not fill the memory; starting over costs one look at each. */
  #clear(): void {
    this.#slots.fill(0);
    this.#topics = [];
    this.#begins = [];
    this.#used = 0;
    this.#next = 0;
  }

  #keep(bytes: Uint8Array, from: number, end: number): void {
    const begin = this.#used;
    this.#used += end - from + 1;
    if (this.#used > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], Math.max(this.#used, 2 * this.#bytes.length));
    this.#bytes.set(bytes.subarray(from, end), begin);
    this.#bytes[this.#used - 1] = QUOTE;
    this.#begins.push(begin);
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (let slot = 0; slot < before.length; slot += SLOT)
      if (before[slot + 1] !== 0) this.#put(before[slot] as number, before[slot + 1] as number);
  }

  #put(hash: number, number: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = placed(hash) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + SLOT) & mask;
    slots[slot] = hash;
    slots[slot + 1] = number;
  }
}

/** Spreads hashes of texts that differ in their last signs alone; even, as a slot begins. */
const placed = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7) & -SLOT;
