/** A connection's place with its address, from its opening to its end. */
export interface Place {
  readonly address: string;
  /** Closes it. */
  readonly drop: () => void;
  state: 'knocks' | 'in' | 'gone';
}

export interface PlaceLimits {
  /** Let in, of one address and in all. */
  readonly perAddressMax: number;
  readonly max: number;
  /** Not let in yet: a share of what one address may have, and so many in all. */
  readonly knockingShare: number;
  readonly knockingMax: number;
}

/** For so long it is said that an address was crowded. */
const SAID_MS = 10 * 60_000;

/**
 * Who has shown nothing yet takes no place of those who have: connections that knock are counted apart, and where there are
 * too many the one that knocks longest is dropped for the next. So whoever opens thousands and says nothing keeps nobody
 * behind the same address out, who says who he is as soon as he is there. Times are milliseconds of a steady clock.
 */
export class Places {
  readonly #limits: PlaceLimits;
  readonly #in = new Map<string, number>();
  #inCount = 0;
  /** In the order of their coming. */
  readonly #knocking = new Set<Place>();
  readonly #knockingOf = new Map<string, Set<Place>>();
  #crowded: { address: string; dropped: number; at: number } | undefined;
  #full: { address: string; refused: number; at: number } | undefined;

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Opens one that knocks; the one that had to go for it. Each wants a `leave`. */
  enter(
    address: string,
    drop: () => void,
    now: number,
  ): { readonly place: Place; readonly dropped?: Place | undefined } {
    const { perAddressMax, knockingShare, knockingMax } = this.#limits;
    const own = this.#knockingOf.get(address) ?? new Set();
    const isCrowded = own.size >= Math.max(1, perAddressMax * knockingShare);
    const from = isCrowded ? own : this.#knocking.size >= knockingMax ? this.#knocking : [];
    const [dropped] = from;
    if (dropped) {
      this.leave(dropped);
      this.#note(dropped.address, now);
      dropped.drop();
    }
    const place: Place = { address, drop, state: 'knocks' };
    this.#knocking.add(place);
    this.#knockingOf.set(address, own.add(place));
    return { place, dropped };
  }

  /** It has shown who it is; false: there are too many, of its address or in all. */
  letIn(place: Place, now: number): boolean {
    const { address, state } = place;
    if (state !== 'knocks') return state === 'in';
    const open = this.#in.get(address) ?? 0;
    if (open >= this.#limits.perAddressMax || this.#inCount >= this.#limits.max) {
      this.#full = { address, refused: (this.full(now)?.refused ?? 0) + 1, at: now };
      return false;
    }
    this.leave(place);
    place.state = 'in';
    this.#in.set(address, open + 1);
    this.#inCount++;
    return true;
  }

  leave(place: Place): void {
    const { address, state } = place;
    place.state = 'gone';
    if (state === 'knocks') {
      this.#knocking.delete(place);
      const own = this.#knockingOf.get(address);
      own?.delete(place);
      if (own?.size === 0) this.#knockingOf.delete(address);
    } else if (state === 'in') {
      const open = (this.#in.get(address) ?? 1) - 1;
      if (open > 0) this.#in.set(address, open);
      else this.#in.delete(address);
      this.#inCount--;
    }
  }

  /** The address from which others were dropped last, and how many since it began; undefined when that is over. */
  crowded(now: number): { readonly address: string; readonly dropped: number } | undefined {
    return this.#crowded && now - this.#crowded.at < SAID_MS ? this.#crowded : undefined;
  }

  /** The address from which somebody who has shown who he is was refused last for want of a place, and how many since it began; undefined when that is over. */
  full(now: number): { readonly address: string; readonly refused: number } | undefined {
    return this.#full && now - this.#full.at < SAID_MS ? this.#full : undefined;
  }

  #note(address: string, now: number): void {
    const dropped = (this.crowded(now)?.dropped ?? 0) + 1;
    this.#crowded = { address, dropped, at: now };
  }
}
