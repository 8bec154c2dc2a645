import { type Case, type CaseEntry, type CaseKind, TARGETS } from '../model/case.ts';
import type { Effect } from '../model/effect.ts';
import type { ToldRole } from '../model/escalation.ts';
import type { CaseBook } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { call } from './notices.ts';
import { escalatedText, overdueText } from './texts.ts';

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

export type Ladders = { readonly [K in CaseKind]?: Ladder };

/** Repeats of the last step at one pace, and how much slower they become at most. */
const CALLS_AT_ONE_PACE = 12;
const SLOWER_MAX = 12;
/** After words on the time line of a case whose owner is late, nobody is called for this share of the time to resolve it. */
const QUIET_SHARE = 1 / 3;

/** When the book has something to do by itself. */
export function ladderDue({ ladders }: Pick<CaseBook, 'ladders'>): number {
  return Math.min(
    ladders?.safety?.nextAt ?? Number.POSITIVE_INFINITY,
    ladders?.technical?.nextAt ?? Number.POSITIVE_INFINITY,
  );
}

/** A case was opened, or grew graver: the ladder of its priority begins. */
export function beginLadder(book: CaseBook, current: Case, ctx: CaseContext): void {
  const before = book.ladders?.[current.kind];
  const steps = ctx.escalation(current.priority, current.kind);
  if (!steps) {
    forgetLadder(book, current.kind);
    return;
  }
  const calls = before ? before.before + before.taken : 0;
  // Whoever is late has lost the right to be waited for.
  const held = current.status !== 'open' && before?.held !== false;
  const begun: Ladder = { ...steps, from: ctx.now, taken: 0, before: calls, nextAt: 0, held };
  setLadder(book, current.kind, {
    ...begun,
    nextAt: held ? heldUntil(current, before, ctx) : nextOf(begun, ctx.now),
  });
}

/** Who has it in hand has the time of the new priority, and never longer than they had before. */
const heldUntil = ({ priority, dueAt }: Case, before: Ladder | undefined, { now }: CaseContext): number =>
  Math.max(now, Math.min(before?.nextAt ?? dueAt, now + TARGETS[priority].resolveMs));

/** Somebody took the case: nobody else is called until their time is over. */
export function holdLadder(book: CaseBook, current: Case): void {
  const ladder = book.ladders?.[current.kind];
  if (ladder) setLadder(book, current.kind, { ...ladder, held: true, nextAt: current.dueAt });
}

/** Somebody wrote what is being done: whoever is late is at work, and is left to it for a while. */
export function quietLadder(book: CaseBook, current: Case, { now }: Pick<CaseContext, 'now'>): void {
  const ladder = book.ladders?.[current.kind];
  if (!ladder || current.status === 'open') return;
  const quiet = now + TARGETS[current.priority].resolveMs * QUIET_SHARE;
  setLadder(book, current.kind, {
    ...ladder,
    held: true,
    nextAt: Math.max(ladder.held ? ladder.nextAt : 0, quiet),
  });
}

export function forgetLadder(book: CaseBook, kind: CaseKind): void {
  if (!book.ladders?.[kind]) return;
  const { [kind]: _, ...rest } = book.ladders;
  book.ladders = rest;
}

/** A case lets its people wait: what is due now is done, and the next time is set. */
export function climb(book: CaseBook, ctx: CaseContext, write: Write): Effect[] {
  const effects: Effect[] = [];
  for (const kind of ['safety', 'technical'] as const) {
    const ladder = book.ladders?.[kind];
    const current = book.open[kind];
    if (!ladder || !current || ladder.nextAt > ctx.now) continue;
    effects.push(...(ladder.held ? ownerIsLate : nobodyTookIt)(book, current, ladder, ctx, write));
  }
  return effects;
}

/** How a change of a case is written: see `write` in case-book.ts. */
export type Write = (book: CaseBook, next: Case, lines: readonly Omit<CaseEntry, 'n'>[]) => Effect;

function nobodyTookIt(
  book: CaseBook,
  current: Case,
  ladder: Ladder,
  ctx: CaseContext,
  write: Write,
): Effect[] {
  const step = ladder.steps[Math.min(ladder.taken, ladder.steps.length - 1)] as LadderStep;
  const name = `escalated.${ladder.before + ladder.taken + 1}`;
  const why = escalatedText(ctx.now - current.openedAt, ladder.taken - ladder.steps.length + 1);
  const taken = { ...ladder, taken: ladder.taken + 1 };
  setLadder(book, current.kind, { ...taken, nextAt: nextOf(taken, ctx.now) });
  const { told, notices } = call(current, { event: 'case-escalated', name, news: why }, ctx, step);
  const lines = [system(ctx, 'escalated', why), system(ctx, 'notice', told)];
  return [write(book, current, lines), ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}

/** Whoever has it is called together with those who hear of such a case first; then it goes on step by step. */
function ownerIsLate(
  book: CaseBook,
  current: Case,
  ladder: Ladder,
  ctx: CaseContext,
  write: Write,
): Effect[] {
  const name = `overdue.${ladder.before + ladder.taken + 1}`;
  const why = overdueText(current.acknowledgedBy ?? '', ctx.now - current.dueAt);
  const anew: Ladder = {
    ...ladder,
    held: false,
    from: ctx.now,
    taken: 0,
    before: ladder.before + ladder.taken + 1,
    nextAt: 0,
  };
  setLadder(book, current.kind, { ...anew, nextAt: nextOf(anew, ctx.now) });
  const { told, notices } = call(current, { event: 'case-overdue', name, news: why }, ctx, undefined);
  const lines = [system(ctx, 'overdue', why), system(ctx, 'notice', told)];
  return [write(book, current, lines), ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
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

function setLadder(book: CaseBook, kind: CaseKind, ladder: Ladder): void {
  book.ladders = { ...book.ladders, [kind]: ladder };
}

const system = ({ now }: CaseContext, type: CaseEntry['type'], text: CaseEntry['text']) =>
  ({ at: now, by: 'system', type, text }) as const;

/** Has the time of whoever has it passed, so that anybody may take it over? */
export const isOwnerLate = (book: CaseBook, { kind, status }: Case): boolean =>
  status === 'acknowledged' && book.ladders?.[kind]?.held === false;
