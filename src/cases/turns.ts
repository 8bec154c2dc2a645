import type { CaseContext } from './context.ts';
import { personKey, type RecipientAddress } from './recipients.ts';

/** Whose turn it is now, and who has had one with it; `called` is absent when nobody is left. */
export interface Turn {
  readonly now: readonly RecipientAddress[];
  readonly called: readonly string[] | undefined;
}

/**
 * Calls people one after the other. Groups and screens hear of it with the first of them. Whoever cannot be reached at
 * all costs nobody a pause: they are tried together with the next who can be. The fallback waits for no turns.
 *
 * @param called who had their turn before
 */
export function takeTurn(
  told: readonly RecipientAddress[],
  called: readonly string[],
  { isConfigured }: Pick<CaseContext, 'isConfigured'>,
): Turn {
  if (told.some(({ fallback }) => fallback)) return { now: told, called: undefined };
  const waiting = [...new Set(told.filter(isPerson).map(personKey))].filter((key) => !called.includes(key));
  const canBeReached = (key: string): boolean =>
    told.some((way) => personKey(way) === key && (isConfigured?.(way.channel) ?? true));
  const first = waiting.findIndex(canBeReached);
  const isLast = first < 0 || !waiting.slice(first + 1).some(canBeReached);
  const turn = isLast ? waiting : waiting.slice(0, first + 1);
  const now = told.filter((way) => (isPerson(way) ? turn.includes(personKey(way)) : called.length === 0));
  return { now, called: isLast ? undefined : [...called, ...turn] };
}

/** People of a step who had no turn. */
export const notCalled = (told: readonly RecipientAddress[], called: readonly string[]): RecipientAddress[] =>
  told.filter((way) => isPerson(way) && !way.fallback && !called.includes(personKey(way)));

const isPerson = ({ recipient }: RecipientAddress): boolean => recipient.kind !== 'channel';
