import { steadyNow } from '../lib/clock.ts';
import { type Place, Places } from '../lib/places.ts';
import type { BrokerHost, BrokerRefusal, BrokerStats, Identity } from '../ports/broker.ts';
import { knowsSecret } from './answers.ts';
import { BanList } from './ban-list.ts';
import type { BrokerLimits } from './options.ts';
import { SlowChecks } from './slow-checks.ts';
import { Turns } from './turns.ts';

/** Of all failures that an address is forgiven, one name may bring this part. */
const FEW_OF = 5;

export interface Applicant {
  readonly clientId: string;
  readonly address: string;
  readonly keepAliveS: number;
  readonly username: string;
  readonly password: Uint8Array;
  readonly place?: Place | undefined;
}

/**
 * Who may connect: connections of an address, credentials, and bans of those who try too often.
 *
 * A right secret counts before any ban: behind one address stand the devices of a building or of a mobile network, and one
 * of them that has a wrong secret must not keep the SOS of another out. What the service made nobody guesses, and to
 * check it costs microseconds. Only names whose check is slow, for somebody set their secret by hand, are kept from
 * being guessed and from burning the processor, and each for itself where that does.
 */
export class Admission {
  readonly #now: () => number;
  readonly #host: BrokerHost;
  readonly #limits: BrokerLimits;
  readonly #places: Places;
  readonly #flapping: BanList;
  readonly #turns: Turns;
  /** By address and name; and by address, where many names are tried. */
  readonly #failuresOfName: BanList;
  readonly #failuresOfAddress: BanList;
  readonly #slowChecks: SlowChecks;
  /** Where each client id was last let in: what others do there is not held against it. Grows only with ids that have a credential. */
  readonly #knownAt = new Map<string, string>();

  constructor(host: BrokerHost, limits: BrokerLimits, now: () => number = steadyNow) {
    this.#now = now;
    this.#host = host;
    this.#limits = limits;
    this.#places = new Places({
      perAddressMax: limits.connectionsPerAddressMax,
      max: limits.connectionsMax,
      knockingShare: limits.knockingShare,
      knockingMax: limits.knockingMax,
    });
    const terms = {
      windowMs: limits.flappingWindowMs,
      banMs: limits.flappingBanMs,
      oneEveryMs: limits.banOneEveryMs,
      keptMax: limits.bansKeptMax,
    };
    this.#flapping = new BanList({ ...terms, offencesMax: limits.flappingConnectsMax });
    this.#turns = new Turns(this.#flapping);
    this.#failuresOfName = new BanList({ ...terms, offencesMax: limits.authFailuresMax });
    this.#failuresOfAddress = new BanList({ ...terms, offencesMax: limits.authFailuresMax });
    this.#slowChecks = new SlowChecks(limits.passwordChecksMax, limits.slowChecksWaitingMax);
  }

  /** A connection was opened, for which another one may have been dropped. Each wants a `leave`. */
  enter(address: string, drop: () => void): ReturnType<Places['enter']> {
    return this.#places.enter(address, drop, this.#now());
  }

  leave(place: Place): void {
    this.#places.leave(place);
  }

  get crowded(): BrokerStats['crowded'] {
    return this.#places.crowded(this.#now());
  }

  get full(): BrokerStats['full'] {
    return this.#places.full(this.#now());
  }

  /** The identity, or why not. @throws what the host throws when it cannot check the credential. */
  async check(applicant: Applicant): Promise<Identity | BrokerRefusal> {
    const { clientId, address, keepAliveS, username } = applicant;
    if (keepAliveS < 1 || keepAliveS > this.#limits.keepAliveSMax) return 'protocol-error';
    const isSlow = this.#host.checksSlowly?.(username) ?? false;
    if (isSlow && !this.#flapping.admits(clientId, this.#now())) return 'flapping';
    const identity = isSlow ? await this.#checkSlowly(applicant) : await this.#authenticate(applicant);
    if (typeof identity === 'string') return identity;
    // Whoever does not know the secret takes nobody's turn, and stands in no line.
    if (!this.#turns.take(clientId, address, this.#now())) return 'flapping';
    if (applicant.place && !this.#places.letIn(applicant.place, this.#now())) return 'too-many-connections';
    this.#knownAt.set(clientId, address);
    return identity;
  }

  async #authenticate({ clientId, username, password }: Applicant): Promise<Identity | BrokerRefusal> {
    const identity = await this.#host.authenticate(clientId, username, password);
    if (!identity) return 'wrong-credentials';
    return identity.id === clientId ? identity : 'client-id-mismatch';
  }

  async #checkSlowly(applicant: Applicant): Promise<Identity | BrokerRefusal> {
    if (!(await this.#slowChecks.turn())) return 'too-many-auth-failures';
    try {
      // Asked when it is its turn: those before it in the line may have been wrong too often by now.
      if (!this.#mayGuess(applicant)) return 'too-many-auth-failures';
      const answer = await this.#authenticate(applicant);
      if (typeof answer === 'string') this.#guessedWrong(applicant);
      return answer;
    } finally {
      this.#slowChecks.done();
    }
  }

  #mayGuess({ clientId, address, username }: Applicant): boolean {
    const now = this.#now();
    if (!this.#failuresOfName.tries(`${address} ${username}`, now)) return false;
    return this.#isAtHome(clientId, address) || this.#failuresOfAddress.tries(address, now);
  }

  /** One device that has a wrong secret is no guesser of others: it counts against its address a few times only. */
  #guessedWrong({ clientId, address, username }: Applicant): void {
    const [now, name] = [this.#now(), `${address} ${username}`];
    const few = this.#failuresOfName.offences(name, now) < this.#limits.authFailuresMax / FEW_OF;
    this.#failuresOfName.offend(name, now);
    if (few && !this.#isAtHome(clientId, address)) this.#failuresOfAddress.offend(address, now);
  }

  /** Did whoever was refused show the secret, or was one of these names let in from there before? */
  isKnown(names: readonly string[], address: string, refusal: BrokerRefusal | undefined): boolean {
    return (refusal && knowsSecret(refusal)) || names.some((name) => this.#isAtHome(name, address));
  }

  #isAtHome(clientId: string, address: string): boolean {
    return this.#knownAt.get(clientId) === address;
  }

  /**
   * A client's connection ended without a good-bye, also when a twin with the same id took its place. Who comes and
   * goes politely may do so as often as it likes: a script that publishes one reading a call is no flapping.
   */
  brokeOff(clientId: string): void {
    this.#flapping.offend(clientId, this.#now());
  }

  prune(now: number): void {
    this.#flapping.prune(now);
    this.#turns.prune(now);
    this.#failuresOfName.prune(now);
    this.#failuresOfAddress.prune(now);
  }
}
