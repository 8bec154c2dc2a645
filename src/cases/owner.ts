import { assigneeOf, type Case, type Doer, isSamePerson, ownerOf } from '../model/case.ts';
import { signatureOf } from '../model/signature.ts';
import type { OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { onceEach, type RecipientAddress } from './recipients.ts';

/**
 * Whoever has the case, and whom they asked to take it, also where the home has moved away from their place since they were
 * told of it; where no way to them is known, those who hear of such a case first.
 */
export function waysToOwner(
  open: Pick<OpenCase, 'toldTo'>,
  current: Case,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const ways = waysToStaff(open, current, ctx);
  if (ways.length > 0) return ways;
  const first = ctx.recipients(current).filter(({ recipient }) => recipient.kind !== 'resident');
  // What a relative who has it hears, the staff hear too: it may be more than they can see to.
  return onceEach([...waysToRelative(current, ctx), ...first]);
}

/** The same without anybody else, where no way to them is known. */
export const ownWays = (
  open: Pick<OpenCase, 'toldTo'>,
  current: Case,
  ctx: CaseContext,
): readonly RecipientAddress[] => [...waysToStaff(open, current, ctx), ...waysToRelative(current, ctx)];

const waysToStaff = (open: Pick<OpenCase, 'toldTo'>, current: Case, ctx: CaseContext): RecipientAddress[] =>
  ownersOf(current).flatMap((who) => [...waysToNamed(open, who, ctx)]);

/** A contact of the home who has the case: they sign with their relation. */
function waysToRelative(
  { status, acknowledgedBy }: Case,
  { subject: { contacts = [] }, waysToVisitor }: CaseContext,
): readonly RecipientAddress[] {
  if (status !== 'acknowledged') return [];
  const theirs = contacts.filter((one) => signatureOf({ kind: 'contact', ...one }) === acknowledgedBy);
  return theirs.flatMap(({ id }) => waysToVisitor?.({ kind: 'contact', id }) ?? []);
}

/** Whoever has it, and who was asked to take it. */
export function ownersOf(current: Case): readonly Doer[] {
  const [owner, asked] = [ownerOf(current), assigneeOf(current)];
  const both = isSamePerson(owner, asked) ? [owner] : [owner, asked];
  return both.filter(({ name }) => name !== undefined);
}

/** By their id, whatever they are called by now. By name alone another, elsewhere, who has never heard of the case is not meant. */
function waysToNamed(
  { toldTo = [] }: Pick<OpenCase, 'toldTo'>,
  who: Doer,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const here = waysToThem(who, ctx);
  if (here.length > 0 || who.staff !== undefined || toldTo.length === 0) return here;
  const told = ctx.waysToTold?.(toldTo) ?? [];
  return told.filter(({ recipient }) => recipient.kind === 'staff' && recipient.name === who.name);
}

/** The ways to somebody who has a case, or was asked to take it; by name alone: whoever is called so here, or at `path`. */
export function waysToThem(
  { name = '', staff }: Doer,
  ctx: Pick<CaseContext, 'assignee' | 'waysToStaff'>,
  path?: string,
): readonly RecipientAddress[] {
  if (staff !== undefined) return ctx.waysToStaff?.(staff) ?? [];
  return ctx.assignee({ kind: 'user', name }, path)?.ways ?? [];
}
