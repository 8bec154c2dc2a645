import type { Priority } from '../model/alert.ts';

/** The share of a limit that is kept free for what is graver, so that a P1 does not stand behind a burst of others. */
const KEPT_FREE: Record<Priority, number> = { P1: 0, P2: 1 / 6, P3: 1 / 3, P4: 1 / 3 };

/** Of so few calls, as a telephone number gets in an hour, one is a P1's. */
const ONE_KEPT_OF = 4;

/** What a notice of this priority may use of a limit; never nothing. */
export function allowance(max: number, priority: Priority): number {
  const kept = Math.floor(max * KEPT_FREE[priority]);
  const least = priority === 'P1' || max < ONE_KEPT_OF ? 0 : 1;
  return Math.max(1, max - Math.max(kept, least));
}

/** What a number is asked to take. */
export interface Claim {
  readonly priority: Priority;
  /** It has not heard of this case yet. */
  readonly isFirst: boolean;
  /** It is about things, or a drill: nobody is in danger by it. */
  readonly isMilder: boolean;
}

/**
 * What of a number's limit may be used up by the time that it gets this. A telephone takes four calls an hour: whoever is called
 * about a case that they know, or for a drill, must not be the reason that the next person in need reaches nobody. The last call is for the first word of
 * a P1, so that of four each home's first call stands before the third of another's.
 */
export function addressAllowance(max: number, { priority, isFirst, isMilder }: Claim): number {
  return Math.max(1, Math.floor(max * (isMilder ? MILDER : isFirst ? FIRST : REPEATED)[priority]));
}

const FIRST: Record<Priority, number> = { P1: 1, P2: 5 / 6, P3: 2 / 3, P4: 1 / 2 };
const REPEATED: Record<Priority, number> = { P1: 3 / 4, P2: 1 / 2, P3: 1 / 2, P4: 1 / 2 };
const MILDER: Record<Priority, number> = { P1: 1 / 2, P2: 1 / 2, P3: 1 / 2, P4: 1 / 2 };
