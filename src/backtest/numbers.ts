export const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** @param sortedValues ascending, not empty */
export const quantile = (sortedValues: readonly number[], q: number): number =>
  sortedValues[Math.min(sortedValues.length - 1, Math.floor(q * sortedValues.length))] ?? Number.NaN;

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
