import type { Case } from '../model/case.ts';
import type { CaseContext } from './context.ts';
import type { RecipientAddress } from './recipients.ts';

/** Whoever has the case, and whom they asked to take it; where no way to them is known, those who hear of such a case first. */
export function waysToOwner(current: Case, ctx: CaseContext): readonly RecipientAddress[] {
  const { acknowledgedBy, assignedTo } = current;
  const names = new Set([acknowledgedBy ?? '', assignedTo ?? acknowledgedBy ?? '']);
  const ways = [...names].flatMap((name) => ctx.assignee({ kind: 'user', name })?.ways ?? []);
  if (ways.length > 0) return ways;
  return ctx
    .recipients(current.priority, current.kind)
    .filter(({ recipient }) => recipient.kind !== 'resident');
}
