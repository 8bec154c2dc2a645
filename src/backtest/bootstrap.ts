import { seededRandom } from '../lib/random.ts';

/** From one end to the other of the middle 95 %. */
export type Interval = readonly [low: number, high: number];

export const RESAMPLES = 400;
export const BOOTSTRAP_SEED = 'shouwang-backtest-1';

/**
 * The interval of a share of which all or nothing came true in `n` homes: drawing them anew varies nothing, so the bound
 * is the exact one of the binomial distribution. Seven of seven found are "59 % to 100 %", not certainty.
 */
export function allOrNothing(share: number, n: number): Interval | undefined {
  if (n === 0 || (share !== 0 && share !== 1)) return undefined;
  const away = 0.025 ** (1 / n);
  return share === 1 ? [away, 1] : [0, 1 - away];
}

/** The interval of a rate of something that was never seen in so many days (Poisson), for `per` days. */
export const neverSeen = (days: number, per: number): Interval | undefined =>
  days > 0 ? [0, (per * -Math.log(0.025)) / days] : undefined;

/**
 * How often each home was drawn in each resample: whole homes are drawn, with replacement, because what happens in one
 * home hangs together. All figures of a report share the same draws.
 */
export class HomeBootstrap {
  readonly homes: number;
  readonly #resamples: number;
  /** Made when it is first asked for: without truth nobody does. */
  #drawn: Uint16Array | undefined;

  constructor(homes: number, resamples = RESAMPLES) {
    this.homes = homes;
    this.#resamples = resamples;
  }

  get #draws(): Uint16Array {
    if (this.#drawn) return this.#drawn;
    const { homes } = this;
    const draws = new Uint16Array(homes * this.#resamples);
    const random = seededRandom(BOOTSTRAP_SEED);
    for (let i = 0; i < this.#resamples; i++)
      for (let j = 0; j < homes; j++) {
        const drawn = i * homes + Math.floor(random.next() * homes);
        draws[drawn] = (draws[drawn] ?? 0) + 1;
      }
    this.#drawn = draws;
    return draws;
  }

  /**
   * The interval of a figure that can be computed from the weights of the homes; undefined for less than three homes,
   * and where the figure has no value in too many of the draws.
   */
  interval(figureOf: (weights: Uint16Array) => number | undefined): Interval | undefined {
    if (this.homes < 3) return undefined;
    const values: number[] = [];
    const [draws, resamples] = [this.#draws, this.#resamples];
    for (let i = 0; i < resamples; i++) {
      const value = figureOf(draws.subarray(i * this.homes, (i + 1) * this.homes));
      if (value !== undefined) values.push(value);
    }
    if (values.length < resamples / 2) return undefined;
    values.sort((a, b) => a - b);
    const at = (q: number): number => values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;
    return [at(0.025), at(0.975)];
  }
}
