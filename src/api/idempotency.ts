import { createHash } from 'node:crypto';
import { hashPassword, verifyPassword } from '../lib/secrets.ts';
import { ERRORS } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { RecordStore } from '../ports/records.ts';
import { type Refusal, refuse } from './problem.ts';

/** An answer as it goes out. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface IdempotentRequest {
  readonly account: string;
  readonly key: string;
  /** Method, address and body in one text: what makes two requests the same. */
  readonly content: string;
  readonly secretBody: boolean;
  readonly secretAnswer: boolean;
}

/**
 * A request with a key is done once: a repeat of it gets the first answer, the same key with another request is refused
 * (422), and so is a repeat while the first still runs (409). Answers of the server's own failures are not kept, so
 * that a repeat can succeed. An answer that holds a secret is not kept either: the secret would be on disk in clear.
 */
export class IdempotencyGuard {
  readonly #records: RecordStore;
  readonly #running = new Set<string>();

  constructor(records: RecordStore) {
    this.#records = records;
  }

  async run(
    request: IdempotentRequest,
    now: number,
    perform: () => Promise<Answer>,
  ): Promise<(Answer & { repeated: boolean }) | Refusal> {
    // Keys are chosen by clients: two accounts may well choose the same.
    const key = `${request.account} ${request.key}`;
    if (this.#running.has(key)) return refuse('IDEMPOTENCY_KEY_IN_USE', { reason: 'running' });
    if (this.#running.size >= LIMITS.idempotentInFlightMax) return refuse('TOO_MANY_REQUESTS');
    this.#running.add(key);
    try {
      const before = await this.#records.idempotent(key);
      if (before) {
        if (!(await isSame(request, before.fingerprint))) return refuse('IDEMPOTENCY_KEY_REUSED');
        if (before.body === '' && request.secretAnswer)
          return refuse('IDEMPOTENCY_KEY_IN_USE', { reason: 'answer-shown-once' });
        return { status: before.status, body: before.body, repeated: true };
      }
      const answer = await perform();
      if (answer.status < 500 && answer.status !== ERRORS.TOO_MANY_REQUESTS.status)
        await this.#records.saveIdempotent({
          key,
          fingerprint: await fingerprintOf(request),
          status: answer.status,
          body: request.secretAnswer && answer.status < 300 ? '' : answer.body,
          at: now,
        });
      return { ...answer, repeated: false };
    } finally {
      this.#running.delete(key);
    }
  }
}

/** A fast hash of a body with a password in it could be guessed at from a copy of the records. */
const fingerprintOf = async ({ content, secretBody }: IdempotentRequest): Promise<string> =>
  secretBody ? hashPassword(content) : sha256(content);

const isSame = async ({ content, secretBody }: IdempotentRequest, fingerprint: string): Promise<boolean> =>
  secretBody ? verifyPassword(content, fingerprint) : sha256(content) === fingerprint;

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
