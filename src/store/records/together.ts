import { setImmediate as pause } from 'node:timers/promises';

/** What comes in one turn of the event loop is written in one go: an alert tells several people at once. */
export class Together<T, R> {
  readonly #write: (all: readonly T[]) => Promise<readonly R[]>;
  #waiting: { readonly all: T[]; readonly written: Promise<readonly R[]> } | undefined;

  /** @param write answers each in its place */
  constructor(write: (all: readonly T[]) => Promise<readonly R[]>) {
    this.#write = write;
  }

  async add(one: T): Promise<R> {
    const waiting = this.#waiting ?? { all: [], written: this.#soon() };
    this.#waiting = waiting;
    const place = waiting.all.push(one) - 1;
    return (await waiting.written)[place] as R;
  }

  async #soon(): Promise<readonly R[]> {
    await pause();
    const { all } = this.#waiting as { all: T[] };
    this.#waiting = undefined;
    return this.#write(all);
  }
}
