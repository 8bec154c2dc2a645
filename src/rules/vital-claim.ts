import { HOUR, MINUTE } from '../lib/clock.ts';
import type { DeviceState } from '../model/device-state.ts';
import { WALKS_NOW_MS, wordAt } from '../model/held-word.ts';

/** A wearable that has said nothing for this long knows nothing of now (domain practice). */
const STALE_MS = 30 * MINUTE;
/** No band charges longer: one that never says that it has done so would be deaf for ever. */
const CHARGING_MS_MAX = 6 * HOUR;

/** Whether what the device measured at this instant was measured on somebody; why not, if so. */
export function noClaimAt({ worn, charging }: DeviceState, at: number): 'not-worn' | 'charging' | undefined {
  if (wordAt(worn, at) === 0) return 'not-worn';
  if (wordAt(charging, at) === 1 && at - (charging?.at ?? at) <= CHARGING_MS_MAX) return 'charging';
  return undefined;
}

/**
 * For how long the wearer had been at rest at this instant, in milliseconds; undefined: the device counts no steps, has
 * not told of them around then, or the wearer has walked since.
 */
export function restedFor({ steps }: DeviceState, at: number): number | undefined {
  if (!steps || Math.abs(at - steps.at) > STALE_MS || at < steps.movedAt) return undefined;
  return at - steps.movedAt;
}

/**
 * The same for a rule that wants so much rest; undefined also where they may have had it, for they walked at some time of an hour,
 * or where they may be walking by now: a word of before says nothing of what came after it. 0: they walked.
 */
export function restKnownOf({ steps }: DeviceState, at: number, wantedMs: number): number | undefined {
  if (!steps) return undefined;
  const { at: toldAt, movedAt, movedFrom = movedAt } = steps;
  const isNow = movedAt - movedFrom <= WALKS_NOW_MS;
  if (at < movedAt) return isNow && at > movedFrom ? 0 : undefined;
  const rested = at - movedAt;
  // Whoever has set out since has not walked for as long as it takes to hold.
  if (rested >= wantedMs) return at - toldAt <= wantedMs ? rested : undefined;
  return isNow || at - movedFrom < wantedMs ? rested : undefined;
}

/** What a word on steps that came meanwhile shows of a sample of before; undefined: no more than was known then. */
export function restKnownSince(state: DeviceState, at: number, wantedMs: number): number | undefined {
  return state.steps && at <= state.steps.at ? restKnownOf(state, at, wantedMs) : undefined;
}

/** Did the device tell of its wearer walking in the time up to this instant? Of one that counts no steps: no. */
export function walkedBefore({ steps }: DeviceState, at: number, withinMs: number): boolean {
  return steps?.walks?.some((walk) => walk <= at && at - walk < withinMs) ?? false;
}
