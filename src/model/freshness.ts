import { MINUTE } from '../lib/clock.ts';

/** How old the newest reading of a counter may be to say something about now, by how often its device reports: two intervals and a little. */
export const freshForMs = (intervalMs: number): number => 2 * intervalMs + 30 * MINUTE;
