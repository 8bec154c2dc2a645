import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { RecordsAway } from '../ports/records.ts';

/** What is done piece by piece between two batches, when memory and records say the same. */
export interface BetweenBatches {
  isDue(wallNow: number): boolean;
  work(wallNow: number): Promise<void>;
}

/**
 * Does what is due between two batches. Acknowledgements and events of the last one leave first: at the end of this
 * turn. Records that cannot be read now (their server is away) stop none of it for good: each part says itself when it
 * is due again, and nothing that was committed depends on it.
 */
export async function workBetween(parts: readonly BetweenBatches[], logger: Logger): Promise<void> {
  for (const part of parts) {
    if (!part.isDue(performance.now())) continue;
    await turn();
    try {
      await part.work(performance.now());
    } catch (error) {
      const level = error instanceof RecordsAway ? 'warn' : 'error';
      logger[level]({ err: error }, 'what is looked at between two batches was put off: it is tried again');
    }
  }
}
