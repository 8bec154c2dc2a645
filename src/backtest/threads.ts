import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Of a smaller recording (some two million messages) a second thread saves nothing: each has to load all definitions, and
 * to read the messages that the other one judges.
 */
const BYTES_WORTH_THREADS = 512 * 2 ** 20;
/** A compressed recording holds at least so many times its own length. */
const PACKED = 8;
/** Each takes 350 MB over a year of 1,000 homes, and two stay below a gigabyte. */
const THREADS_MAX = 2;

/** How many threads a backtest of these recordings takes by itself. */
export function threadsFor(recordings: readonly string[]): number {
  const text = (file: string): number => statSync(file).size * (file.endsWith('.gz') ? PACKED : 1);
  const bytes = recordings.reduce((sum, file) => sum + text(file), 0);
  return bytes < BYTES_WORTH_THREADS ? 1 : Math.min(THREADS_MAX, availableParallelism());
}
