import { createHash } from 'node:crypto';
import { hashPassword, verifyPassword } from '../lib/secrets.ts';
import { ERRORS } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { covers } from '../model/paths.ts';
import type { RecordStore } from '../ports/records.ts';
import { type Refusal, refuse } from './problem.ts';

/** An answer as it goes out. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Nodes of the tree. */
export interface Rights {
  readonly nodes: readonly string[];
  readonly visible: readonly string[];
}

export interface IdempotentRequest {
  readonly account: string;
  readonly key: string;
  /** Method, address and body in one text: what makes two requests the same. */
  readonly content: string;
  readonly secretBody: boolean;
  /** Where the account may ask this and may read, now. */
  readonly rights: Rights;
  readonly secretAnswer: boolean;
}

/**
 * A request with a key is done once: a repeat of it gets the first answer, the same key with another request is refused
 * (422), and so is a repeat while the first still runs (409). Answers of the server's own failures are not kept, so
 * that a repeat can succeed. An answer that holds a secret is not kept either: the secret would be on disk in clear.
 *
 * An answer says what its account might read when it was given. Who has lost rights since gets it no more, though what was done
 * stays done; what the route itself asks of an account was asked before this.
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
        const { fingerprint, rights } = storedOf(before.fingerprint);
        if (!(await isSame(request, fingerprint))) return refuse('IDEMPOTENCY_KEY_REUSED');
        if (rights && !hasStill(request.rights, rights))
          return refuse('NOT_ALLOWED', { reason: 'rights-lost' });
        if (before.body === '' && request.secretAnswer)
          return refuse('IDEMPOTENCY_KEY_IN_USE', { reason: 'answer-shown-once' });
        return { status: before.status, body: before.body, repeated: true };
      }
      const answer = await perform();
      if (answer.status < 500 && answer.status !== ERRORS.TOO_MANY_REQUESTS.status)
        await this.#records.saveIdempotent({
          key,
          fingerprint: `${await fingerprintOf(request)} ${JSON.stringify(request.rights)}`,
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

/** Behind the fingerprint stand the rights of then; those of answers of before are not known, for a day. */
function storedOf(text: string): { readonly fingerprint: string; readonly rights: Rights | undefined } {
  const end = text.indexOf(' ');
  if (end < 0) return { fingerprint: text, rights: undefined };
  return { fingerprint: text.slice(0, end), rights: JSON.parse(text.slice(end + 1)) as Rights };
}

const hasStill = (now: Rights, then: Rights): boolean =>
  (['nodes', 'visible'] as const).every((which) =>
    then[which].every((node) => now[which].some((held) => covers(held, node))),
  );

/** A fast hash of a body with a password in it could be guessed at from a copy of the records. */
const fingerprintOf = async ({ content, secretBody }: IdempotentRequest): Promise<string> =>
  secretBody ? hashPassword(content) : sha256(content);

const isSame = async ({ content, secretBody }: IdempotentRequest, fingerprint: string): Promise<boolean> =>
  secretBody ? verifyPassword(content, fingerprint) : sha256(content) === fingerprint;

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
