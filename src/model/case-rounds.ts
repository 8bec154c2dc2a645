import type { Case, CaseRound } from './case.ts';
import { LIMITS } from './limits.ts';

type First = 'takenAt' | 'contactAt' | 'onSiteAt';

/** The case in which something was done: the first time counts, over the whole case and in this round of it. */
export function firstDone(current: Case, what: First, now: number): Case {
  const { round } = current;
  return {
    ...current,
    [what]: current[what] ?? now,
    ...(round ? { round: { ...round, [what]: round[what] ?? now } } : {}),
  };
}

/** The round that a case is in, or was in until now. */
export function roundOf(one: Case): Omit<CaseRound, 'reopenedAt'> {
  const from = one.round?.from ?? one.openedAt;
  // Of a case that an earlier version reopened only the times of this round that it kept are known.
  const isMixed = one.reopened !== undefined && one.round === undefined;
  const first = one.round ?? (isMixed ? { takenAt: one.acknowledgedAt } : one);
  const { resolvedAt, calledBackAt } = one;
  const isCalledBack = calledBackAt !== undefined && calledBackAt >= (resolvedAt ?? Number.POSITIVE_INFINITY);
  return defined({
    from,
    takenAt: first.takenAt ?? one.acknowledgedAt,
    takenBy: one.acknowledgedBy,
    contactAt: 'contactAt' in first ? first.contactAt : undefined,
    onSiteAt: 'onSiteAt' in first ? first.onSiteAt : undefined,
    resolvedAt,
    resolvedBy: one.resolvedBy,
    outcome: one.outcome,
    outcomeNote: one.outcomeNote,
    contactMadeBy: one.contactMadeBy,
    contact: one.contact,
    ...(isCalledBack ? { calledBackAt, calledBackBy: one.calledBackBy } : {}),
  });
}

/** The case as its next round begins: what was done in the one that ends is kept together. */
export const nextRound = (current: Case, now: number): Pick<Case, 'rounds' | 'round'> => ({
  rounds: [...(current.rounds ?? []), { ...roundOf(current), reopenedAt: now }].slice(-LIMITS.caseRoundsMax),
  round: { from: now },
});

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
/** Without what is not known: stored and compared as JSON. */
const defined = <T extends object>(of: T): Defined<T> =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Defined<T>;
