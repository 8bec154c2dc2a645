import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, openCase, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { missing } from './guards.ts';
import { hastenLadder } from './ladder.ts';
import { confirmedText, needsHelpText } from './texts.ts';

/**
 * The person says that all is well, or that they need help: by a key pressed in a call, or in words. It is a line of the
 * time line, takes the case off nobody's hands and stops no call: who has had a stroke may say that all is well. Who needs
 * help does not wait until those are called who come after them.
 */
export function confirmWell(
  book: CaseBook,
  command: CommandBody<'case.confirm'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  if (!command.well) hastenLadder(open, ctx);
  // No change that counts: nobody who is about to take the case should be refused because of it.
  const line = command.well
    ? ({ at: ctx.now, by, type: 'confirmed', text: confirmedText(command.note) } as const)
    : ({ at: ctx.now, by, type: 'note', text: needsHelpText(command.note) } as const);
  return done(open.case.version + 1, [write(open, open.case, [line], undefined)]);
}
