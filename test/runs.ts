import { test } from 'vitest';

/** `npm run test:slow` says so: properties are tried more often there, and what takes long has its turn. */
export const SLOW = process.env['SLOW_SUITE'] !== undefined;

/** How often a property is tried: so often in the fast suite, and in the slow one twenty times as often if nothing else is said. */
export const runs = (fast: number, slow = fast * 20): number => (SLOW ? slow : fast);

/**
 * Whether a story or an example is restarted from its stored state after so many steps. In the slow suite it is after each,
 * and is played straight as well; in the fast one it is played once, restarted often at first and then now and then.
 */
export const restartsAfter = (steps: number): boolean => SLOW || steps % (steps <= 50 ? 5 : 25) === 0;

/** Of a table of cases every so many, the first among them; the slow suite takes all. */
export const someOf = <const T>(cases: readonly T[], every: number): T[] =>
  cases.filter((_, place) => SLOW || place % every === 0);

/** A test of the slow suite. It stands here because its bench does; the fast suite has a shorter one about the same. */
export function atLength(name: string, body: () => void | Promise<void>): void {
  if (SLOW) test(name, body, 300_000);
}
