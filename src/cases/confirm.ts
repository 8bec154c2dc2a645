import type { CommandBody } from '../model/command.ts';
import type { Notice } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, type Line, type OpenCase, openCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { missing } from './guards.ts';
import { hastenLadder } from './ladder.ts';
import { call } from './notices.ts';
import { waysToOwner } from './owner.ts';
import { confirmedText, contactSpokeText, needsHelpText } from './texts.ts';

/**
 * The person, or a contact who has spoken to them, says that all is well, or that they need help: by a key pressed in a call, or in words. It is a line of the
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
  const text = textOf(command);
  const said: Line = { at: ctx.now, by, type: command.well ? 'confirmed' : 'note', text };
  if (command.well) delete open.needsHelp;
  const { lines, notices } = command.well ? NOBODY : sendForHelp(open, text, ctx);
  // No change that counts: nobody who is about to take the case should be refused because of it.
  return done(open.case.version + 1, [
    write(open, open.case, [said, ...lines], undefined),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ]);
}

const textOf = ({ well, note, contact }: CommandBody<'case.confirm'>): Text => {
  if (contact) return contactSpokeText(well);
  return well ? confirmedText(note) : needsHelpText(note);
};

const NOBODY = { lines: [], notices: [] };

/** While nobody has the case the next people are called at once, wherever its steps stand; whoever has it is told what was said. */
function sendForHelp(
  open: OpenCase,
  news: Text,
  ctx: CaseContext,
): { readonly lines: readonly Line[]; readonly notices: readonly Notice[] } {
  hastenLadder(open, ctx);
  const { status, version } = open.case;
  if (status !== 'acknowledged') return NOBODY;
  const name = `needs-help.v${version + 1}`;
  const what = {
    event: 'case-raised',
    name,
    news,
    to: waysToOwner(open, open.case, ctx),
  } as const;
  const { told, notices } = call(open, open.case, what, ctx);
  return { lines: [systemLine(ctx.now, 'notice', told)], notices };
}
