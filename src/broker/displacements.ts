import type { BrokerLimits } from './options.ts';

interface Chain {
  count: number;
  last: number;
  readonly addresses: Set<string>;
}

const ADDRESSES_SHOWN_MAX = 5;

/**
 * Whether two fight for one client id: each who comes puts the other out (MQTT 3.1.1, 3.1.4-2) and is put out in turn. One
 * device alone displaces its own connection too, when its network or its power went without a word; but not so many times in
 * a row, each within a short while of the one before. Times are milliseconds of a steady clock.
 */
export class Displacements {
  readonly #limits: BrokerLimits;
  /** By client id. Grows only with ids that have a credential. */
  readonly #chains = new Map<string, Chain>();

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
  }

  /** One was displaced by another that came from this address. What is told each time that it has become plain, anew. */
  note(
    id: string,
    from: { readonly old: string; readonly young: string },
    now: number,
  ): { readonly count: number; readonly from: string } | undefined {
    const known = this.#chains.get(id);
    const goesOn = known && now - known.last <= this.#limits.displacedWithinMs;
    const chain = goesOn ? known : { count: 0, last: now, addresses: new Set<string>() };
    this.#chains.set(id, chain);
    chain.count++;
    chain.last = now;
    for (const address of [from.old, from.young])
      if (chain.addresses.size < ADDRESSES_SHOWN_MAX) chain.addresses.add(address);
    const { count, addresses } = chain;
    return count < this.#limits.displacedInARowMax ? undefined : { count, from: [...addresses].join(', ') };
  }

  prune(now: number): void {
    for (const [id, { last }] of this.#chains)
      if (now - last > this.#limits.displacedWithinMs) this.#chains.delete(id);
  }
}
