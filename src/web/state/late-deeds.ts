import type { CaseStatus } from '../../model/case.ts';
import type { Action, ActionBody, ActionType } from './action.ts';

/**
 * What may still be sent by itself, how long after it was done. Pure: the outbox asks here before each attempt.
 */
const MINUTE_MS = 60_000;

/**
 * A promise that somebody comes stops the escalation, and holds for as long as it is so. People are given one minute to
 * take a P1 and five for a P2: within three a bad signal on the stairs is bridged, and a P1 has called one round more
 * at most. After that others were called, and whoever pressed may be asleep: they are asked.
 */
export const PROMISE_HELD_AFTER_MS = 3 * MINUTE_MS;
/** What only tells what was done is true later as well, until the world has moved on. */
export const REPORT_HELD_AFTER_MS = 12 * 60 * MINUTE_MS;
/** From then on the time line has to say when it was done, and not only when it came. */
const LATE_MS = MINUTE_MS;

/**
 * Does it say that somebody has it in hand? Whoever asks another to take a case has it meanwhile; and any step takes a case
 * that nobody had, also the telephone call of hours ago.
 */
export function isPromise(type: ActionType, body: ActionBody, status: CaseStatus): boolean {
  if (type === 'acknowledge' || type === 'assign') return true;
  return type === 'step' && (body.step === 'on-the-way' || status === 'open');
}

/** Of an earlier version of this page, which did not say it of its actions: rather asked once too often. */
export const promises = ({ promise, type }: Pick<Action, 'promise' | 'type'>): boolean =>
  promise ?? (type === 'acknowledge' || type === 'assign' || type === 'step');

/** Until when it is sent without asking; from when it was done, or was last said to be still so. */
export const sentUntil = (action: Action): number =>
  (action.confirmedAt ?? action.createdAt) +
  (promises(action) ? PROMISE_HELD_AFTER_MS : REPORT_HELD_AFTER_MS);

/** The same action, held where it is too late to send it unasked; a promise also where the clock was set back since. */
export function heldIfLate(action: Action, now: number): Action {
  if (action.state === 'refused' || action.state === 'held') return action;
  const isAhead = (action.confirmedAt ?? action.createdAt) > now + MINUTE_MS;
  if (now <= sentUntil(action) && !(isAhead && promises(action))) return action;
  const { nextAt: _, ...rest } = action;
  return { ...rest, state: 'held' };
}

export const isLate = ({ createdAt }: Pick<Action, 'createdAt'>, now: number): boolean =>
  now - createdAt > LATE_MS;
