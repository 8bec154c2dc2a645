/** Readings of many meters in little memory: 20 bytes each. Where a value is known to be missing, its litres are NaN. */
export class Rows {
  readonly devices: string[] = [];
  #at = new Float64Array(1 << 16);
  #litres = new Float64Array(1 << 16);
  #device = new Uint32Array(1 << 16);
  length = 0;
  /** Of these, so many have a value. */
  values = 0;

  /** Number of a new device. */
  device(name: string): number {
    return this.devices.push(name) - 1;
  }

  add(device: number, at: number, litres: number): void {
    if (this.length === this.#at.length) this.#grow();
    this.#at[this.length] = at;
    this.#litres[this.length] = litres;
    this.#device[this.length] = device;
    this.length++;
    if (!Number.isNaN(litres)) this.values++;
  }

  #grow(): void {
    const larger = <T extends Float64Array | Uint32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    const size = this.length * 2;
    this.#at = larger(this.#at, new Float64Array(size));
    this.#litres = larger(this.#litres, new Float64Array(size));
    this.#device = larger(this.#device, new Uint32Array(size));
  }

  /**
   * All rows by time, then by device in the order in which they were first seen, values before what is missing, then as
   * they were read.
   */
  *sorted(): Generator<{ readonly device: number; readonly at: number; readonly litres: number }> {
    const [at, device, litres] = [this.#at, this.#device, this.#litres];
    const missing = (row: number): number => (Number.isNaN(litres[row]) ? 1 : 0);
    const order = new Uint32Array(this.length).map((_, index) => index);
    order.sort(
      (a, b) =>
        (at[a] as number) - (at[b] as number) ||
        (device[a] as number) - (device[b] as number) ||
        missing(a) - missing(b) ||
        a - b,
    );
    for (const index of order)
      yield {
        device: device[index] as number,
        at: at[index] as number,
        litres: litres[index] as number,
      };
  }
}
