import type { CommandBody } from '../model/command.ts';
import type { Text } from '../model/text.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, type Line, openCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueWhenOpen, withDue } from './due.ts';
import { missing } from './guards.ts';
import { beginLadder } from './ladder.ts';
import { call } from './notices.ts';
import { together } from './recipients.ts';

/**
 * Whoever has the case has left. It is nobody's, and is called as on the first day; those who were told hear so as well, for they
 * know it as taken. Of somebody who does not have it (any more) nothing changes.
 */
export function release(
  book: CaseBook,
  { case: id, name }: CommandBody<'case.release'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, id);
  if (!open) return refuse(missing(book, id, ctx));
  const { acknowledgedAt: _, acknowledgedBy, assignedTo: __, ...rest } = open.case;
  if (rest.status !== 'acknowledged' || acknowledgedBy !== name) return done(rest.version, []);
  const { now } = ctx;
  const targets = ctx.targets(rest.priority, rest.kind);
  const next = withDue({ ...rest, status: 'open' }, dueWhenOpen(targets, now));
  beginLadder(open, next, ctx);
  const news = releasedText(name);
  const what = { event: 'case-escalated', name: `released.v${rest.version + 1}`, news } as const;
  const { told, notices } = call(open, next, what, ctx, (all) =>
    together(all, ctx.waysToTold?.(open.toldTo ?? []) ?? []),
  );
  open.told = now;
  const lines: Line[] = [{ at: now, by, type: 'note', text: news }, systemLine(now, 'notice', told)];
  return done(rest.version + 1, [
    write(open, next, lines, { by, at: now }),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ]);
}

const releasedText = (name: string): Text => ({
  zh: `接手人 ${name} 的账号或人员登记已删除，重新通知`,
  en: `${name}, who had it, is no longer registered; people are called again`,
});
