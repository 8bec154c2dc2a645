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
