import { DueHeap } from './heap.ts';

/** Due-dates (epoch milliseconds) further apart than this need not be in order yet. */
const ROOM_MS = 30_000;
/** So many are taken out of the heap together: few enough that they are still in the caches when they have their turn. */
const TOGETHER = 32;
/** What was looked at is written down, or a compiler would find that there is no need to look. */
const seen = new Float64Array(1);

/** What is due within half a minute of the future, in no order. */
interface Room<T> {
  readonly key: string;
  readonly due: number[];
  readonly items: T[];
  first: number;
}

/**
 * A queue of due-dates: the earliest first, and among equals the smaller key, so that the order never depends on history.
 * Only what is due in the half minute at hand stands in a heap. A heap of a million homes is looked at all over for each of
 * them, and each place is far from the one before; what is due later waits unsorted, in a room for each half minute.
 */
export class DueQueue<T extends { readonly key: string }> {
  #near = new DueHeap<T>();
  /** The next ones, in order and out of the heap. What was put in since may come before them. */
  #next: T[] = [];
  #nextDues: number[] = [];
  /** How many of these had their turn. */
  #taken = 0;
  readonly #rooms = new Map<number, Room<T>>();
  /** The rooms by their number. */
  readonly #order = new DueHeap<Room<T>>();
  /** What is due before this stands in the heap. */
  #horizon = Number.NEGATIVE_INFINITY;
  #size = 0;
  #nextDue = Number.POSITIVE_INFINITY;
  readonly #onNext: ((items: readonly T[]) => void) | undefined;

  /** @param onNext is told of those that have their turn next. */
  constructor(onNext?: (items: readonly T[]) => void) {
    this.#onNext = onNext;
  }

  get size(): number {
    return this.#size;
  }

  /** The earliest due-date, or Infinity when nothing is due. */
  get nextDue(): number {
    return this.#nextDue;
  }

  /** The key of the earliest item. */
  get nextKey(): string | undefined {
    this.#open();
    return this.#isFromHeap() ? this.#near.nextKey : this.#next[this.#taken]?.key;
  }

  push(due: number, item: T): void {
    this.#size++;
    if (due < this.#nextDue) this.#nextDue = due;
    if (due < this.#horizon) {
      this.#near.push(due, item);
      return;
    }
    const number = Math.floor(due / ROOM_MS);
    let room = this.#rooms.get(number);
    if (!room) {
      room = { key: '', due: [], items: [], first: due };
      this.#rooms.set(number, room);
      this.#order.push(number, room);
    }
    room.due.push(due);
    room.items.push(item);
    if (due < room.first) room.first = due;
  }

  /** Takes the earliest item; undefined when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined;
    this.#open();
    this.#size--;
    const item = this.#isFromHeap() ? this.#near.pop() : this.#next[this.#taken++];
    const near = Math.min(this.#near.nextDue, this.#dueOfNext());
    this.#nextDue = near === Number.POSITIVE_INFINITY ? (this.#order.first?.first ?? near) : near;
    return item;
  }

  /** The last of the first `count` entries, where more than these are due before `to`; undefined otherwise. */
  boundBefore(to: number, count: number): { readonly due: number; readonly key: string } | undefined {
    const first: { due: number; item: T }[] = [];
    while (first.length < count && this.#nextDue < to) {
      const due = this.#nextDue;
      first.push({ due, item: this.pop() as T });
    }
    const last = this.#nextDue < to ? first.at(-1) : undefined;
    for (const { due, item } of first) this.push(due, item);
    return last && { due: last.due, key: last.item.key };
  }

  #dueOfNext(): number {
    return this.#taken < this.#next.length
      ? (this.#nextDues[this.#taken] as number)
      : Number.POSITIVE_INFINITY;
  }

  /** Does the earliest stand in the heap, and not among those that were taken out of it? */
  #isFromHeap(): boolean {
    const inHeap = this.#near.nextDue;
    const next = this.#dueOfNext();
    if (inHeap !== next || inHeap === Number.POSITIVE_INFINITY) return inHeap < next;
    return (this.#near.nextKey as string) < (this.#next[this.#taken] as T).key;
  }

  /** Where none is left of those that come next, others are taken out of the heap: if it is empty, out of that of the next room. */
  #open(): void {
    if (this.#taken < this.#next.length) return;
    if (this.#near.size === 0) this.#openRoom();
    // New lists: old ones keep what was in them from being collected.
    const count = Math.min(TOGETHER, this.#near.size);
    this.#next = [];
    this.#nextDues = [];
    this.#taken = 0;
    for (let i = 0; i < count; i++) {
      this.#nextDues.push(this.#near.nextDue);
      this.#next.push(this.#near.pop() as T);
    }
    this.#onNext?.(this.#next);
  }

  #openRoom(): void {
    const number = this.#order.nextDue;
    const room = this.#order.pop();
    if (!room) return;
    this.#rooms.delete(number);
    this.#horizon = (number + 1) * ROOM_MS;
    // Many are due at the same instant. What they are put in order by then is looked at side by side.
    for (let i = 0; i < room.items.length; i++) seen[0] = (room.items[i] as T).key.length;
    this.#near = new DueHeap(room.due, room.items);
  }
}
