import type { Case } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, leaveBook, openCase, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { conflict, missing, refusal } from './guards.ts';
import * as texts from './texts.ts';

/** Says what was found. Where the kind wants it, that needs the name of who spoke to or saw the person. */
export function resolve(
  book: CaseBook,
  command: CommandBody<'case.resolve'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const current = open.case;
  const refused = refusal(current, 'resolve') ?? conflict(open, command.expectedVersion);
  if (refused) return refuse(refused);
  const contactMadeBy = command.contactMadeBy.trim();
  const needsContact = definitionOf(current.kind).contact.includes(current.priority);
  if (needsContact && contactMadeBy === '') return refuse({ code: 'CASE_CONTACT_REQUIRED' });
  const { now } = ctx;
  const next: Case = {
    ...current,
    status: 'resolved',
    resolvedAt: now,
    resolvedBy: by,
    outcome: command.outcome,
    outcomeNote: command.note,
    ...(contactMadeBy === '' ? {} : { contactMadeBy }),
  };
  const text = texts.resolvedText(command.outcome, command.note, contactMadeBy);
  const effect = write(open, next, [{ at: now, by, type: 'resolved', text }], { by, at: now }, 'resolved');
  const resolvedAlerts = current.alerts.filter((id) => book.standing.includes(id));
  leaveBook(book, open);
  return { ...done(current.version + 1, [effect]), resolvedAlerts };
}
