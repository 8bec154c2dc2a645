/** How well a home is watched as a whole. `away`: a period of absence is under way, and what can be seen is seen. */
export const WATCH_LEVELS = ['unwatched', 'partly', 'away', 'full'] as const;
export type WatchLevel = (typeof WATCH_LEVELS)[number];

/** What rules find may be told to nobody: no person and no group would hear of a P1 or P2 of this home. */
export const NOBODY_TO_TELL = 'nobody-to-tell';

/** What devices of the home measure (water, blood pressure) no rule that is on judges, here or anywhere. */
export const NO_RULE = 'no-rule';

/** Rules that would find nothing for the same reason. */
export interface WatchReason {
  /** One of the states of src/rules/watch.ts, `no-rule` or `nobody-to-tell`. */
  readonly state: string;
  readonly rules: readonly string[];
  readonly devices: readonly string[];
  /** When the first of these devices was last heard; where it never was, when it was enrolled. Only of what is not heard. */
  readonly since?: number;
  /** When the first of them ends by itself, where that is known. */
  readonly until?: number;
}

export interface HomeWatchSummary {
  readonly level: WatchLevel;
  /** The one that matters most first; none where the home is fully watched. */
  readonly reasons: readonly WatchReason[];
}
