import type { Case, CaseRound } from './case.ts';
import type { CaseDueDates } from './case-targets.ts';
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

/**
 * The case as one that nobody has gone to, or reached anybody of, in this round: what was found then is not what is found now. That
 * somebody is on the way stands, unless they had arrived before. The times over the whole case stay.
 */
export function owedAnew(current: Case): Case {
  const { from, takenAt, contactAt, onSiteAt } = roundOf(current);
  if (contactAt === undefined && onSiteAt === undefined) return current;
  const { onTheWayAt, promised = {}, ...rest } = current;
  const { contact, onSite, ...others } = promised;
  return {
    ...rest,
    ...(onSiteAt === undefined ? defined({ onTheWayAt }) : {}),
    round: defined({ from, takenAt }),
    // What was kept is promised anew with what is owed.
    promised: {
      ...others,
      ...(contactAt === undefined ? defined({ contact }) : {}),
      ...(onSiteAt === undefined ? defined({ onSite }) : {}),
    },
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

/** The case as its next round begins: what was done in the one that ends, and promised of it, is kept together. */
export function nextRound(current: Case, now: number): Pick<Case, 'rounds' | 'round'> {
  const ended = { ...roundOf(current), promised: promisedNow(current) ?? {}, reopenedAt: now };
  return { rounds: [...(current.rounds ?? []), ended].slice(-LIMITS.caseRoundsMax), round: { from: now } };
}

/** A round as the ledger judges it. */
export interface JudgedRound extends Omit<CaseRound, 'reopenedAt'> {
  /** Absent in the round that the case is in. */
  readonly reopenedAt?: number;
  readonly struckOffAt?: number;
}

/** Every round that is known, the first one first: what was promised of it beside what was done in it. */
export function roundsOf(one: Case): readonly JudgedRound[] {
  const earlier = one.rounds ?? [];
  const first = earlier[0];
  // Of a case that an earlier version reopened what stands in it as promised was so of its first round.
  const isKnown = first && earlier.length === one.reopened && !isPromisedAnew(one);
  const { callBack: _, ...promised } = one.promised ?? {};
  const last = defined({ ...roundOf(one), promised: promisedNow(one), struckOffAt: one.struckOffAt });
  return [...(isKnown ? [{ promised, ...first }, ...earlier.slice(1)] : earlier), last];
}

/** What stands in the case as promised is of the round that it is in. */
const isPromisedAnew = ({ rounds, reopened }: Case): boolean =>
  reopened === undefined || rounds?.at(-1)?.promised !== undefined;

function promisedNow(one: Case): CaseDueDates | undefined {
  if (isPromisedAnew(one)) return one.promised;
  const callBack = one.resolvedAt === undefined ? undefined : one.promised?.callBack;
  return callBack === undefined ? undefined : { callBack };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
/** Without what is not known: stored and compared as JSON. */
const defined = <T extends object>(of: T): Defined<T> =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Defined<T>;
