import type { CommandBody } from '../model/command.ts';
import { type CaseOutcome, done } from './answers.ts';
import { type CaseBook, type Line, type OpenCase, openCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { heedingCalls } from './headline.ts';
import { notSentText, sentText, stillTryingText } from './notice-texts.ts';
import { announce, findingOf } from './notices.ts';
import { wayOf } from './recipients.ts';
import * as texts from './texts.ts';

/**
 * Writes what became of a notice into the time line. Where the last notice about a grave case has failed for good, or was tried
 * in vain several times, and nobody has got one, the fallback is told. A case that was resolved meanwhile needs no such line.
 */
export function noticeResult(
  book: CaseBook,
  command: CommandBody<'notice.result'>,
  ctx: CaseContext,
): CaseOutcome {
  const open = openCase(book, command.case);
  const isNews = command.state === 'queued' ? command.failure !== undefined : command.state !== 'withdrawn';
  if (!open || !isNews) return done(open?.case.version, []);
  const current = open.case;
  const { recipient, channel } = command;
  const text =
    command.state === 'failed'
      ? notSentText(command.failure, command.detail, recipient, channel)
      : command.state === 'queued'
        ? stillTryingText(command.failure, command.detail, recipient, channel)
        : sentText(command.state, recipient, channel);
  const lines: Line[] = [systemLine(ctx.now, 'notice', text, { notice: command.notice })];
  const passedOn = hasReachedNobody(open, command) ? passOn(open, heedingCalls(open, ctx)) : undefined;
  if (passedOn) lines.push(systemLine(ctx.now, 'notice', passedOn.told));
  // No change that counts: nobody who is about to acknowledge should be refused because a message went out.
  const effect = write(open, current, lines, undefined);
  const notices = passedOn?.notices ?? [];
  return done(current.version + 1, [
    effect,
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ]);
}

/** Notes the result; true when it was the last of those that somebody could have got. */
function hasReachedNobody(open: OpenCase, { notice, state }: CommandBody<'notice.result'>): boolean {
  const { awaited } = open;
  const isLeft = awaited?.left.includes(notice) ?? false;
  if (!awaited || (!isLeft && !awaited.tried?.includes(notice))) return false;
  const isInVain = state === 'failed' || state === 'queued';
  if (!isInVain) delete open.awaited;
  if (!isInVain || !isLeft) return false;
  const left = awaited.left.filter((id) => id !== notice);
  // One that is still being tried may arrive after all.
  const tried = state === 'queued' ? { tried: [...(awaited.tried ?? []), notice] } : {};
  open.awaited = { ...awaited, left, ...tried };
  return left.length === 0;
}

/** Everybody above the home and the fallback channels, but for the ways that have just failed. */
function passOn(open: OpenCase, ctx: CaseContext): ReturnType<typeof announce> {
  const { awaited, case: current } = open;
  delete open.awaited;
  const ways = new Set(awaited?.ways);
  const to = ctx.fallback(current).filter((one) => !ways.has(wayOf(one)));
  const finding = findingOf(current, ctx);
  // What matters most, which need not be what came last: whoever is told now has heard of neither.
  const alert = { ...finding, ...awaited?.alert, title: finding.title };
  const news = {
    event: 'case-raised',
    alert,
    news: texts.UNREACHED,
    to,
    step: `unreached.v${current.version}`,
  } as const;
  return announce(open, current, news, ctx);
}
