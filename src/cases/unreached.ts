import type { Effect } from '../model/effect.ts';
import { type Line, type OpenCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { call } from './notices.ts';
import { unreachedText } from './unreached-texts.ts';

/** So often in vain, and others hear of it: again after as many more. */
const UNREACHED_IS_NEWS = 3;

/** Somebody telephoned to ask how it went, and nobody answered. */
export function unreachedOnce(open: OpenCase, line: Line, by: string, ctx: CaseContext): Effect[] {
  const { now } = ctx;
  const unreached = (open.case.unreached ?? 0) + 1;
  const next = { ...open.case, unreached };
  if (unreached % UNREACHED_IS_NEWS !== 0) return [write(open, next, [line], { by, at: now })];
  const news = unreachedText(unreached);
  const step = ctx.callBackEscalation(next).steps[0];
  const name = `unreached.v${next.version + 1}`;
  const { told, notices } = call(
    open,
    next,
    { event: 'case-call-back', name, news, ...(step ? { step } : {}) },
    ctx,
  );
  open.told = now;
  const lines: Line[] = [line, systemLine(now, 'overdue', news), systemLine(now, 'notice', told)];
  return [
    write(open, next, lines, { by, at: now }),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ];
}
