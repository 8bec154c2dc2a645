import { LIMITS } from '../model/limits.ts';

/** Who was told a short while ago: one that calls each second is told once in this time. In memory only. */
export class Lately {
  readonly #forMs: number;
  readonly #at = new Map<string, number>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** Whether it was not told lately; then it counts as told now. */
  isNews(key: string, at: number): boolean {
    const before = this.#at.get(key);
    if (before !== undefined && at - before < this.#forMs) return false;
    this.#at.delete(key);
    this.#at.set(key, at);
    if (this.#at.size > LIMITS.knockingKeptMax) {
      const [oldest = ''] = this.#at.keys();
      this.#at.delete(oldest);
    }
    return true;
  }

  /** Should it come again, that is news. */
  forget(key: string): void {
    this.#at.delete(key);
  }
}
