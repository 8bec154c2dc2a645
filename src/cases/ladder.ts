import type { Case } from '../model/case.ts';
import type { Effect } from '../model/effect.ts';
import type { ToldRole } from '../model/escalation.ts';
import { type CaseBook, type OpenCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { nextTarget } from './due.ts';
import { type Call, call } from './notices.ts';
import { callBackOverdueText, escalatedText, overdueText } from './texts.ts';

/** One step of a ladder, as it was when the ladder began. */
export interface LadderStep {
  readonly afterMs: number;
  readonly roles: readonly ToldRole[];
  readonly channels: readonly string[];
}

export interface Steps {
  readonly steps: readonly LadderStep[];
  readonly repeatEveryMs: number;
}

/**
 * Where the escalation of an open case stands. It goes on under the steps that it began with, whatever becomes of the
 * policy. While somebody has the case in hand, it waits for the end of their time.
 */
export interface Ladder extends Steps {
  /** When it began, or began anew. */
  readonly from: number;
  /** Steps that were taken, repeats counted: the number of the next call. */
  readonly taken: number;
  /** Calls of earlier beginnings: no two calls of a case have the same name. */
  readonly before: number;
  /** When it does something next. */
  readonly nextAt: number;
  /** Somebody has the case in hand, and `nextAt` is when their time ends. */
  readonly held: boolean;
}

/** Repeats of the last step at one pace, and how much slower they become at most. */
const CALLS_AT_ONE_PACE = 12;
const SLOWER_MAX = 12;
/** After words on the time line of a case whose owner is late, nobody is called for this share of the time to be there, or to resolve it. */
const QUIET_SHARE = 1 / 3;

/** When the book has something to do by itself. */
export const ladderDue = ({ cases }: Pick<CaseBook, 'cases'>): number =>
  cases.reduce((due, { ladder }) => Math.min(due, ladder?.nextAt ?? due), Number.POSITIVE_INFINITY);

/** A case was opened, or grew graver: the ladder of its priority begins. */
export function beginLadder(open: OpenCase, current: Case, ctx: CaseContext): void {
  const before = open.ladder;
  const steps = ctx.escalation(current.priority, current.kind);
  if (!steps) {
    delete open.ladder;
    return;
  }
  const calls = before ? before.before + before.taken : 0;
  // Whoever is late has lost the right to be waited for.
  const held = current.status !== 'open' && before?.held !== false;
  const begun: Ladder = { ...steps, from: ctx.now, taken: 0, before: calls, nextAt: 0, held };
  open.ladder = { ...begun, nextAt: held ? heldUntil(current, before, ctx) : nextOf(begun, ctx.now) };
}

/** Who has it in hand has the time of the new priority, and never longer than they had before. */
const heldUntil = ({ dueAt }: Case, before: Ladder | undefined, { now }: CaseContext): number =>
  Math.max(now, Math.min(before?.nextAt ?? dueAt, dueAt));

/** It was resolved: from when the call-back is due people are called until somebody has made it. */
export function awaitCallBack(open: OpenCase, current: Case, ctx: CaseContext): void {
  const before = open.ladder ? open.ladder.before + open.ladder.taken : 0;
  const begun = { ...ctx.callBackEscalation(current.priority, current.kind), from: current.dueAt };
  const ladder: Ladder = { ...begun, taken: 0, before, nextAt: 0, held: false };
  open.ladder = { ...ladder, nextAt: nextOf(ladder, ctx.now) };
}

/** Somebody took the case: nobody else is called until their time is over. */
export function holdLadder(open: OpenCase, current: Case): void {
  if (open.ladder) open.ladder = { ...open.ladder, held: true, nextAt: current.dueAt };
}

/** Somebody wrote what is being done: whoever is late is at work, and is left to it for a while. */
export function quietLadder(open: OpenCase, current: Case, { now, targets }: CaseContext): void {
  const { ladder } = open;
  if (!ladder || current.status !== 'acknowledged') return;
  const { onSite, resolve } = targets(current.priority, current.kind);
  const quiet = Math.round(now + (onSite ?? resolve) * QUIET_SHARE);
  // Words do not move a due-date that is still to come: they are no deed.
  open.ladder = { ...ladder, held: true, nextAt: current.dueAt > now ? current.dueAt : quiet };
}

/** What is due in the escalation of the open cases is done, and the next time is set. */
export function caseTimers(book: CaseBook, ctx: CaseContext): Effect[] {
  const effects: Effect[] = [];
  for (const open of book.cases) {
    const { ladder } = open;
    if (!ladder || ladder.nextAt > ctx.now) continue;
    effects.push(...(ladder.held ? ownerIsLate(open, ladder, ctx) : nextCall(open, ladder, ctx)));
  }
  return effects;
}

/** Nobody took it, or nobody has called back: the next people are called. */
function nextCall(open: OpenCase, ladder: Ladder, ctx: CaseContext): Effect[] {
  const current = open.case;
  const awaited = current.status === 'resolved';
  const step = ladder.steps[Math.min(ladder.taken, ladder.steps.length - 1)] as LadderStep;
  const name = `${awaited ? 'call-back' : 'escalated'}.${ladder.before + ladder.taken + 1}`;
  const why = awaited
    ? callBackOverdueText(ctx.now - current.dueAt)
    : escalatedText(ctx.now - current.openedAt, ladder.taken - ladder.steps.length + 1);
  const taken = { ...ladder, taken: ladder.taken + 1 };
  open.ladder = { ...taken, nextAt: nextOf(taken, ctx.now) };
  return page(open, { event: awaited ? 'case-call-back' : 'case-escalated', name, news: why, step }, ctx);
}

/** Whoever has it is called together with those who hear of such a case first; then it goes on step by step. */
function ownerIsLate(open: OpenCase, ladder: Ladder, ctx: CaseContext): Effect[] {
  const current = open.case;
  const calls = ladder.before + ladder.taken + 1;
  const why = overdueText(current.acknowledgedBy ?? '', nextTarget(current), ctx.now - current.dueAt);
  const anew: Ladder = { ...ladder, held: false, from: ctx.now, taken: 0, before: calls, nextAt: 0 };
  open.ladder = { ...anew, nextAt: nextOf(anew, ctx.now) };
  return page(open, { event: 'case-overdue', name: `overdue.${calls}`, news: why }, ctx);
}

/** Why people are called, who is, and the notices to them. */
function page(open: OpenCase, what: Call, ctx: CaseContext): Effect[] {
  const { told, notices } = call(open.case, what, ctx);
  const type = what.event === 'case-escalated' ? 'escalated' : 'overdue';
  const lines = [systemLine(ctx.now, type, what.news), systemLine(ctx.now, 'notice', told)];
  return [
    write(open, open.case, lines, { by: 'system', at: ctx.now }),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ];
}

/** A late look at the clock does not make the steps after it later: they count from the beginning. */
function nextOf({ from, taken, steps, repeatEveryMs }: Omit<Ladder, 'nextAt'>, now: number): number {
  const step = steps[taken];
  if (step) return Math.max(from + step.afterMs, now);
  return now + repeatEveryMs * slower(taken - steps.length);
}

/** Who has not come within a dozen calls is not helped by more of them: they go on without end, ever more slowly. */
const slower = (repeats: number): number =>
  Math.min(SLOWER_MAX, 2 ** Math.floor(Math.max(0, repeats) / CALLS_AT_ONE_PACE));

/** Has the time of whoever has it passed, so that anybody may take it over? */
export const isOwnerLate = ({ case: { status }, ladder }: OpenCase): boolean =>
  status === 'acknowledged' && ladder?.held === false;
