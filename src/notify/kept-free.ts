import type { Priority } from '../model/alert.ts';

/** The share of a limit that is kept free for what is graver, so that a P1 does not stand behind a burst of others. */
const KEPT_FREE: Record<Priority, number> = { P1: 0, P2: 1 / 6, P3: 1 / 3, P4: 1 / 3 };

/** What a notice of this priority may use of a limit; never nothing. */
export const allowance = (max: number, priority: Priority): number =>
  Math.max(1, max - Math.floor(max * KEPT_FREE[priority]));
