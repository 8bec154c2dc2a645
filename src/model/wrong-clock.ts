/** What the clock of a device said, and by how much that was ahead of its arrival; `isCorrected`: taken as of that. */
export interface WrongClock {
  readonly said: number;
  readonly offMs: number;
  readonly isCorrected: boolean;
}
