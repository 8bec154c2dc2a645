import type { Case } from '../model/case.ts';
import type { Refusal } from './answers.ts';
import type { CaseBook, OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { isOwnerLate } from './ladder.ts';
import { type CaseAction, TRANSITIONS } from './transitions.ts';

/** A case that is not in the book was resolved, or never was. */
export function missing(book: CaseBook, id: string, ctx: Pick<CaseContext, 'subject'>): Refusal {
  const number = Number(
    id.startsWith(`${ctx.subject.id}.c`) ? id.slice(ctx.subject.id.length + 2) : Number.NaN,
  );
  const was = Number.isInteger(number) && number >= 1 && number < book.nextCase;
  return { code: was ? 'CASE_ALREADY_RESOLVED' : 'CASE_NOT_FOUND' };
}

/** Does the table of transitions refuse this? */
export function refusal(current: Case, action: CaseAction): Refusal | undefined {
  const transition = TRANSITIONS[current.status][action];
  if (!('refuse' in transition)) return undefined;
  if (transition.refuse !== 'CASE_ALREADY_ACKNOWLEDGED') return { code: transition.refuse };
  return { code: transition.refuse, details: { by: current.acknowledgedBy, at: current.acknowledgedAt } };
}

/** Has somebody changed the case since the asker saw it? Then it says who did. */
export function conflict(
  { case: current, lastChange: last }: OpenCase,
  expected: number | undefined,
): Refusal | undefined {
  if (expected === undefined) return undefined;
  if (last && expected >= last.version && expected <= current.version) return undefined;
  return {
    code: 'CASE_VERSION_CONFLICT',
    details: { version: current.version, by: last?.by ?? 'system', at: last?.at ?? current.openedAt },
  };
}

/** From one who has it in hand only knowingly; from one whose time is over it may be taken by anybody. */
export const mayTakeOver = (open: OpenCase, knowingly: boolean): boolean =>
  open.case.status === 'acknowledged' && (knowingly || isOwnerLate(open));
