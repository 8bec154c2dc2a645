export const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/**
 * The value that so great a share of them do not exceed: nine of ten of ten values is the ninth, and not the longest.
 * @param sortedValues ascending, not empty
 */
export const quantile = (sortedValues: readonly number[], q: number): number =>
  sortedValues[Math.max(0, Math.ceil(q * sortedValues.length - 1e-9) - 1)] ?? Number.NaN;

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** How many of each, by name. */
export function countBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return byName(counts);
}

/** The same entries in the order of their names: the same figures give the same bytes. */
export const byName = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
