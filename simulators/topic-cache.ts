/** What a line's topic is, and whether whoever reads wants to hear of it. */
export interface KnownTopic {
  readonly text: string;
  readonly isWanted: boolean;
}

const KNOWN_MAX = 500_000;

/**
 * The topics of a recording, each as one text: devices publish under the same few all day, and whoever looks one up finds
 * a text that it has seen before at once.
 */
export class TopicCache {
  readonly #known = new Map<string, KnownTopic>();
  readonly #wants: ((topic: string) => boolean) | undefined;

  constructor(wants?: (topic: string) => boolean) {
    this.#wants = wants;
  }

  of(topic: string): KnownTopic {
    const known = this.#known.get(topic);
    if (known) return known;
    // Text of its own: one that was cut from a recording would keep all around it in memory.
    const text = Buffer.from(topic).toString();
    const added = { text, isWanted: this.#wants?.(text) ?? true };
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(text, added);
    return added;
  }
}
