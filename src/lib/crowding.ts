/** From one instant up to another, which is not in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * When it was crowded: the instants at which at least `count` of these lay within the last `withinMs`. Stretches in order, none of
 * which touches the next.
 *
 * @param sorted instants, the earliest first
 */
export function crowding(sorted: ArrayLike<number>, count: number, withinMs: number): Stretch[] {
  const found: Stretch[] = [];
  for (let i = count - 1; i < sorted.length; i++) {
    const [from, to] = [sorted[i] as number, (sorted[i - count + 1] as number) + withinMs];
    if (from >= to) continue;
    const last = found.at(-1);
    if (last && last.to >= from) found[found.length - 1] = { from: last.from, to };
    else found.push({ from, to });
  }
  return found;
}

/** How much of the stretches lies from here up to there. */
export const lengthWithin = (stretches: readonly Stretch[], { from, to }: Stretch): number =>
  stretches.reduce((sum, one) => sum + Math.max(0, Math.min(one.to, to) - Math.max(one.from, from)), 0);
