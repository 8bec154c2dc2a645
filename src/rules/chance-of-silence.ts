import { DAY } from '../lib/clock.ts';

/**
 * How often devices of an area fall silent each for itself, so that it can be told whether several that stop together
 * have one cause. By device: how often it did lately (weighted: what is long ago counts less), as of when it was last heard
 * before the last time. Devices that never did are not in it.
 */
export interface SilencesKnown {
  /** Since when they are counted. */
  readonly since: number;
  readonly of: Readonly<Record<string, readonly [weight: number, last: number]>>;
}

/** Devices whose last signs lie within so many of their intervals stopped together. */
export const TOGETHER_INTERVALS = 1.25;

/** After so many days a silence counts a third. */
const MEMORY_DAYS = 28;
/** What is thought of a device of which nothing is known: half a silence in so many days. */
const PRIOR_DAYS = 14;
const PRIOR_SILENCES = 0.5;

const weightAt = ([weight, last]: readonly [number, number], at: number): number =>
  weight * Math.exp((last - at) / DAY / MEMORY_DAYS);

/** One more silence of each of these, of which the last was heard then. What is known already is not counted twice. */
export function withSilences(
  known: SilencesKnown,
  stopped: readonly { readonly id: string; readonly last: number }[],
): SilencesKnown {
  let of: Record<string, readonly [number, number]> | undefined;
  for (const { id, last } of stopped) {
    const before = known.of[id];
    if (before && before[1] >= last) continue;
    of ??= { ...known.of };
    of[id] = [1 + (before ? weightAt(before, last) : 0), last];
  }
  return of ? { ...known, of } : known;
}

/** The same without those: they had a cause in common, and say nothing of each alone. */
export function withoutSilences(
  known: SilencesKnown,
  stopped: readonly { readonly id: string; readonly last: number }[],
): SilencesKnown {
  const of = { ...known.of };
  for (const { id, last } of stopped) {
    const counted = of[id];
    if (counted?.[1] === last) of[id] = [Math.max(0, counted[0] - 1), last];
  }
  return { ...known, of };
}

/** How often a day this device falls silent by itself. */
function ratePerDay({ since, of }: SilencesKnown, id: string, last: number, at: number): number {
  const counted = of[id];
  // The silence that is asked about is none of those before.
  const own = counted?.[1] === last ? 1 : 0;
  const weight = counted ? Math.max(0, weightAt(counted, at) - own) : 0;
  const days = MEMORY_DAYS * (1 - Math.exp((since - at) / DAY / MEMORY_DAYS));
  return (weight + PRIOR_SILENCES) / (days + PRIOR_DAYS);
}

/**
 * How many of the silences that pass the patience with a device last so many times as long: of real water meters a quarter
 * twice as long and one in nine four times. Taken for more than they are, because it is asked again and again.
 */
const LONGER = 1.5;

export interface Stopped {
  readonly id: string;
  /** When it was last heard, and when its silence counted for the first time. */
  readonly last: number;
  readonly due: number;
}

/**
 * In how many days so many of `of` devices would fall silent within `withinMs` of one another by chance, these among
 * them, for so long, if each does so by itself as often as it did. Any set of as many might have: all of them are counted.
 */
export function daysUntilByChance(
  known: SilencesKnown,
  stopped: readonly Stopped[],
  of: number,
  withinMs: number,
  at: number,
): number {
  const together = stopped.length;
  let rate = together * (withinMs / DAY) ** (together - 1);
  stopped.forEach(({ id, last, due }, place) => {
    const soLong = Math.min(1, (due - last) / (at - last)) ** LONGER;
    rate *= ratePerDay(known, id, last, at) * soLong * ((of - place) / (place + 1));
  });
  return 1 / rate;
}
