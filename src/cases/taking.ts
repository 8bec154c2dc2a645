import { type Case, type CaseAssignee, type Doer, isSamePerson, ownerOf } from '../model/case.ts';
import { firstDone } from '../model/case-rounds.ts';
import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, type Line, openCase, systemLine, write } from './case-book.ts';
import { isStillCalled } from './contact-owner.ts';
import type { Assignee, CaseContext } from './context.ts';
import { dueWhenTaken, withDue } from './due.ts';
import { caseFor, conflict, mayTakeOver, missing, refusal } from './guards.ts';
import { holdLadder, quietLadder } from './ladder.ts';
import { call } from './notices.ts';
import * as texts from './texts.ts';

/**
 * Somebody takes the case on. By the one who has it already nothing changes, and that is fine: also where they are late, for to say
 * once more that one has it is no deed. Their times stay, and whoever is called meanwhile goes on being called.
 */
export function acknowledge(
  book: CaseBook,
  command: CommandBody<'case.acknowledge'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const current = open.case;
  const me = { name: by, account: command.account, staff: command.staff };
  const hasIt = current.status === 'acknowledged' && isSamePerson(ownerOf(current), me);
  if (hasIt) return done(current.version, []);
  const from = mayTakeOver(open, me, command.takeOver ?? false) ? current.acknowledgedBy : undefined;
  const refused =
    (from === undefined ? refusal(current, 'acknowledge') : undefined) ??
    conflict(open, command.expectedVersion);
  if (refused) return refuse(refused);
  const { now } = ctx;
  const next = taken(current, me, ctx);
  holdLadder(open, next, ctx);
  // They see what was held back from whoever had it.
  delete open.silencedNews;
  const line = { at: now, by, ...takenLine(by, from, isStillCalled(next, ctx.subject)) };
  return done(current.version + 1, [write(open, next, [line], { by, at: now })]);
}

/** @param isCalled people near go on being called: a contact has it */
const takenLine = (by: string, from: string | undefined, isCalled: boolean): Pick<Line, 'type' | 'text'> => {
  if (from === undefined)
    return {
      type: 'acknowledged',
      text: isCalled ? texts.contactHasItText(by) : texts.acknowledgedText(by),
    };
  const text = isCalled ? texts.contactTookOverText(by, from) : texts.takenOverText(by, from);
  return { type: 'taken-over', text };
};

/**
 * Somebody is asked to take the case, and told. Until they do, it stays with whoever received it first: with its owner,
 * or with the one who asks.
 */
export function assign(
  book: CaseBook,
  command: CommandBody<'case.assign'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = caseFor(book, command, 'assign', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const current = open.case;
  const to = ctx.assignee(command.to);
  if (!to) return refuse({ code: 'CASE_ASSIGNEE_UNKNOWN' });
  const me = { name: by, account: command.account, staff: command.staff };
  const others = current.status === 'acknowledged' && !isSamePerson(ownerOf(current), me);
  if (others && !mayTakeOver(open, me, command.takeOver ?? false))
    return refuse({
      code: 'CASE_ALREADY_ACKNOWLEDGED',
      details: { by: current.acknowledgedBy, at: current.acknowledgedAt },
    });
  const { now } = ctx;
  const lines: Line[] = [];
  let held = current;
  if (current.status === 'open' || others) {
    held = taken(current, me, ctx);
    holdLadder(open, held, ctx);
    const from = current.acknowledgedBy;
    lines.push(
      others && from !== undefined
        ? { at: now, by, type: 'taken-over', text: texts.takenOverText(by, from) }
        : { at: now, by, type: 'acknowledged', text: texts.acknowledgedText(by) },
    );
  } else quietLadder(open, held, ctx);
  const next: Case = { ...withoutAssignee(held), ...asked(to, command.to) };
  const said = texts.assignedText(to.name, command.note);
  lines.push({ at: now, by, type: 'assigned', text: said });
  const name = `assigned.v${current.version + 1}`;
  const { told, notices } = call(
    open,
    next,
    { event: 'case-assigned', name, news: texts.assignedNews(by, to.name), to: to.ways },
    ctx,
  );
  lines.push(systemLine(now, 'notice', told));
  const effect = write(open, next, lines, { by, at: now });
  return done(current.version + 1, [
    effect,
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ]);
}

/** The case in the hands of somebody, with the time that they have from now. */
export function taken(
  current: Case,
  { name, account, staff }: Doer & { readonly name: string },
  ctx: Pick<CaseContext, 'now' | 'targets'>,
): Case {
  const { acknowledgedByAccount: _, acknowledgedByStaff: _staff, ...rest } = withoutAssignee(current);
  const { now } = ctx;
  return withDue(
    {
      ...firstDone(rest, 'takenAt', now),
      status: 'acknowledged',
      acknowledgedAt: now,
      acknowledgedBy: name,
      ...(account === undefined ? {} : { acknowledgedByAccount: account }),
      ...(staff === undefined ? {} : { acknowledgedByStaff: staff }),
    },
    dueWhenTaken(ctx.targets(current), now),
  );
}

/** Nobody is asked to take it (any more). */
export function withoutAssignee(current: Case): Case {
  const { assignedTo: _, assignedToAccount: _account, assignedToStaff: _staff, ...rest } = current;
  return rest;
}

/** An account is not taken for the member of staff of its name: they are told, and may be another. */
function asked({ name }: Assignee, to: CommandBody<'case.assign'>['to']): CaseAssignee {
  return {
    assignedTo: name,
    ...(to.account === undefined ? {} : { assignedToAccount: to.account }),
    ...(to.kind === 'staff' ? { assignedToStaff: to.id } : {}),
  };
}
