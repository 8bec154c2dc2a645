/** Work that is done one after the other; what nobody waits for any more when its turn comes is left out. */
export class Line {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns undefined where it was left out */
  next<T>(isWanted: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
    const own = this.#last.then(() => (isWanted() ? work() : undefined));
    // Nothing of it is kept, and its failure is told to whoever waits for it alone.
    this.#last = own.then(
      () => undefined,
      () => undefined,
    );
    return own;
  }
}
