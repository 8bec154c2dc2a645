/** One round after the other, anchor and subject in turn: what a figure is made of, and how it is summed up. */

/** How thorough a run is. `quick` is for who tunes: fewer and shorter rounds, the same work. */
export interface BenchContext {
  readonly quick: boolean;
  /** Folder for everything that the figures write; removed at the end. */
  readonly dir: string;
  /** Where CPU profiles of the service go; undefined: none are taken. */
  readonly profileDir: string | undefined;
  /** Words for whoever waits, on stderr. */
  readonly say: (line: string) => void;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly goal: string;
  readonly result: string;
  /** Undefined: there is no goal, the line only informs. */
  readonly met: boolean | undefined;
  /** The numbers behind the result, for programs. */
  readonly numbers: Readonly<Record<string, number | readonly number[]>>;
  /** What a reader must know to judge the result. */
  readonly notes?: readonly string[];
}

export interface Figure {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** Needs /proc: without it the figure is skipped, with a word. */
  readonly linuxOnly: boolean;
  run(context: BenchContext): Promise<readonly Row[]>;
}

/** Median, smallest and largest of some rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws when there are no values. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('no rounds');
  return { median: percentile(values, 50), min: Math.min(...values), max: Math.max(...values) };
}

/** The value that `percent` of the values do not exceed; between the two middle ones for an even count's median. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** `0.52 (0.49..0.55)` */
export function shown({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}..${max.toFixed(digits)})`;
}

/** 61,700 */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Runs the sides in turn, A B A B, so that whatever else the machine does strikes both alike. */
export async function interleaved<T>(
  rounds: number,
  sides: readonly ((round: number) => Promise<T>)[],
): Promise<T[][]> {
  const results: T[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) results[index]?.push(await side(round));
  }
  return results;
}

/** Ratio of the anchor to the subject in each round. */
export function ratios(anchor: readonly number[], subject: readonly number[]): Spread {
  return spread(anchor.map((value, round) => value / (subject[round] ?? Number.NaN)));
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something holds. @throws with these words when it does not hold in time. */
export async function until(
  words: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 20,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${words}: not within ${withinMs} ms`);
    await sleep(everyMs);
  }
}
