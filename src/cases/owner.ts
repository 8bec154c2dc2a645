import type { Case } from '../model/case.ts';
import type { OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import type { RecipientAddress } from './recipients.ts';

/**
 * Whoever has the case, and whom they asked to take it, also where the home has moved away from their place since they were
 * told of it; where no way to them is known, those who hear of such a case first.
 */
export function waysToOwner(
  open: Pick<OpenCase, 'toldTo'>,
  current: Case,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const ways = ownersOf(current).flatMap((name) => waysToNamed(open, name, ctx));
  if (ways.length > 0) return ways;
  return ctx
    .recipients(current.priority, current.kind)
    .filter(({ recipient }) => recipient.kind !== 'resident');
}

/** By name: whoever has it, and who was asked to take it. */
export function ownersOf({ acknowledgedBy, assignedTo }: Case): readonly string[] {
  return [...new Set([acknowledgedBy, assignedTo])].filter((name) => name !== undefined);
}

/** Another of this name, elsewhere, who has never heard of the case is not who has it. */
function waysToNamed(
  { toldTo = [] }: Pick<OpenCase, 'toldTo'>,
  name: string,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const here = ctx.assignee({ kind: 'user', name })?.ways ?? [];
  if (here.length > 0 || toldTo.length === 0) return here;
  const told = ctx.waysToTold?.(toldTo) ?? [];
  return told.filter(({ recipient }) => recipient.kind === 'staff' && recipient.name === name);
}
