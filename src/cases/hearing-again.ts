import { type Alert, PRIORITIES, type Priority } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import type { Recipient } from '../model/notice.ts';
import type { OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { heedingCalls } from './headline.ts';
import { waysToOwner } from './owner.ts';
import { isGrave, onceEach, personKey, type RecipientAddress } from './recipients.ts';

/** That somebody was told of an alert of a case. */
export interface Heard {
  /** As `personKey` names them. */
  readonly who: string;
  readonly at: number;
  /** Of the alert, not of the case: a milder one does not stand for a call for help. */
  readonly priority: Priority;
}

/**
 * Presses of one button within this time are one call for help, of which people have just heard. Later it is news: the
 * case may have been taken on yesterday, and then nobody would hear of today's.
 */
export const REPEAT_IS_NEWS_MS = 5 * 60_000;
/** Whoever has the case may be on the stairs: they hear of each P1 anew, but not of each press of a button that is held. */
const REPEAT_IS_NEWS_TO_OWNER_MS = 60_000;

const asGrave = (a: Priority, as: Priority): boolean => PRIORITIES.indexOf(a) <= PRIORITIES.indexOf(as);

/** People were told of this alert. What is too long ago to matter is forgotten. */
export function noteHeard(
  open: OpenCase,
  told: readonly { readonly recipient: Recipient }[],
  priority: Priority,
  now: number,
): void {
  const fresh = new Set(told.map(personKey));
  const before = (open.heard ?? []).filter(
    (one) => now - one.at < REPEAT_IS_NEWS_MS && !(fresh.has(one.who) && asGrave(priority, one.priority)),
  );
  open.heard = [...before, ...Array.from(fresh, (who) => ({ who, at: now, priority }))];
}

/**
 * Who hears that a grave alert has happened once more: whoever has not heard of it, or of one as grave, within five minutes;
 * and whoever has the case, of a P1 once a minute. Within a minute nobody new need be looked for.
 */
export function hearAgain(
  open: OpenCase,
  current: Case,
  { priority, count }: Pick<Alert, 'priority' | 'count'>,
  silenced: CaseContext,
): readonly RecipientAddress[] {
  const ctx = heedingCalls(open, silenced);
  if (count <= 1 || !isGrave(priority)) return [];
  const lately = (open.heard ?? []).filter((one) => asGrave(one.priority, priority));
  const last = Math.max(...lately.map(({ at }) => at));
  if (ctx.now - last < REPEAT_IS_NEWS_TO_OWNER_MS) return [];
  const notSince = (ways: readonly RecipientAddress[], ms: number): readonly RecipientAddress[] => {
    const heard = new Set(lately.flatMap(({ who, at }) => (ctx.now - at < ms ? who : [])));
    return ways.filter((way) => !heard.has(personKey(way)));
  };
  const isOwned = current.status === 'acknowledged' && priority === 'P1';
  const owner = isOwned ? waysToOwner(open, current, ctx) : [];
  return onceEach([
    ...notSince(owner, REPEAT_IS_NEWS_TO_OWNER_MS),
    ...notSince(ctx.recipients(current), REPEAT_IS_NEWS_MS),
  ]);
}
