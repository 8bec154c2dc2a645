import { type Doer, isSamePerson, ownerOf } from '../../model/case.ts';
import { CASE_KINDS, type CaseKind } from '../../model/case-kind.ts';
import type { NumberedCase } from '../../ports/records.ts';
import type { Action } from '../state/action.ts';
import type { Problem } from '../state/api.ts';
import { byUrgency, isDone } from './work-list.ts';

/**
 * Several cases that are taken together: which can be, in which order, and what became of each. Pure. For the service there is
 * no such thing: each is asked for, decided and refused alone.
 */
export type Chosen = ReadonlyMap<string, NumberedCase>;

/** What this person may do with a case that lies there. */
export interface Rights {
  readonly maySee: (one: NumberedCase) => boolean;
  readonly mayTake: (one: NumberedCase) => boolean;
}

/** Why a case that was chosen is not taken. `refused`: the service said another no, by its own name. */
export type WhyNot = 'had' | 'over' | 'risen' | 'no-right' | 'gone' | 'given-up' | 'refused';

export type Fate =
  | { readonly kind: 'taken'; readonly isP1: boolean }
  | {
      readonly kind: 'not';
      readonly why: WhyNot;
      readonly found?: Partial<NumberedCase>;
      readonly problem?: Problem;
    };

/** One of those that were taken together; `key` is that of its action in the outbox. Without a fate it is not decided yet. */
export interface Taking {
  readonly of: NumberedCase;
  readonly key?: string;
  readonly fate?: Fate;
}

/** A P1 is taken alone, by somebody who has looked at it; and from whom has it nothing is taken without their name. */
export const isChoosable = (one: NumberedCase, rights: Rights): boolean => whyNot(one, rights) === undefined;

/** Chooses a row or lets it go; with `from` also all between that row and this one. */
export function choose(
  chosen: Chosen,
  offered: readonly NumberedCase[],
  id: string,
  on: boolean,
  from?: string,
): Chosen {
  const at = offered.findIndex((one) => one.id === id);
  if (at < 0) return chosen;
  const start = from === undefined ? -1 : offered.findIndex((one) => one.id === from);
  const between = start < 0 ? [at, at] : [Math.min(at, start), Math.max(at, start)];
  return chooseAll(chosen, offered.slice(between[0], (between[1] ?? at) + 1), on);
}

export function chooseAll(chosen: Chosen, cases: readonly NumberedCase[], on: boolean): Chosen {
  const next = new Map(chosen);
  for (const one of cases) {
    if (on) next.set(one.id, one);
    else next.delete(one.id);
  }
  return next;
}

export interface Group {
  readonly kind: CaseKind | 'all';
  readonly cases: readonly NumberedCase[];
}

/** What can be chosen with one tap: all that is shown, and where there are several kinds, each of them. */
export function groupsOf(offered: readonly NumberedCase[]): readonly Group[] {
  const kinds = CASE_KINDS.map((kind) => ({ kind, cases: offered.filter((one) => one.kind === kind) }));
  const several = kinds.filter(({ cases }) => cases.length > 0);
  const all: Group = { kind: 'all', cases: offered };
  return several.length > 1 ? [all, ...several] : [all];
}

/** The same, of one that changed: as it is now, also where its row is gone. */
export function withNews(chosen: Chosen, changed: NumberedCase): Chosen {
  const before = chosen.get(changed.id);
  if (!before || before.version >= changed.version) return chosen;
  return new Map(chosen).set(changed.id, changed);
}

/** Of what was chosen that which can still be taken. */
export const takeable = (chosen: Chosen, rights: Rights): readonly NumberedCase[] =>
  [...chosen.values()].filter((one) => whyNot(one, rights) === undefined);

/** What was chosen, the most urgent first; what can be taken no more has its fate already. */
export const takingOf = (chosen: Chosen, rights: Rights, me: Doer): readonly Taking[] =>
  [...chosen.values()].sort(byUrgency).map((of): Taking => {
    // Taken meanwhile on another device of the same person.
    if (of.status === 'acknowledged' && isSamePerson(ownerOf(of), me)) return { of, fate: fateOfDone(of) };
    const why = whyNot(of, rights);
    return why === undefined ? { of } : { of, fate: { kind: 'not', why, found: of } };
  });

function whyNot(one: NumberedCase, { maySee, mayTake }: Rights): WhyNot | undefined {
  if (!maySee(one)) return 'gone';
  if (isDone(one)) return 'over';
  if (one.status === 'acknowledged') return 'had';
  if (one.priority === 'P1') return 'risen';
  return mayTake(one) ? undefined : 'no-right';
}

/** As the service has the case after it was taken. */
export const fateOfDone = (changed: NumberedCase): Fate => ({
  kind: 'taken',
  isP1: changed.priority === 'P1' && !isDone(changed),
});

const REASONS: Partial<Record<Problem['code'], WhyNot>> = {
  CASE_ALREADY_ACKNOWLEDGED: 'had',
  CASE_ALREADY_RESOLVED: 'over',
  CASE_STRUCK_OFF: 'over',
  CASE_NOT_FOUND: 'gone',
  NOT_FOUND: 'gone',
  NOT_ALLOWED: 'no-right',
};

export function fateOfRefused(problem: Problem | undefined): Fate {
  const why = (problem && REASONS[problem.code]) ?? 'refused';
  const found = problem?.details as Partial<NumberedCase> | undefined;
  return { kind: 'not', why, ...(found ? { found } : {}), ...(problem ? { problem } : {}) };
}

/** What the report has to say, each of the cases in one of its parts. */
export interface Report {
  readonly taken: readonly Taking[];
  /** Of those that were taken: P1 by now, seen by nobody. */
  readonly risen: readonly Taking[];
  readonly sending: readonly Taking[];
  readonly waiting: readonly Taking[];
  /** Pressed too long ago to be sent without asking once more. */
  readonly held: readonly Taking[];
  readonly not: readonly Taking[];
}

export function reportOf(all: readonly Taking[], actions: readonly Action[]): Report {
  const states = new Map(actions.map(({ key, state }) => [key, state]));
  const inState = (state: Action['state']) =>
    all.filter(({ fate, key }) => fate === undefined && states.get(key ?? '') === state);
  const taken = all.filter(({ fate }) => fate?.kind === 'taken');
  return {
    taken,
    risen: taken.filter(({ fate }) => fate?.kind === 'taken' && fate.isP1),
    sending: inState('sending'),
    waiting: inState('waiting'),
    held: inState('held'),
    not: all.filter(({ fate }) => fate?.kind === 'not'),
  };
}

/** What is neither decided nor in the outbox any more: somebody gave it up, here or in another tab. */
export function withGivenUp(all: readonly Taking[], actions: readonly Action[]): readonly Taking[] {
  const keys = new Set(actions.map(({ key }) => key));
  const isLost = ({ fate, key }: Taking) => fate === undefined && !keys.has(key ?? '');
  if (!all.some(isLost)) return all;
  return all.map((one) => (isLost(one) ? { ...one, fate: { kind: 'not', why: 'given-up' } } : one));
}
