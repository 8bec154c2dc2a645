import { DatabaseError } from 'pg';
import { TextError } from '../../model/text.ts';

/** The server gave up a statement that took longer than it may (or somebody there cancelled it). Nothing of it was done. */
const CANCELED = '57014';
/** What `pg` says where no answer came in time. */
const NO_ANSWER = 'Query read timeout';
/** So long at most: a server that needs more is none. */
const DOUBLED_MAX = 7;

/**
 * How long a batch may take. Nobody can make it smaller (an import is one batch), and what was too slow once would be too
 * slow for ever: after each try that was given up for its time the next may take twice as long. One that went through ends it.
 */
export class Patience {
  readonly #usualMs: number;
  #doubled = 0;

  constructor(usualMs: number) {
    this.#usualMs = usualMs;
  }

  get ms(): number {
    return this.#usualMs * 2 ** this.#doubled;
  }

  /** What to make of a batch that was not written: the same error, or one that says how it goes on. */
  failed(error: unknown): unknown {
    const isCanceled = error instanceof DatabaseError && error.code === CANCELED;
    if (!isCanceled && !isUnanswered(error)) return error;
    const before = seconds(this.ms);
    this.#doubled = Math.min(this.#doubled + 1, DOUBLED_MAX);
    // Whether that was done nobody knows: whoever asks has to hear it as what it is.
    if (!isCanceled) return error;
    const next = seconds(this.ms);
    return new TextError(
      {
        zh: `PostgreSQL 在 ${before} 秒内未写完这一批；下一次尝试允许 ${next} 秒`,
        en: `PostgreSQL did not write this batch within ${before} s; the next try may take ${next} s`,
      },
      { cause: error },
    );
  }

  done(): void {
    this.#doubled = 0;
  }
}

const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.message === NO_ANSWER;

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
