/**
 * Checks of secrets that somebody set by hand cost scrypt, by which they cannot be guessed fast: some tens of
 * milliseconds of processor time each. So many run at a time, the others stand in a line.
 */
export class SlowChecks {
  readonly #atOnceMax: number;
  readonly #waitingMax: number;
  readonly #line: (() => void)[] = [];
  #running = 0;

  constructor(atOnceMax: number, waitingMax: number) {
    this.#atOnceMax = atOnceMax;
    this.#waitingMax = waitingMax;
  }

  /** Resolves when it is one's turn, which wants a `done`; false at once: the line is full. */
  async turn(): Promise<boolean> {
    if (this.#running < this.#atOnceMax) {
      this.#running++;
      return true;
    }
    if (this.#line.length >= this.#waitingMax) return false;
    await new Promise<void>((resolve) => this.#line.push(resolve));
    return true;
  }

  done(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#running--;
  }
}
