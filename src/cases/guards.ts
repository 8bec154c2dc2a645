import { fail, ok, type Result } from '../lib/result.ts';
import { assigneeOf, type Case, type Doer, isSamePerson, ownerOf } from '../model/case.ts';
import type { CaseAction } from '../model/case-action.ts';
import { definitionOf } from '../model/case-kind.ts';
import type { CaseKindDefinition } from '../model/case-kinds/define.ts';
import type { Refusal } from './answers.ts';
import { type CaseBook, type OpenCase, openCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { isOwnerLate } from './ladder.ts';
import { TRANSITIONS } from './transitions.ts';

/** A case that is not in the book was struck off, or never was. */
export function missing(book: CaseBook, id: string, ctx: Pick<CaseContext, 'subject'>): Refusal {
  const number = Number(
    id.startsWith(`${ctx.subject.id}.c`) ? id.slice(ctx.subject.id.length + 2) : Number.NaN,
  );
  const was = Number.isInteger(number) && number >= 1 && number < book.nextCase;
  return { code: was ? 'CASE_STRUCK_OFF' : 'CASE_NOT_FOUND' };
}

/** The case that is asked about, if this may be done with it as it stands now. */
export function caseFor(
  book: CaseBook,
  command: { readonly case: string; readonly expectedVersion?: number | undefined },
  action: CaseAction,
  ctx: Pick<CaseContext, 'subject'>,
): Result<OpenCase, Refusal> {
  const open = openCase(book, command.case);
  if (!open) return fail(missing(book, command.case, ctx));
  const refused = refusal(open.case, action) ?? conflict(open, command.expectedVersion);
  return refused ? fail(refused) : ok(open);
}

/** The same of what only whoever has the case may say of it. */
export function ownCase(
  book: CaseBook,
  command: Parameters<typeof caseFor>[1] & Pick<Doer, 'account' | 'staff'>,
  action: CaseAction,
  by: string,
  ctx: Pick<CaseContext, 'subject'>,
): Result<OpenCase, Refusal> {
  const found = caseFor(book, command, action, ctx);
  if (!found.ok) return found;
  const owner = ownerOf(found.value.case);
  return isSamePerson(owner, { name: by, account: command.account, staff: command.staff })
    ? found
    : fail({ code: 'CASE_NOT_YOURS', details: { by: owner.name } });
}

/** Does the kind of case, or the table of transitions, refuse this? */
export function refusal(
  current: Case,
  action: CaseAction,
  kind: Pick<CaseKindDefinition, 'actions'> = definitionOf(current.kind),
): Refusal | undefined {
  if (!kind.actions.includes(action)) return { code: 'CASE_ACTION_UNFIT' };
  const transition = TRANSITIONS[current.status][action];
  if (!('refuse' in transition)) return undefined;
  const { refuse: code } = transition;
  if (code === 'CASE_ALREADY_ACKNOWLEDGED')
    return { code, details: { by: current.acknowledgedBy, at: current.acknowledgedAt } };
  return { code };
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

/**
 * From one who has it in hand only knowingly; from one whose time is over, and by whom it was offered to, without more
 * ado.
 */
export const mayTakeOver = (open: OpenCase, me: Doer, knowingly: boolean): boolean =>
  open.case.status === 'acknowledged' &&
  (knowingly || isOwnerLate(open) || isSamePerson(assigneeOf(open.case), me));
