import type { BrokerHost, BrokerRefusal, Identity } from '../ports/broker.ts';
import { BanList } from './ban-list.ts';
import type { BrokerLimits } from './options.ts';

export interface Applicant {
  readonly clientId: string;
  readonly address: string;
  readonly keepAliveS: number;
  readonly username: string;
  readonly password: Uint8Array;
}

/** Who may connect: connections of an address, credentials, and bans of those who try too often. */
export class Admission {
  readonly #host: BrokerHost;
  readonly #limits: BrokerLimits;
  readonly #connections = new Map<string, number>();
  #connectionCount = 0;
  readonly #flapping: BanList;
  readonly #authFailures: BanList;
  /**
   * Where each client id was last let in. Its failures from there are its own: a device with a wrong password does not
   * lock out the others behind the same address. Grows only with client ids that have a credential.
   */
  readonly #knownAt = new Map<string, string>();

  constructor(host: BrokerHost, limits: BrokerLimits) {
    this.#host = host;
    this.#limits = limits;
    const terms = {
      windowMs: limits.flappingWindowMs,
      banMs: limits.flappingBanMs,
      keptMax: limits.bansKeptMax,
    };
    this.#flapping = new BanList({ ...terms, offencesMax: limits.flappingConnectsMax });
    this.#authFailures = new BanList({ ...terms, offencesMax: limits.authFailuresMax });
  }

  /** False: there are too many connections, of this address or in all. Each true wants a `leave`. */
  enter(address: string): boolean {
    const open = this.#connections.get(address) ?? 0;
    if (
      open >= this.#limits.connectionsPerAddressMax ||
      this.#connectionCount >= this.#limits.connectionsMax
    ) {
      return false;
    }
    this.#connections.set(address, open + 1);
    this.#connectionCount++;
    return true;
  }

  leave(address: string): void {
    const open = (this.#connections.get(address) ?? 1) - 1;
    if (open > 0) this.#connections.set(address, open);
    else this.#connections.delete(address);
    this.#connectionCount--;
  }

  /** The identity, or why not. @throws what the host throws when it cannot check the credential. */
  async check(applicant: Applicant): Promise<Identity | BrokerRefusal> {
    const { clientId, address, keepAliveS } = applicant;
    if (keepAliveS < 1 || keepAliveS > this.#limits.keepAliveSMax) return 'protocol-error';
    if (this.#flapping.banned(clientId, Date.now())) return 'flapping';
    const culprit = this.#knownAt.get(clientId) === address ? `${address} ${clientId}` : address;
    if (this.#authFailures.banned(culprit, Date.now())) return 'too-many-auth-failures';
    const identity = await this.#host.authenticate(clientId, applicant.username, applicant.password);
    if (identity?.id !== clientId) {
      this.#authFailures.offend(culprit, Date.now());
      return identity ? 'client-id-mismatch' : 'wrong-credentials';
    }
    this.#knownAt.set(clientId, address);
    return identity;
  }

  /**
   * A client's connection ended without a good-bye, also when a twin with the same id took its place. Who comes and
   * goes politely may do so as often as it likes: a script that publishes one reading a call is no flapping.
   */
  brokeOff(clientId: string): void {
    this.#flapping.offend(clientId, Date.now());
  }

  prune(now: number): void {
    this.#flapping.prune(now);
    this.#authFailures.prune(now);
  }
}
