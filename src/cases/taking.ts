import { type Case, TARGETS } from '../model/case.ts';
import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, openCase, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { conflict, mayTakeOver, missing, refusal } from './guards.ts';
import { holdLadder, isOwnerLate, quietLadder } from './ladder.ts';
import * as texts from './texts.ts';

/** Somebody takes the case on. By the one who has it already: nothing changes, and that is fine. */
export function acknowledge(
  book: CaseBook,
  command: CommandBody<'case.acknowledge'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const current = open.case;
  if (current.acknowledgedBy === by && !isOwnerLate(open)) return done(current.version, []);
  const from = mayTakeOver(open, command.takeOver ?? false) ? current.acknowledgedBy : undefined;
  const refused =
    (from === undefined ? refusal(current, 'acknowledge') : undefined) ??
    conflict(open, command.expectedVersion);
  if (refused) return refuse(refused);
  const { now } = ctx;
  const next = taken(current, by, now);
  if (from === by) quietLadder(open, next, ctx);
  else holdLadder(open, next);
  const line =
    from === undefined || from === by
      ? ({ at: now, by, type: 'acknowledged', text: texts.acknowledgedText(by) } as const)
      : ({ at: now, by, type: 'taken-over', text: texts.takenOverText(by, from) } as const);
  return done(current.version + 1, [write(open, next, [line], { by, at: now })]);
}

/** The case in the hands of somebody, with the time that they have from now. */
export const taken = (current: Case, by: string, now: number): Case => ({
  ...current,
  status: 'acknowledged',
  acknowledgedAt: now,
  acknowledgedBy: by,
  dueAt: now + TARGETS[current.priority].resolveMs,
});
