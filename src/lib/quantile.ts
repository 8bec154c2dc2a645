/** The smallest value that this share of all does not exceed; undefined where there are none. */
export const quantile = (sorted: ArrayLike<number>, share: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];

/**
 * The same of counts of which most are 0, and of which only the others are known.
 *
 * @param all how many counts there are, with those of 0
 */
export function quantileOfCounts(counts: Iterable<number>, all: number, share: number): number | undefined {
  if (all <= 0) return undefined;
  const some = Float64Array.from(counts)
    .filter((count) => count > 0)
    .sort();
  const place = Math.max(0, Math.ceil(all * share) - 1);
  return some[place - Math.max(0, all - some.length)] ?? 0;
}
