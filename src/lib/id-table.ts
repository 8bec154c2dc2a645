/** The hash of an id, and the number of its entry plus 1; 0 where nothing stands, GONE where something stood. */
const SLOT = 2;
const GONE = -1;
const SLOTS_MIN = 16;
/** Of slots in a row that are taken, a lookup that finds nothing passes all. */
const FILLED_MAX = 0.7;
/** What was looked at is written down, or a compiler would find that there is no need to look. */
const written = new Float64Array(1);

/**
 * Things by their id, like a Map; but those of many ids are found side by side. In a table that no cache holds, one
 * lookup waits for memory several times over, and the next one need not wait until it is done.
 */
export class IdTable<T> {
  #slots = new Int32Array(SLOT * SLOTS_MIN);
  /** Id and thing, in turn. */
  #entries: (string | T | undefined)[] = [];
  /** Numbers of entries that are free. */
  readonly #free: number[] = [];
  /** Slots that are not empty, those of what is gone among them. */
  #used = 0;
  #size = 0;
  #hashes = new Int32Array(0);

  get size(): number {
    return this.#size;
  }

  get(id: string): T | undefined {
    return this.#find(id, hashOf(id));
  }

  /** Those of `count` ids from the place `from` on. */
  getEach(ids: readonly string[], from: number, count: number): (T | undefined)[] {
    const slots = this.#slots;
    const entries = this.#entries;
    const mask = slots.length - 1;
    if (this.#hashes.length < count) this.#hashes = new Int32Array(count);
    const hashes = this.#hashes;
    // First only looked at, one kind of place after the other, so that each is on its way when it is asked for.
    let seen = 0;
    for (let i = 0; i < count; i++) hashes[i] = hashOf(ids[from + i] as string);
    for (let i = 0; i < count; i++) seen += slots[((hashes[i] as number) * SLOT) & mask] as number;
    for (let i = 0; i < count; i++) {
      const entry = slots[(((hashes[i] as number) * SLOT) & mask) + 1] as number;
      if (entry > 0 && entries[SLOT * entry - 2] !== undefined) seen++;
    }
    for (let i = 0; i < count; i++) {
      const entry = slots[(((hashes[i] as number) * SLOT) & mask) + 1] as number;
      if (entry > 0) seen += ((entries[SLOT * entry - 2] as string | undefined) ?? '').length;
    }
    written[0] = seen;
    // A new list: to write an object into an old one costs a look at the memory that it lies in.
    const found: (T | undefined)[] = new Array(count);
    for (let i = 0; i < count; i++) found[i] = this.#find(ids[from + i] as string, hashes[i] as number);
    return found;
  }

  set(id: string, thing: T): void {
    const hash = hashOf(id);
    const slot = this.#slotOf(id, hash);
    if (slot >= 0) {
      this.#entries[SLOT * (this.#slots[slot + 1] as number) - 1] = thing;
      return;
    }
    const entry = this.#free.pop() ?? this.#size + 1;
    if (SLOT * entry > this.#entries.length) this.#entries = roomFor(this.#entries, entry);
    this.#entries[SLOT * entry - 2] = id;
    this.#entries[SLOT * entry - 1] = thing;
    if (this.#used + 1 > (FILLED_MAX * this.#slots.length) / SLOT) this.#grow();
    this.#put(hash, entry);
    this.#size++;
  }

  delete(id: string): boolean {
    const slot = this.#slotOf(id, hashOf(id));
    if (slot < 0) return false;
    const entry = this.#slots[slot + 1] as number;
    this.#slots[slot + 1] = GONE;
    this.#entries[SLOT * entry - 2] = undefined;
    this.#entries[SLOT * entry - 1] = undefined;
    this.#free.push(entry);
    this.#size--;
    return true;
  }

  #find(id: string, hash: number): T | undefined {
    const slot = this.#slotOf(id, hash);
    return slot < 0 ? undefined : (this.#entries[SLOT * (this.#slots[slot + 1] as number) - 1] as T);
  }

  /** -1: it is not there. */
  #slotOf(id: string, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash * SLOT) & mask; ; slot = (slot + SLOT) & mask) {
      const entry = slots[slot + 1] as number;
      if (entry === 0) return -1;
      if (entry !== GONE && slots[slot] === hash && this.#entries[SLOT * entry - 2] === id) return slot;
    }
  }

  #put(hash: number, entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash * SLOT) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + SLOT) & mask;
    slots[slot] = hash;
    slots[slot + 1] = entry;
    this.#used++;
  }

  #grow(): void {
    const before = this.#slots;
    let length = SLOT * SLOTS_MIN;
    while (this.#size + 1 > (FILLED_MAX * length) / SLOT) length *= 2;
    this.#slots = new Int32Array(length);
    this.#used = 0;
    for (let slot = 0; slot < before.length; slot += SLOT)
      if ((before[slot + 1] as number) > 0) this.#put(before[slot] as number, before[slot + 1] as number);
  }
}

/** The list with room for a few entries more: one that grows by itself takes half as much again. */
function roomFor<E>(entries: readonly E[], count: number): (E | undefined)[] {
  const missing = SLOT * Math.ceil(count * 1.1 + 4) - entries.length;
  return entries.concat(new Array(missing).fill(undefined));
}

/** FNV-1a, 32 bits, its upper bits mixed into the lower ones. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
