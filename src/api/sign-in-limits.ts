import type { FastifyBaseLogger } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import type { Clock } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import { addressKey } from './address-key.ts';
import { CheckLine } from './check-line.ts';
import { GuessBound, type GuessPace } from './guess-bound.ts';

/** Who tries a name and a secret. */
export interface Attempt {
  readonly name: string;
  readonly ip: string;
  /** A device that has shown the right password of this name before: nobody else uses up its tries. */
  readonly knownDevice?: boolean;
}

/** Right, wrong, or seconds to wait before it may be tried. */
export type AttemptOutcome = boolean | { readonly waitS: number };

export interface GuessPaces {
  /** Of one name from one address. */
  readonly pair: GuessPace;
  /** Of one address: that of an office, or of half a mobile network. */
  readonly address: GuessPace;
  /** Of one name from everywhere. */
  readonly name?: GuessPace;
}

/**
 * Bounds guesses at secrets that people chose, by what is guessed and from where: wrong ones of somebody elsewhere lock
 * nobody out. Address and name are not asked about who has been here before: a device that shows so, or an address from
 * which the name was right.
 */
export class GuessLimits {
  readonly #pair: GuessBound;
  readonly #address: GuessBound;
  readonly #name: GuessBound | undefined;
  readonly #line = new CheckLine(LIMITS.passwordChecksMax, LIMITS.signInsWaitingMax);
  readonly #wereRight = new Set<string>();
  readonly #told: (reason: GuessRefusal, attempt: Attempt) => void;

  constructor(
    clock: Clock,
    paces: GuessPaces,
    told: (reason: GuessRefusal, attempt: Attempt) => void = () => {},
  ) {
    this.#pair = new GuessBound(clock, paces.pair);
    this.#address = new GuessBound(clock, paces.address);
    this.#name = paces.name && new GuessBound(clock, paces.name);
    this.#told = told;
  }

  /** Checks when there is a try for it and its turn has come. */
  async attempt(attempt: Attempt, check: () => Promise<boolean>): Promise<AttemptOutcome> {
    const keys = keysOf(attempt);
    const isKnown = attempt.knownDevice || this.#wereRight.has(keys.pair);
    const early = this.#mustWait(keys, isKnown, attempt);
    if (early) return early;
    const outcome = await this.#line.run(isKnown ? 'known' : 'stranger', async () => {
      // Others were wrong while this one stood in line.
      const wait = this.#mustWait(keys, isKnown, attempt);
      return wait ?? this.#check(keys, isKnown, attempt, check);
    });
    if (outcome !== undefined) return outcome;
    this.#told('busy', attempt);
    return { waitS: 1 };
  }

  #mustWait(keys: Keys, isKnown: boolean, attempt: Attempt): { waitS: number } | undefined {
    const waits = (
      [
        ['pair', this.#pair.waitMs(keys.pair)],
        ['address', isKnown ? 0 : this.#address.waitMs(keys.address)],
        ['name', isKnown ? 0 : (this.#name?.waitMs(keys.name) ?? 0)],
      ] as const
    ).filter(([, ms]) => ms > 0);
    const [first] = waits;
    if (!first) return undefined;
    this.#told(first[0], attempt);
    return { waitS: Math.ceil(Math.max(...waits.map(([, ms]) => ms)) / 1000) };
  }

  async #check(
    keys: Keys,
    isKnown: boolean,
    attempt: Attempt,
    check: () => Promise<boolean>,
  ): Promise<boolean> {
    const taken: [GuessBound, string][] = [[this.#pair, keys.pair]];
    if (!isKnown) taken.push([this.#address, keys.address]);
    if (!isKnown && this.#name) taken.push([this.#name, keys.name]);
    for (const [bound, key] of taken) bound.take(key);
    const right = await check();
    if (!right) {
      this.#told('wrong', attempt);
      return false;
    }
    for (const [bound, key] of taken) bound.giveBack(key);
    this.#remember(keys.pair);
    return true;
  }

  #remember(pair: string): void {
    this.#wereRight.delete(pair);
    this.#wereRight.add(pair);
    const [oldest] = this.#wereRight;
    if (this.#wereRight.size > LIMITS.signInPlacesKeptMax && oldest !== undefined)
      this.#wereRight.delete(oldest);
  }
}

/** Why a try did not succeed: it was wrong, too many were (of the name here, of the address, of the name anywhere), or too many at once. */
export type GuessRefusal = 'wrong' | 'pair' | 'address' | 'name' | 'busy';

interface Keys {
  readonly pair: string;
  readonly address: string;
  readonly name: string;
}

function keysOf({ name, ip, knownDevice }: Attempt): Keys {
  const address = addressKey(ip);
  return { address, name, pair: knownDevice ? `device\n${name}` : `${address}\n${name}` };
}

const paceOf = (inWindow: number): GuessPace => ({
  burst: inWindow,
  everyMs: LIMITS.signInWindowMs / inWindow,
});

/** Of people at the console. */
export function signInLimits(
  clock: Clock,
  told: (reason: GuessRefusal, attempt: Attempt) => void,
  { perAccount, perAddress } = {
    perAccount: LIMITS.signInsPerAccountMax as number,
    perAddress: LIMITS.signInsPerAddressMax as number,
  },
): GuessLimits {
  const pair = paceOf(perAccount);
  // From strangers everywhere no more guesses than from one place; the burst is for people who are all new.
  const name = { burst: 3 * perAccount, everyMs: pair.everyMs };
  return new GuessLimits(clock, { pair, address: paceOf(perAddress), name }, told);
}

/** Of programs whose secret somebody set by hand, apart from people: a program with a wrong one locks nobody out of the console. */
export const programLimits = (
  clock: Clock,
  told: (reason: GuessRefusal, attempt: Attempt) => void,
): GuessLimits =>
  new GuessLimits(
    clock,
    { pair: paceOf(LIMITS.signInsPerAccountMax), address: paceOf(LIMITS.signInsPerAddressMax) },
    told,
  );

/** Counts, and says in the log, but not of each: somebody who guesses must not fill it. */
export function guessTeller(
  metrics: Registry,
  log: FastifyBaseLogger,
  of: 'people' | 'programs',
  clock: Clock,
): (reason: GuessRefusal, attempt: Attempt) => void {
  const name = 'shouwang_sign_ins_refused_total';
  const help =
    'Sign-ins that did not succeed: wrong, or not looked at after too many wrong ones of a name and address (pair), of an address, of a name, or at once (busy)';
  const counter =
    (metrics.getSingleMetric(name) as Counter<'of' | 'reason'> | undefined) ??
    new Counter({ name, help, labelNames: ['of', 'reason'] as const, registers: [metrics] });
  const saidAt = new Map<GuessRefusal, number>();
  return (reason, { name: account, ip }) => {
    counter.inc({ of, reason });
    const now = clock.now();
    if (reason === 'wrong' || now - (saidAt.get(reason) ?? Number.NEGATIVE_INFINITY) < LIMITS.signInWindowMs)
      return;
    saidAt.set(reason, now);
    log.warn(
      { of, reason, account: account.slice(0, 64), ip },
      'too many wrong passwords: guesses have to wait',
    );
  };
}
