/** The mean is over about this time. */
const OVER_MS = 100;

/** How fast messages come, by the batches in which they were taken. */
export class MessageRate {
  /** When the last batch was closed, by the steady clock. */
  lastAt = 0;
  /** Messages a millisecond. */
  perMs = 0;

  note(items: number, now: number): void {
    const ms = Math.max(now - this.lastAt, 0.01);
    this.lastAt = now;
    this.perMs += (1 - Math.exp(-ms / OVER_MS)) * (items / ms - this.perMs);
  }
}
