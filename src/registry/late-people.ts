import type { RegistryEntry } from '../model/registry.ts';

/** Residents and contacts in pieces, each of some milliseconds; those of one home out of turn, where that can be had. */
export interface LateEntries extends Iterator<readonly RegistryEntry[]> {
  ofHome?(home: string): readonly RegistryEntry[];
}

/** Residents and contacts that a start did not wait for, on their way into the registry. */
export class LatePeople {
  readonly #late: LateEntries;
  readonly #put: (entry: RegistryEntry) => void;
  /** Homes whose people were read out of turn. */
  readonly #readFor = new Set<string>();
  #done = false;

  constructor(late: LateEntries, put: (entry: RegistryEntry) => void) {
    this.#late = late;
    this.#put = put;
  }

  /** Takes a piece of them; false when all are there. */
  readOn(): boolean {
    const piece = this.#late.next();
    if (piece.done) this.#done = true;
    else for (const entry of piece.value) this.#put(entry);
    return !this.#done;
  }

  readAll(): void {
    while (!this.#done) this.readOn();
  }

  /** Somebody in this home needs help, and cannot wait until all others are read as well. */
  readHome(home: string): void {
    if (this.#done || this.#readFor.has(home)) return;
    this.#readFor.add(home);
    if (this.#late.ofHome) for (const entry of this.#late.ofHome(home)) this.#put(entry);
    else this.readAll();
  }
}
