import type { Logger } from 'pino';
import { steadyNow } from '../lib/clock.ts';
import { BROKER_REFUSALS, type BrokerRefusal } from '../ports/broker.ts';

/** One line of the log for a kind of refusal in this time; the counters are never cut. */
const LOG_EVERY_MS = 10_000;

/** Counts every refusal under its name, and says so in the log without letting an attacker fill it. */
export class Refusals {
  readonly #logger: Logger;
  readonly #words: string;
  readonly #counts = Object.fromEntries(BROKER_REFUSALS.map((name) => [name, 0])) as Record<
    BrokerRefusal,
    number
  >;
  readonly #loggedAt = new Map<BrokerRefusal, number>();
  readonly #unlogged = new Map<BrokerRefusal, number>();

  /** @param words who refuses whom, for the log */
  constructor(logger: Logger, words = 'MQTT client refused') {
    this.#logger = logger;
    this.#words = words;
  }

  count(refusal: BrokerRefusal, details: Readonly<Record<string, unknown>>): void {
    this.#counts[refusal]++;
    const now = steadyNow();
    if (now - (this.#loggedAt.get(refusal) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) {
      this.#unlogged.set(refusal, (this.#unlogged.get(refusal) ?? 0) + 1);
      return;
    }
    const unlogged = this.#unlogged.get(refusal) ?? 0;
    this.#loggedAt.set(refusal, now);
    this.#unlogged.delete(refusal);
    this.#logger.warn({ refusal, ...details, ...(unlogged > 0 && { unlogged }) }, this.#words);
  }

  get(refusal: BrokerRefusal): number {
    return this.#counts[refusal];
  }

  counts(): Readonly<Record<BrokerRefusal, number>> {
    return { ...this.#counts };
  }
}

/** CONNACK return codes of MQTT 3.1.1 (3.2.2.3) and reason codes of MQTT 5 (3.2.2.2) that mean that the credentials are not accepted. */
const NOT_ACCEPTED = [4, 5, 134, 135];

/** What an outside broker means by an error of our connection to it; undefined: nothing that has a name. */
export function refusalOf(error: Error & { code?: unknown }): BrokerRefusal | undefined {
  if (NOT_ACCEPTED.includes(error.code as number)) return 'wrong-credentials';
  return error.message === 'connack timeout' ? 'connect-timeout' : undefined;
}
