import { newestMarks, withoutMarks } from '../model/case-marks.ts';
import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueOf, dueWhenTaken, withDue } from './due.ts';
import { ownCase } from './guards.ts';
import { holdLadder } from './ladder.ts';
import { withdrawnStepText } from './texts.ts';

/**
 * The newest step was said by mistake: nobody set out, or is there, or spoke to the person. What it had met is owed again as from
 * when the case was taken, so that nobody is left to somebody who never went. The time line keeps both.
 */
export function withdrawStep(
  book: CaseBook,
  command: CommandBody<'case.withdraw-step'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = ownCase(book, command, 'withdraw-step', by, ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const current = open.case;
  const marks = newestMarks(current);
  const [step] = marks;
  if (step === undefined) return refuse({ code: 'CASE_NO_STEP' });
  const owed = dueWhenTaken(ctx.targets(current), current.acknowledgedAt ?? ctx.now);
  // What is still owed keeps its time: it may have come nearer since.
  const next = withDue(withoutMarks(current, marks), { ...owed, ...dueOf(current) });
  holdLadder(open, next, ctx);
  const text = withdrawnStepText(by, step);
  const line = { at: ctx.now, by, type: 'step-withdrawn', text } as const;
  return done(current.version + 1, [write(open, next, [line], { by, at: ctx.now })]);
}
