import type { MetricName } from '../../model/metrics.ts';
import type { DownsampleQuery, RangeQuery } from '../../ports/telemetry.ts';
import type { Cutoffs, OutsideStore, WriteAnswer } from './outside-store.ts';

/** A store outside, by the secret with which it is asked. */
type Make = (secret: string) => OutsideStore;

/**
 * A store outside whose secret stands in a file: where it is refused and the file holds another by now, that is taken. A token
 * that ends and is renewed needs no restart, as the password of PostgreSQL needs none.
 */
export class RenewedSecret implements OutsideStore {
  readonly kind: string;
  readonly #read: () => string | undefined;
  readonly #make: Make;
  #secret: string;
  #store: OutsideStore;

  constructor(secret: string, read: () => string | undefined, make: Make) {
    this.#read = read;
    this.#make = make;
    this.#secret = secret;
    this.#store = make(secret);
    this.kind = this.#store.kind;
  }

  askFirst(): Promise<WriteAnswer | undefined> {
    return this.#store.askFirst();
  }

  async write(lines: string): Promise<WriteAnswer> {
    const answer = await this.#store.write(lines);
    if (answer.ok || answer.problem !== 'not-authorized' || !this.#isRenewed()) return answer;
    return this.#store.write(lines);
  }

  range(query: RangeQuery) {
    return this.#ask((store) => store.range(query));
  }

  before(device: string, metric: MetricName, at: number) {
    return this.#ask((store) => store.before(device, metric, at));
  }

  downsample(query: DownsampleQuery) {
    return this.#ask((store) => store.downsample(query));
  }

  last(devices: readonly string[], metrics: readonly MetricName[]) {
    return this.#ask((store) => store.last(devices, metrics));
  }

  events(query: Parameters<OutsideStore['events']>[0]) {
    return this.#ask((store) => store.events(query));
  }

  devices(after: string, limit: number) {
    return this.#ask((store) => store.devices(after, limit));
  }

  removeDevice(device: string) {
    return this.#ask((store) => store.removeDevice(device));
  }

  retain(cutoffs: Cutoffs) {
    return this.#ask((store) => store.retain(cutoffs));
  }

  close(): void {
    this.#store.close();
  }

  async #ask<T>(ask: (store: OutsideStore) => Promise<T>): Promise<T> {
    const asked = this.#store;
    try {
      return await ask(asked);
    } catch (error) {
      // Whatever it was: with a secret that is over a server says it in many ways.
      if (asked === this.#store && !this.#isRenewed()) throw error;
      return ask(this.#store);
    }
  }

  #isRenewed(): boolean {
    const secret = this.#read();
    if (secret === undefined || secret === '' || secret === this.#secret) return false;
    const before = this.#store;
    this.#secret = secret;
    this.#store = this.#make(secret);
    before.close();
    return true;
  }
}
