import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { doneBefore, noteDone } from './done-commands.ts';
import { beginLadder } from './ladder.ts';
import { DRILL_TITLE, drillOpenedText } from './mark-texts.ts';
import { call } from './notices.ts';
import { newCase } from './opening.ts';
import { NEW_CASE } from './texts.ts';

/** A drill through the whole chain: real notices to real people, who acknowledge, go, resolve and call back. */
export function beginDrill(
  book: CaseBook,
  { priority, note, key }: CommandBody<'drill.begin'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const before = doneBefore(book, key, ctx.now);
  if (before) return done(before.version, []);
  const running = book.cases.find((one) => one.case.kind === 'drill');
  if (running) return refuse({ code: 'DRILL_RUNNING', details: { case: running.case.id } });
  const open = newCase(book, 'drill', { priority, title: DRILL_TITLE }, ctx);
  beginLadder(open, open.case, ctx);
  const news = { event: 'case-opened', name: 'case-opened', news: NEW_CASE } as const;
  const { told, notices } = call(open, open.case, news, ctx);
  open.told = ctx.now;
  const lines = [
    { at: ctx.now, by, type: 'opened', text: drillOpenedText(priority, note) } as const,
    systemLine(ctx.now, 'notice', told),
  ];
  const effect = write(open, open.case, lines, { by: 'system', at: ctx.now }, 'opened');
  noteDone(book, key, { version: open.case.version, at: ctx.now });
  return done(open.case.version, [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)]);
}
