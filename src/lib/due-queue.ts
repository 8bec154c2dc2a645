import { DueHeap } from './heap.ts';

/** Due-dates (epoch milliseconds) further apart than this need not be in order yet. */
const ROOM_MS = 30_000;

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
  readonly #near = new DueHeap<T>();
  readonly #rooms = new Map<number, Room<T>>();
  /** The rooms by their number. */
  readonly #order = new DueHeap<Room<T>>();
  /** What is due before this stands in the heap. */
  #horizon = Number.NEGATIVE_INFINITY;
  #size = 0;
  #nextDue = Number.POSITIVE_INFINITY;
  readonly #onNear: ((items: readonly T[]) => void) | undefined;

  /** @param onNear is told of what comes into the heap. */
  constructor(onNear?: (items: readonly T[]) => void) {
    this.#onNear = onNear;
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
    return this.#near.nextKey;
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
    this.#open();
    const item = this.#near.pop();
    if (item === undefined) return undefined;
    this.#size--;
    this.#nextDue =
      this.#near.size > 0 ? this.#near.nextDue : (this.#order.first?.first ?? Number.POSITIVE_INFINITY);
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

  /** Where nothing is left in the heap, the next room is put into it. */
  #open(): void {
    if (this.#near.size > 0) return;
    const number = this.#order.nextDue;
    const room = this.#order.pop();
    if (!room) return;
    this.#rooms.delete(number);
    this.#horizon = (number + 1) * ROOM_MS;
    this.#onNear?.(room.items);
    for (let i = 0; i < room.items.length; i++) this.#near.push(room.due[i] as number, room.items[i] as T);
  }
}
