/**
 * A binary heap of due-dates: the earliest first, and among equals the smaller key, so that the order never depends on history.
 * What moves about in it are numbers alone. Items stay where they were put: to write an object into a list costs a look at
 * the memory that it lies in, and no cache holds that of a city.
 */
export class DueHeap<T extends { readonly key: string }> {
  readonly #due: number[];
  /** Where the item of each due-date stands. */
  readonly #places: number[] = [];
  readonly #items: (T | undefined)[];
  readonly #free: number[] = [];

  /** @param due and their items: in no order. Both lists are the heap's from now on. */
  constructor(due: number[] = [], items: T[] = []) {
    this.#due = due;
    this.#items = items;
    for (let i = 0; i < due.length; i++) this.#places.push(i);
    for (let i = (due.length >> 1) - 1; i >= 0; i--)
      this.#sink(i, due[i] as number, this.#places[i] as number);
  }

  get size(): number {
    return this.#due.length;
  }

  /** The earliest due-date, or Infinity when nothing is due. */
  get nextDue(): number {
    return this.#due.length > 0 ? (this.#due[0] as number) : Number.POSITIVE_INFINITY;
  }

  /** The key of the earliest item. */
  get nextKey(): string | undefined {
    return this.first?.key;
  }

  /** The earliest item. */
  get first(): T | undefined {
    return this.#due.length > 0 ? this.#items[this.#places[0] as number] : undefined;
  }

  push(due: number, item: T): void {
    const place = this.#free.pop() ?? this.#items.length;
    this.#items[place] = item;
    let i = this.#due.length;
    this.#due.push(due);
    this.#places.push(place);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#isBefore(due, place, parent)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#put(i, due, place);
  }

  /** Takes the earliest item; undefined when empty. */
  pop(): T | undefined {
    if (this.#due.length === 0) return undefined;
    const place = this.#places[0] as number;
    const first = this.#items[place];
    this.#items[place] = undefined;
    this.#free.push(place);
    const lastDue = this.#due.pop() as number;
    const lastPlace = this.#places.pop() as number;
    if (this.#due.length > 0) this.#sink(0, lastDue, lastPlace);
    return first;
  }

  /** Puts this one there, or further down. */
  #sink(from: number, due: number, place: number): void {
    const size = this.#due.length;
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isBefore(this.#due[right] as number, this.#places[right] as number, child))
        child = right;
      if (this.#isBefore(due, place, child)) break;
      this.#move(child, i);
      i = child;
    }
    this.#put(i, due, place);
  }

  /** Does this one come before the one that stands there? */
  #isBefore(due: number, place: number, other: number): boolean {
    const otherDue = this.#due[other] as number;
    return due === otherDue
      ? this.#keyOf(place) < this.#keyOf(this.#places[other] as number)
      : due < otherDue;
  }

  #keyOf(place: number): string {
    return (this.#items[place] as T).key;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#due[from] as number, this.#places[from] as number);
  }

  #put(i: number, due: number, place: number): void {
    this.#due[i] = due;
    this.#places[i] = place;
  }
}
