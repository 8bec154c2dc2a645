import type { AwayPeriod } from '../../model/registry.ts';

/** The registered absence that counts at this instant; the one that ends last, where there are several. */
export function awayAt(periods: readonly AwayPeriod[] | undefined, now: number): AwayPeriod | undefined {
  const counting = (periods ?? []).filter(({ from, until }) => from <= now && until > now);
  return counting.sort((a, b) => b.until - a.until)[0];
}
