import { test } from 'vitest';

/** `npm run test:slow` says so: properties are tried more often there, and what takes long has its turn. */
export const SLOW = process.env['SLOW_SUITE'] !== undefined;

/** How often a property is tried: so often in the fast suite, and in the slow one twenty times as often if nothing else is said. */
export const runs = (fast: number, slow = fast * 20): number => (SLOW ? slow : fast);

/** A test of the slow suite. It stands here because its bench does; the fast suite has a shorter one about the same. */
export function atLength(name: string, body: () => void | Promise<void>): void {
  if (SLOW) test(name, body, 300_000);
}
