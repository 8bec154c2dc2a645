import type { Case } from '../model/case.ts';
import { owedAnew } from '../model/case-rounds.ts';
import type { CommandBody } from '../model/command.ts';
import type { Notice } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { graverCase } from './alerts.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import {
  type CaseBook,
  isAtWork,
  type Line,
  type OpenCase,
  openCase,
  systemLine,
  write,
} from './case-book.ts';
import type { CaseContext } from './context.ts';
import { missing } from './guards.ts';
import { beginLadder, hastenLadder } from './ladder.ts';
import { call } from './notices.ts';
import { waysToOwner } from './owner.ts';
import { isGrave, onceEach, type RecipientAddress } from './recipients.ts';
import { confirmedText, contactSpokeText, needsHelpText, priorityRaisedText } from './texts.ts';

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
  const { next, lines, notices } = command.well
    ? { next: open.case, lines: [], notices: [] }
    : sendForHelp(open, text, ctx);
  // No change that counts: nobody who is about to take the case should be refused because of it.
  return done(open.case.version + 1, [
    write(open, next, [said, ...lines], undefined),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ]);
}

const textOf = ({ well, note, contact }: CommandBody<'case.confirm'>): Text => {
  if (contact) return contactSpokeText(well);
  return well ? confirmedText(note) : needsHelpText(note);
};

/** How soon somebody comes to whoever says that they need help, as where somebody says so on the telephone. */
const HELP_PRIORITY = 'P2';

interface Sent {
  /** The case as it is then. */
  readonly next: Case;
  readonly lines: readonly Line[];
  readonly notices: readonly Notice[];
}

/**
 * While nobody has the case the next people are called at once, wherever its steps stand; whoever has it is told what was said. What
 * had hours or days to be done is as urgent from here on as help is.
 */
function sendForHelp(open: OpenCase, news: Text, ctx: CaseContext): Sent {
  const current = open.case;
  const isMild = current.kind === 'safety' && isAtWork(open) && !isGrave(current.priority);
  const next = isMild ? graverCase(owedAnew(current), HELP_PRIORITY, ctx) : current;
  if (isMild) beginLadder(open, next, ctx);
  const saidBefore = open.needsHelp;
  hastenLadder(open, ctx);
  // Of a case without steps nobody would be called for it.
  const isUncalled = next.status === 'open' && !open.ladder && saidBefore !== open.needsHelp;
  const raised = isMild
    ? [systemLine(ctx.now, 'priority-raised', priorityRaisedText(current.priority, next.priority))]
    : [];
  const to = waysToHelp(open, next, isMild || isUncalled, ctx);
  if (to.length === 0) return { next, lines: raised, notices: [] };
  const name = `needs-help.v${current.version + 1}`;
  const { told, notices } = call(open, next, { event: 'case-raised', name, news, to }, ctx);
  return { next, lines: [...raised, systemLine(ctx.now, 'notice', told)], notices };
}

/** Who hears it now: whoever has it and, where it has become urgent by this or has no steps, those who hear of such a case first. */
function waysToHelp(
  open: OpenCase,
  next: Case,
  toFirst: boolean,
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const owners = next.status === 'acknowledged' ? waysToOwner(open, next, ctx) : [];
  if (!toFirst) return owners;
  // The person has just been asked.
  const first = ctx.recipients(next).filter(({ recipient }) => recipient.kind !== 'resident');
  const isAnybody = open.ladder !== undefined || first.some(({ screen }) => !screen);
  return onceEach([...owners, ...first, ...(isAnybody ? [] : ctx.fallback(next))]);
}
