import { createHash } from 'node:crypto';

/** Eight hex digits: enough to tell a handful of versions apart, short enough to be read out on the telephone. */
const DIGITS = 8;

/** A mark of what a value says. The order in which keys stand says nothing, and does not change it; that of lists does. */
export const contentMark = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, DIGITS);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
