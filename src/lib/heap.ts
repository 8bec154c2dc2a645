/** A binary heap of due-dates: the earliest first, and among equals the smaller key, so that the order never depends on history. */
export class DueHeap<T extends { readonly key: string }> {
  readonly #due: number[] = [];
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The earliest due-date, or Infinity when nothing is due. */
  get nextDue(): number {
    return this.#due[0] ?? Number.POSITIVE_INFINITY;
  }

  /** The key of the earliest item. */
  get nextKey(): string | undefined {
    return this.#items[0]?.key;
  }

  /** The earliest item. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(due: number, item: T): void {
    this.#due.push(due);
    this.#items.push(item);
    let i = this.#items.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Takes the earliest item; undefined when empty. */
  pop(): T | undefined {
    const top = this.#items[0];
    const lastItem = this.#items.pop();
    const lastDue = this.#due.pop();
    if (this.#items.length > 0 && lastItem !== undefined && lastDue !== undefined) {
      this.#items[0] = lastItem;
      this.#due[0] = lastDue;
      this.#sink();
    }
    return top;
  }

  #sink(): void {
    let i = 0;
    const size = this.#items.length;
    for (;;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < size && this.#before(left, least)) least = left;
      if (left + 1 < size && this.#before(left + 1, least)) least = left + 1;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(i: number, j: number): boolean {
    const a = this.#due[i] as number;
    const b = this.#due[j] as number;
    return a < b || (a === b && (this.#items[i] as T).key < (this.#items[j] as T).key);
  }

  #swap(i: number, j: number): void {
    const due = this.#due[i] as number;
    this.#due[i] = this.#due[j] as number;
    this.#due[j] = due;
    const item = this.#items[i] as T;
    this.#items[i] = this.#items[j] as T;
    this.#items[j] = item;
  }
}
