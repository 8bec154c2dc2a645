import type { Clock } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { AddressBudget } from './address-budget.ts';
import { asEnded } from './notice-state.ts';

/**
 * The notice to a number that has got enough: it waits and does not count as tried, or it fails if that would take
 * too long, so that others are told. Undefined: it may go.
 * @param wall now, as the vendor counts
 */
export function postponed(
  notice: Notice,
  addresses: AddressBudget,
  wall: number,
  clock: Clock,
): Notice | undefined {
  const waitMs = addresses.freeAt(notice, wall) - wall;
  if (waitMs <= 0) return undefined;
  const [now, detail] = [clock.now(), minutes(waitMs)];
  if (waitMs > LIMITS.addressWaitMsMax) return asEnded(notice, 'address-limit', detail, now);
  const nextAttemptAt = now + Math.ceil(waitMs * clock.speed);
  return { ...notice, failure: 'address-limit', providerAnswer: detail, nextAttemptAt };
}

/** A grave notice whose channel the provider wants left alone for long: it is not tried before, and others are told meanwhile. */
export function heldUp(notice: Notice, waitMs: number, clock: Clock): Notice | undefined {
  if (notice.state !== 'queued') return undefined;
  const nextAttemptAt = clock.now() + Math.ceil(waitMs * clock.speed);
  return { ...notice, failure: 'provider-busy', providerAnswer: minutes(waitMs), nextAttemptAt };
}

const minutes = (ms: number): string => `≥ ${Math.ceil(ms / 60_000)} min`;
