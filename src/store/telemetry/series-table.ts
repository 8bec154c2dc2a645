/** No series, no row: the end of a chain. */
export const NONE = -1;

/**
 * The series that were heard of since the file was opened, each with a small number, its slot: what is kept of a series
 * in memory lies in flat arrays under it. Those of a device are chained by the id of their metric.
 */
export class SeriesTable {
  #count = 0;
  /** By the number of the device: its series with the smallest metric. */
  #first = new Int32Array(1_024).fill(NONE);
  #next = new Int32Array(1_024);
  #metric = new Uint8Array(1_024);
  #device = new Int32Array(1_024);

  get count(): number {
    return this.#count;
  }

  /** Above the number of every device with a series. */
  get devicesEnd(): number {
    return this.#first.length;
  }

  firstOf(device: number): number {
    return this.#first[device] ?? NONE;
  }

  /** The next of the same device. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  metric(slot: number): number {
    return this.#metric[slot] as number;
  }

  device(slot: number): number {
    return this.#device[slot] as number;
  }

  find(device: number, metric: number): number {
    let slot = this.firstOf(device);
    while (slot !== NONE && this.metric(slot) < metric) slot = this.next(slot);
    return slot !== NONE && this.metric(slot) === metric ? slot : NONE;
  }

  /**
   * The same, and a new one where there is none. `near` may be any slot of the device: who goes through a report comes
   * from the metric before, and is mostly there at once.
   */
  enter(device: number, metric: number, near = NONE): number {
    let before = near !== NONE && this.metric(near) <= metric ? near : NONE;
    let slot = before === NONE ? this.firstOf(device) : before;
    while (slot !== NONE && this.metric(slot) < metric) {
      before = slot;
      slot = this.next(slot);
    }
    return slot !== NONE && this.metric(slot) === metric ? slot : this.#add(device, metric, before, slot);
  }

  #add(device: number, metric: number, before: number, next: number): number {
    if (this.#count === this.#next.length) {
      this.#next = grown(this.#next);
      this.#metric = grown(this.#metric);
      this.#device = grown(this.#device);
    }
    const slot = this.#count++;
    this.#next[slot] = next;
    this.#metric[slot] = metric;
    this.#device[slot] = device;
    while (device >= this.#first.length) this.#first = grown(this.#first, NONE);
    if (before === NONE) this.#first[device] = slot;
    else this.#next[before] = slot;
    return slot;
  }
}

/** A copy of twice the length; what is new in it is `empty`. */
export function grown<T extends Int32Array | Uint8Array | Float64Array>(
  array: T,
  empty = 0,
  length = array.length * 2,
): T {
  const longer = new (array.constructor as new (length: number) => T)(length);
  longer.set(array);
  if (empty !== 0) longer.fill(empty, array.length);
  return longer;
}
