import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { AwayPeriod } from '../model/registry.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, gatheringCase, openCase, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { missing, refusal } from './guards.ts';
import { quietLadder } from './ladder.ts';
import * as texts from './texts.ts';

/** Adds words to the time line. Somebody works on it, so the calls rest for a while; not when the words are a no. */
export function addNote(
  book: CaseBook,
  command: CommandBody<'case.note'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const refused = refusal(open.case, 'note');
  if (refused) return refuse(refused);
  if (!command.declines) quietLadder(open, open.case, ctx);
  const text = command.declines ? texts.declinedText(by) : { zh: command.text, en: command.text };
  const line = { at: ctx.now, by, type: 'note', text } as const;
  return done(open.case.version + 1, [write(open, open.case, [line], { by, at: ctx.now })]);
}

/** A picture that somebody took there, which is in the records already. */
export function addPhoto(
  book: CaseBook,
  command: CommandBody<'case.photo'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const current = open.case;
  const refused = refusal(current, 'photo');
  if (refused) return refuse(refused);
  const photos = (current.photos ?? 0) + 1;
  if (photos > LIMITS.photosPerCaseMax) return refuse({ code: 'CASE_PHOTOS_FULL' });
  quietLadder(open, current, ctx);
  const text = texts.photoText(command.note, texts.positionText(command));
  const line = { at: ctx.now, by, type: 'photo', photo: command.photo, text } as const;
  return done(current.version + 1, [write(open, { ...current, photos }, [line], { by, at: ctx.now })]);
}

/** Somebody said that the home is away, or back: a line in the open case about the person, if there is one. */
export function noteAway(
  book: CaseBook,
  change: { readonly period: AwayPeriod; readonly ends: boolean; readonly timeZone: string },
  by: string,
  { now }: Pick<CaseContext, 'now'>,
): Effect[] {
  const open = gatheringCase(book, 'safety');
  if (!open) return [];
  const text = texts.awayText(change.period, change.ends, change.timeZone);
  // No change that counts: it must not refuse who is about to acknowledge.
  return [write(open, open.case, [{ at: now, by, type: 'note', text }], undefined)];
}
