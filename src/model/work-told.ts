import type { Text } from './text.ts';

/** Who waits for long work, and is told how it goes on. */
export interface WorkTold {
  /** A step begins. */
  step(what: Text): void;
  /** Of the rows of this step so many are done. */
  rows(done: number, of: number): void;
}
