/** A line of its own for each, so that strangers in thousands do not stand before somebody who was here before. */
const LANES = ['known', 'stranger'] as const;
type Lane = (typeof LANES)[number];

/** Checks of passwords take 32 MB and some tens of milliseconds each: so many run at a time, the others wait in line. */
export class CheckLine {
  readonly #atOnceMax: number;
  readonly #waitingMax: number;
  readonly #waiting: Readonly<Record<Lane, (() => void)[]>> = { known: [], stranger: [] };
  #running = 0;

  constructor(atOnceMax: number, waitingMax: number) {
    this.#atOnceMax = atOnceMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs it when its turn comes; undefined: the line is full. */
  async run<T>(lane: Lane, check: () => Promise<T>): Promise<T | undefined> {
    if (this.#running < this.#atOnceMax) this.#running++;
    else {
      if (this.#waiting[lane].length >= this.#waitingMax) return undefined;
      await new Promise<void>((resolve) => this.#waiting[lane].push(resolve));
    }
    try {
      return await check();
    } finally {
      const next = LANES.map((name) => this.#waiting[name])
        .find((line) => line.length > 0)
        ?.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
