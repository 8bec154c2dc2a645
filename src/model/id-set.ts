/** The highest id of a metric or an event; the lowest is 1. The journal and the telemetry file give an id one byte. */
export const ID_MAX = 255;

/** So many sets are kept ready. A device that sends ever new mixtures must not fill the memory. */
const KEPT_MAX = 1_024;
/** Ids up to here are the bits of one number; with others, a set has none. */
const BITS_MAX = 30;
const HASH = 2 ** 26;
const WORD = 32;
const NOTHING_ABOVE: readonly number[] = [];

function wordsOf(ids: readonly number[]): number[] {
  const words: number[] = [];
  for (const id of ids) {
    while (words.length <= id >> 5) words.push(0);
    words[id >> 5] = (words[id >> 5] as number) | (1 << (id & 31));
  }
  return words;
}

/**
 * Some of the metrics, or of the events, by their ids. It never changes, and who puts the same ids together mostly gets the
 * same object: the set of a report costs one look-up a reading, however high the ids are, and tells by itself what is
 * asked of it. Two objects may hold the same ids all the same.
 */
export class IdSet {
  /** In ascending order. */
  readonly ids: readonly number[];
  readonly size: number;
  /** The ids as bits; -1 where one of them is above 30. */
  readonly bits: number;
  /** A whole number below 2 ^ 26 that hardly another set has. */
  readonly hash: number;
  /** The ids below 32 as bits; and those above, 32 to a number. Of nearly all sets the first number tells everything. */
  readonly #low: number;
  readonly #above: readonly number[];
  /** By id: the set with that one as well, where somebody asked for it before. */
  #next: (IdSet | undefined)[] | undefined;

  /** @param ids in ascending order */
  private constructor(ids: readonly number[]) {
    const [low = 0, ...above] = wordsOf(ids);
    this.ids = ids;
    this.size = ids.length;
    this.#low = low;
    this.#above = above.length > 0 ? above : NOTHING_ABOVE;
    this.bits = (ids.at(-1) ?? 0) > BITS_MAX ? -1 : low;
    this.hash = ids.reduce((hash, id) => (hash * 257 + id) % HASH, 1);
    this.#next = undefined;
  }

  static readonly #kept = new Map<string, IdSet>();
  /** Without any. */
  static readonly none = new IdSet([]);
  /** For whoever reads whatever there is. */
  static readonly all = new IdSet(Array.from({ length: ID_MAX }, (_, i) => i + 1));

  with(id: number): IdSet {
    return this.#next?.[id] ?? this.#joined(id);
  }

  #joined(id: number): IdSet {
    const joined = this.has(id) ? this : IdSet.#keptOf([...this.ids, id].sort((a, b) => a - b));
    this.#next ??= new Array<IdSet | undefined>(ID_MAX + 1).fill(undefined);
    this.#next[id] = joined;
    return joined;
  }

  static #keptOf(ids: readonly number[]): IdSet {
    const key = ids.join();
    const known = IdSet.#kept.get(key);
    if (known) return known;
    if (IdSet.#kept.size >= KEPT_MAX) {
      // All of them are reached from there.
      IdSet.none.#next = undefined;
      IdSet.#kept.clear();
    }
    const made = new IdSet(ids);
    IdSet.#kept.set(key, made);
    return made;
  }

  has(id: number): boolean {
    const word = id < WORD ? this.#low : (this.#above[(id >> 5) - 1] ?? 0);
    return ((word >> (id & 31)) & 1) === 1;
  }

  /** Is there one in both? */
  meets(other: IdSet): boolean {
    if ((this.#low & other.#low) !== 0) return true;
    return (
      this.#above !== NOTHING_ABOVE && this.#above.some((word, i) => (word & (other.#above[i] ?? 0)) !== 0)
    );
  }

  /** Are all of them in the other? */
  isWithin(other: IdSet): boolean {
    if ((this.#low & ~other.#low) !== 0) return false;
    return this.#above.every((word, i) => (word & ~(other.#above[i] ?? 0)) === 0);
  }

  equals(other: IdSet): boolean {
    return this === other || (this.size === other.size && this.isWithin(other));
  }

  /** Those that are in both. */
  and(other: IdSet): IdSet {
    let both = IdSet.none;
    for (const id of this.ids) if (other.has(id)) both = both.with(id);
    return both;
  }
}
