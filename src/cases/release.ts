import { type Case, isLeftBy } from '../model/case.ts';
import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import type { Text } from '../model/text.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import { type CaseBook, type Line, type OpenCase, openCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueWhenOpen, withDue } from './due.ts';
import { missing, ownCase } from './guards.ts';
import { beginLadder, callAnew } from './ladder.ts';
import { call } from './notices.ts';
import { together } from './recipients.ts';
import { withoutAssignee } from './taking.ts';
import * as texts from './texts.ts';

/** Whoever has the case has left. Of somebody who does not have it (any more) nothing changes. */
export function release(
  book: CaseBook,
  command: CommandBody<'case.release'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  if (!open) return refuse(missing(book, command.case, ctx));
  const { status, version, acknowledgedBy = '' } = open.case;
  if (status !== 'acknowledged' || !isLeftBy(open.case, command)) return done(version, []);
  const text = (command.barred ? barredText : releasedText)(acknowledgedBy);
  return done(version + 1, letGo(open, { type: 'note', text }, by, ctx));
}

/** Whoever has the case cannot go on with it, and does not know who could. */
export function giveBack(
  book: CaseBook,
  command: CommandBody<'case.give-back'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = ownCase(book, command, 'give-back', by, ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const { version } = open.case;
  const said = { type: 'given-back', text: texts.givenBackText(by, command.reason) } as const;
  return done(version + 1, letGo(open, said, by, ctx));
}

/** It is nobody's, and is called as on the first day; those who were told hear so as well, for they know it as taken. */
function letGo(open: OpenCase, said: Pick<Line, 'type' | 'text'>, by: string, ctx: CaseContext): Effect[] {
  const { now } = ctx;
  const next = nobodys(open.case, ctx);
  callAnew(open, open.case.acknowledgedAt);
  beginLadder(open, next, ctx);
  const name = `released.v${open.case.version + 1}`;
  const what = { event: 'case-escalated', name, news: said.text } as const;
  const { told, notices } = call(open, next, what, ctx, (all) =>
    together(all, ctx.waysToTold?.(open.toldTo ?? []) ?? []),
  );
  open.told = now;
  const lines: Line[] = [{ at: now, by, ...said }, systemLine(now, 'notice', told)];
  return [
    write(open, next, lines, { by, at: now }),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ];
}

/** The case without whoever had it: whom they reached and saw stands, that they were coming does not. */
function nobodys(current: Case, { targets, now }: CaseContext): Case {
  const {
    acknowledgedAt: _at,
    acknowledgedBy: _by,
    acknowledgedByAccount: _account,
    acknowledgedByStaff: _staff,
    onTheWayAt: _coming,
    ...rest
  } = withoutAssignee(current);
  return withDue({ ...rest, status: 'open' }, dueWhenOpen(targets(rest), now));
}

const releasedText = (name: string): Text => ({
  zh: `接手人 ${name} 的账号或人员登记已删除，重新通知`,
  en: `${name}, who had it, is no longer registered; people are called again`,
});

const barredText = (name: string): Text => ({
  zh: `接手人 ${name} 的账号已停用或不再有处置权限，重新通知`,
  en: `${name}, who had it, may no longer sign in or act on cases; people are called again`,
});
