import { HOUR, MINUTE } from '../lib/clock.ts';
import type { DeviceState } from '../model/device-state.ts';
import { wordAt } from '../model/held-word.ts';
import type { DeviceView } from './define.ts';

/** Why a wearable's values say nothing about a person. In none of these may a rule claim that all is well, or not well. */
export const NO_CLAIMS = ['never-reported', 'stale', 'not-worn', 'charging'] as const;
export type NoClaim = (typeof NO_CLAIMS)[number];

/** A wearable that has said nothing for this long knows nothing of now (domain practice). */
const STALE_MS = 30 * MINUTE;
/** No band charges longer: one that never says that it has done so would be deaf for ever. */
const CHARGING_MS_MAX = 6 * HOUR;

/** Whether what the device measured at this instant was measured on somebody; why not, if so. */
export function noClaimAt({ worn, charging }: DeviceState, at: number): NoClaim | undefined {
  if (wordAt(worn, at) === 0) return 'not-worn';
  if (wordAt(charging, at) === 1 && at - (charging?.at ?? at) <= CHARGING_MS_MAX) return 'charging';
  return undefined;
}

/** Whether the device can say anything about its wearer now; why not, if so. */
export function noClaimNow({ state }: DeviceView, now: number): NoClaim | undefined {
  if (state.measuredAt === 0) return 'never-reported';
  if (now - state.measuredAt > STALE_MS) return 'stale';
  return noClaimAt(state, now);
}

/**
 * For how long the wearer had been at rest at this instant, in milliseconds; undefined: the device counts no steps, has
 * not told of them around then, or the wearer has walked since.
 */
export function restedFor({ steps }: DeviceState, at: number): number | undefined {
  if (!steps || Math.abs(at - steps.at) > STALE_MS || at < steps.movedAt) return undefined;
  return at - steps.movedAt;
}
