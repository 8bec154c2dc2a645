import {
  assigneeOf,
  type CaseOwner,
  type Doer,
  isSamePerson,
  ownerOf,
  resolverOf,
} from '../../model/case.ts';
import { isOnTheWay, markedAt } from '../../model/case-marks.ts';
import { CASE_TARGETS, type CaseTarget } from '../../model/case-targets.ts';
import type { NumberedCase } from '../../ports/records.ts';

/** What is to be done next, as far as one person is concerned: it stands first, one tap away. */
export type NextStep = 'acknowledge' | 'take-over' | 'on-the-way' | 'on-site' | 'resolve' | 'call-back';

export function nextStep(one: NumberedCase, me: Doer): NextStep | undefined {
  switch (one.status) {
    case 'open':
      return 'acknowledge';
    case 'acknowledged':
      if (isSamePerson(ownerOf(one), me)) return ownStep(one);
      return isSamePerson(assigneeOf(one), me) ? 'acknowledge' : 'take-over';
    case 'resolved':
      // Who resolved it does not judge how it went.
      return isSamePerson(resolverOf(one), me) ? undefined : 'call-back';
    case 'struck-off':
      return undefined;
  }
}

/** Who has it; with the account where that is somebody else of one's own name. */
export function ownerName(of: CaseOwner, me: Doer): string {
  const { acknowledgedBy = '', acknowledgedByAccount, acknowledgedByStaff } = of;
  const isNamesake = acknowledgedBy === me.name && !isSamePerson(ownerOf(of), me);
  return isNamesake ? `${acknowledgedBy} (${acknowledgedByAccount ?? acknowledgedByStaff})` : acknowledgedBy;
}

/** What was done before the case was reopened, or grew graver, is owed again. */
function ownStep(one: NumberedCase): NextStep {
  const { due } = one;
  if (markedAt(one, 'onSiteAt') !== undefined) return 'resolve';
  if (isOnTheWay(one)) return 'on-site';
  return due?.onSite === undefined ? 'resolve' : 'on-the-way';
}

/** Which time runs out next. Cases of earlier versions do not say: then the end of it. */
export function dueTarget({ due, dueAt, status }: NumberedCase): CaseTarget {
  const target = CASE_TARGETS.find((one) => due?.[one] === dueAt);
  return target ?? (status === 'open' ? 'acknowledge' : status === 'resolved' ? 'callBack' : 'resolve');
}
