/** A first-in first-out queue that refuses what does not fit: the caller decides whether to wait or to drop and count. */
export class BoundedQueue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;
  readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get full(): boolean {
    return this.length >= this.max;
  }

  /** False when the queue is full: the item was not taken. */
  push(item: T): boolean {
    if (this.full) return false;
    this.#items.push(item);
    return true;
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The item that so many are in front of. */
  at(place: number): T | undefined {
    return place < this.length ? this.#items[this.#head + place] : undefined;
  }

  /**
   * Moves the first `most` items that are chosen to the front; among them, and among the others, the order stays.
   * Returns how many those are.
   */
  bringForward(isChosen: (item: T) => boolean, most: number): number {
    const chosen: T[] = [];
    const others: T[] = [];
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i] as T;
      (chosen.length < most && isChosen(item) ? chosen : others).push(item);
    }
    this.#items = [...chosen, ...others];
    this.#head = 0;
    return chosen.length;
  }
}
