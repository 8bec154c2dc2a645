import type { CommandBody } from '../model/command.ts';
import { LIMITS } from '../model/limits.ts';
import { requestCategory } from '../model/request-category.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { doneBefore, noteDone } from './done-commands.ts';
import { beginLadder } from './ladder.ts';
import { requestOpenedText, requestTitle } from './mark-texts.ts';
import { call } from './notices.ts';
import { newCase } from './opening.ts';
import { NEW_CASE } from './texts.ts';

/**
 * A resident asks for something. Each request is a case of its own, for each is solved, asked about and judged by itself; it
 * goes on beside whatever the devices of the home say.
 */
export function openRequest(
  book: CaseBook,
  command: CommandBody<'home.request'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const { category, from, note, key } = command;
  const before = doneBefore(book, key, ctx.now);
  if (before) return opened(before.version, before.case, []);
  const waiting = book.cases.filter((one) => one.case.kind === 'request').length;
  if (waiting >= LIMITS.requestsOpenMax) return refuse({ code: 'REQUESTS_TOO_MANY', details: { waiting } });
  const priority = command.priority ?? requestCategory(category).priority;
  const open = newCase(book, 'request', { priority, title: requestTitle(category), category }, ctx);
  beginLadder(open, open.case, ctx);
  // What they ask for may be nobody else's business: a group reads the category, and whoever takes it the rest.
  const news = { event: 'case-opened', name: 'case-opened', news: NEW_CASE } as const;
  const { told, notices } = call(open, open.case, news, ctx);
  open.told = ctx.now;
  const lines = [
    { at: ctx.now, by, type: 'opened', text: requestOpenedText({ category, priority, from, note }) } as const,
    systemLine(ctx.now, 'notice', told),
  ];
  const effect = write(open, open.case, lines, { by: 'system', at: ctx.now }, 'opened');
  const { id, version } = open.case;
  noteDone(book, key, { version, case: id, at: ctx.now });
  return opened(version, id, [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)]);
}

function opened(version: number, id: string | undefined, effects: CaseOutcome['effects']): CaseOutcome {
  const outcome = done(version, effects);
  return { ...outcome, reply: { ok: true, version, ...(id === undefined ? {} : { case: id }) } };
}
