/** What a line's topic is, and whether whoever reads wants to hear of it. */
export interface KnownTopic {
  readonly text: string;
  readonly isWanted: boolean;
}

interface Entry extends KnownTopic {
  readonly hash: number;
}

const KNOWN_MAX = 500_000;
const [QUOTE, BACKSLASH] = [34, 92];

/**
 * The topics of a recording, each as one text, found by the bytes that spell it: devices publish under the same few all
 * day, no text is made of each line, and whoever looks one up finds a text that it has seen before at once.
 */
export class TopicCache {
  /** By hash, each in its place or in the first free one behind it; never more than half full. */
  #table: (Entry | undefined)[] = new Array(1 << 10).fill(undefined);
  #size = 0;
  readonly #wants: ((topic: string) => boolean) | undefined;
  /** Where the topic that was looked up last ends. */
  end = 0;

  constructor(wants?: (topic: string) => boolean) {
    this.#wants = wants;
  }

  /** The topic that begins here and ends before a quote; undefined if it is not plain ASCII: escapes, other scripts. */
  at(bytes: Uint8Array, from: number): KnownTopic | undefined {
    let hash = 0;
    let end = from;
    for (; bytes[end] !== QUOTE; end++) {
      const byte = bytes[end] as number;
      if (!(byte >= 32 && byte <= 126) || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.end = end;
    const mask = this.#table.length - 1;
    for (let place = placed(hash) & mask; ; place = (place + 1) & mask) {
      const entry = this.#table[place];
      if (entry === undefined) return this.#add(String.fromCharCode(...bytes.subarray(from, end)), hash);
      if (entry.hash === hash && spells(entry.text, bytes, from, end)) return entry;
    }
  }

  #add(text: string, hash: number): KnownTopic {
    const entry = { text, hash, isWanted: this.#wants?.(text) ?? true };
    if (this.#size >= KNOWN_MAX) {
      this.#table.fill(undefined);
      this.#size = 0;
    }
    this.#size++;
    if (this.#size * 2 > this.#table.length) this.#grow();
    this.#put(entry);
    return entry;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Array(before.length * 2).fill(undefined);
    for (const entry of before) if (entry) this.#put(entry);
  }

  #put(entry: Entry): void {
    const mask = this.#table.length - 1;
    let place = placed(entry.hash) & mask;
    while (this.#table[place] !== undefined) place = (place + 1) & mask;
    this.#table[place] = entry;
  }
}

/** Spreads hashes of texts that differ in their last signs alone. */
const placed = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;

function spells(text: string, bytes: Uint8Array, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
