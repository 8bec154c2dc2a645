import type { Case } from '../model/case.ts';
import { roundOf } from '../model/case-rounds.ts';
import type { Effect } from '../model/effect.ts';
import type { Text } from '../model/text.ts';
import { absenceLines, wasMissed } from './absence.ts';
import { MISSED_TURNS, missedStepsText, missedTargetText } from './absence-texts.ts';
import { careTimers } from './care.ts';
import { type CaseBook, type Line, type OpenCase, systemLine, write } from './case-book.ts';
import { isStillCalled } from './contact-owner.ts';
import type { CaseContext } from './context.ts';
import { nextTarget } from './due.ts';
import { heedingCalls } from './headline.ts';
import { SILENCE_OVER } from './mark-texts.ts';
import { type Call, call } from './notices.ts';
import { ownWays, waysToOwner } from './owner.ts';
import { isGrave, onceEach, type RecipientAddress, type Told, together } from './recipients.ts';
import * as texts from './texts.ts';
import { notCalled, type Turn, takeTurn } from './turns.ts';

/** One step of a ladder, as it was when the ladder began. */
export interface LadderStep extends Told {
  readonly afterMs: number;
  /** People are called one after the other with this pause; absent: all at once. */
  readonly inTurnMs?: number;
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
  /** While the people of the last step are called one after the other: who had their turn (`personKey`). */
  readonly called?: readonly string[];
}

/** Repeats of the last step at one pace, and how much slower they become at most. */
const CALLS_AT_ONE_PACE = 12;
const SLOWER_MAX = 12;
/** After words on the time line of a case whose owner is late, nobody is called for this share of the time to be there, or to resolve it. */
const QUIET_SHARE = 1 / 3;

/** When the book has something to do by itself. */
export function ladderDue({ cases }: Pick<CaseBook, 'cases'>): number {
  let due = Number.POSITIVE_INFINITY;
  for (let i = 0; i < cases.length; i++) {
    const { ladder, care, silenced } = cases[i] as OpenCase;
    if (ladder && ladder.nextAt < due) due = ladder.nextAt;
    if (care && care.nextAt < due) due = care.nextAt;
    if (silenced && silenced.until < due) due = silenced.until;
  }
  return due;
}

/** A case was opened, or grew graver: the ladder of its priority begins. */
export function beginLadder(open: OpenCase, current: Case, ctx: CaseContext): void {
  const before = open.ladder;
  const steps = ctx.escalation(current);
  if (!steps) {
    delete open.ladder;
    return;
  }
  const calls = before ? before.before + before.taken : 0;
  // Whoever is late has lost the right to be waited for.
  const held = current.status !== 'open' && before?.held !== false && !isStillCalled(current, ctx.subject);
  const begun: Ladder = { ...steps, from: ctx.now, taken: 0, before: calls, nextAt: 0, held };
  open.ladder = { ...begun, nextAt: held ? heldUntil(current, before, ctx) : nextOf(begun, ctx.now) };
}

/** At the place where it is now such a case is called by other steps than those that it began with. */
export function isNewLadder({ ladder }: OpenCase, current: Case, ctx: CaseContext): boolean {
  const here = stepsOf(current, ctx);
  if (!ladder || !here) return false;
  const { steps, repeatEveryMs } = ladder;
  return JSON.stringify({ steps, repeatEveryMs }) !== JSON.stringify(here);
}

const stepsOf = (current: Case, ctx: CaseContext): Steps | undefined =>
  current.status === 'resolved' ? ctx.callBackEscalation(current) : ctx.escalation(current);

/** It begins anew with the steps of the place where it is now. */
export function moveLadder(open: OpenCase, current: Case, ctx: CaseContext): void {
  if (current.status === 'resolved') awaitCallBack(open, current, ctx);
  else beginLadder(open, current, ctx);
}

/** Who has it in hand has the time of the new priority, and never longer than they had before. */
const heldUntil = ({ dueAt }: Case, before: Ladder | undefined, { now }: CaseContext): number =>
  Math.max(now, Math.min(before?.nextAt ?? dueAt, dueAt));

/** However often somebody presses, within this time it is one call for help. */
const HELP_CALLS_MS = 5 * 60_000;

/** The person says that they need help: whoever is next is not kept waiting. It is done with the timers. */
export function hastenLadder(open: OpenCase, { now, subject }: CaseContext): void {
  const { ladder, needsHelp } = open;
  if (needsHelp !== undefined && now - needsHelp < HELP_CALLS_MS) return;
  open.needsHelp = now;
  const isCalled = open.case.status === 'open' || isStillCalled(open.case, subject);
  if (!ladder || ladder.held || !isCalled) return;
  open.ladder = { ...ladder, nextAt: Math.min(ladder.nextAt, now) };
}

/** It was resolved: from when the call-back is due people are called until somebody has made it. */
export function awaitCallBack(open: OpenCase, current: Case, ctx: CaseContext): void {
  const before = open.ladder ? open.ladder.before + open.ladder.taken : 0;
  const begun = { ...ctx.callBackEscalation(current), from: current.dueAt };
  const ladder: Ladder = { ...begun, taken: 0, before, nextAt: 0, held: false };
  open.ladder = { ...ladder, nextAt: nextOf(ladder, ctx.now) };
}

/**
 * Somebody took the case: nobody else is called until their time is over. Where it is a contact who has not said that they come, it
 * goes on from where it stands.
 */
export function holdLadder(open: OpenCase, current: Case, { subject, now }: CaseContext): void {
  const { ladder } = open;
  if (!ladder) return;
  if (!isStillCalled(current, subject))
    open.ladder = { ...outOfTurn(ladder), held: true, nextAt: current.dueAt };
  else if (ladder.held) {
    callAnew(open, undefined);
    const anew = { ...outOfTurn(ladder), held: false };
    open.ladder = { ...anew, nextAt: nextOf(anew, now) };
  }
}

/**
 * Somebody wrote what is being done: whoever is late is at work, and is left to it for a while. Not where whoever has it need not be
 * near: of what they write nobody comes.
 */
export function quietLadder(open: OpenCase, current: Case, { now, targets, subject }: CaseContext): void {
  const { ladder } = open;
  if (!ladder || current.status !== 'acknowledged' || isStillCalled(current, subject)) return;
  const { onSite, resolve } = targets(current);
  const quiet = Math.round(now + (onSite ?? resolve) * QUIET_SHARE);
  // Words do not move a due-date that is still to come: they are no deed.
  const until = current.dueAt > now ? current.dueAt : quiet;
  open.ladder = { ...outOfTurn(ladder), held: true, nextAt: until };
}

/** What is due in the escalation of the open cases is done, and the next time is set. */
export function caseTimers(book: CaseBook, silenced: CaseContext): Effect[] {
  const effects: Effect[] = [...careTimers(book, silenced)];
  for (const open of book.cases) {
    const ctx = heedingCalls(open, silenced);
    if (open.silenced && open.silenced.until <= ctx.now) effects.push(...silenceOver(open, ctx));
    const { ladder } = open;
    if (!ladder || ladder.nextAt > ctx.now) continue;
    effects.push(...(ladder.held ? ownerIsLate(open, ladder, ctx) : nextCall(open, ladder, ctx)));
  }
  return effects;
}

/**
 * A silence is over that kept people from being told: while nobody has the case they are told now. Whoever took it meanwhile has
 * seen it; what came after somebody had taken it, they have not.
 */
function silenceOver(open: OpenCase, ctx: CaseContext): Effect[] {
  const { case: current, silencedNews } = open;
  delete open.silenced;
  delete open.silencedNews;
  const name = `silence-over.v${current.version + 1}`;
  const what = { event: 'case-raised', name, news: SILENCE_OVER } as const;
  if (current.status === 'open') return page(open, what, ctx);
  if (current.status === 'acknowledged' && silencedNews) {
    const owner = waysToOwner(open, current, ctx);
    return page(open, what, ctx, [], (all) =>
      isGrave(current.priority) ? onceEach([...owner, ...all]) : owner,
    );
  }
  const line = systemLine(ctx.now, 'note', SILENCE_OVER);
  return [write(open, current, [line], undefined)];
}

/**
 * Nobody took it, or nobody has called back: the next people are called. Of steps that were missed the furthest that is due
 * is taken, and whoever would have been called by those before it is called with it.
 */
function nextCall(open: OpenCase, ladder: Ladder, ctx: CaseContext): Effect[] {
  const current = open.case;
  const { called, taken } = ladder;
  const awaited = current.status === 'resolved';
  if (called && stepAt(ladder) > ctx.now) return nextInTurn(open, { ...ladder, called }, ctx);
  const missed = wasMissed(ladder.nextAt, ctx);
  const last = missed ? lastDue(ladder, taken, ctx.now) : taken;
  const step = stepNumber(ladder, last);
  const name = `${nameOf(current)}.${ladder.before + last + 1}`;
  const news = awaited
    ? texts.callBackOverdueText(ctx.now - current.dueAt, current.unreached)
    : whyCalled(open, ctx, (ms) => texts.escalatedText(ms, last - ladder.steps.length + 1));
  const lines = absenceLines(ladder.nextAt, stepsMissed(ladder, taken, last, ctx.now), ctx);
  let had: readonly string[] | undefined;
  const what: Call = { event: eventOf(current), name, news, step };
  const paged = page(open, what, ctx, lines, (all, at) => {
    const turn = turnsOf(all, step, [], missed ? ctx.now - stepAt({ ...ladder, taken: last }) : 0, ctx);
    had = turn.called;
    // Whose turn has not come when the next step begins is called with that step: nobody is left out.
    const left = called ? notCalled(peopleOf([stepNumber(ladder, taken - 1)], current, at, ctx), called) : [];
    return together(turn.now, [...left, ...peopleOf(ladder.steps.slice(taken, last), current, at, ctx)]);
  });
  goOn(open, { ...ladder, taken: last + 1 }, had, ctx);
  return paged;
}

/** Sets when the ladder does something next. `called`: who of its last step had their turn, while others wait for theirs. */
function goOn(
  open: OpenCase,
  ladder: Ladder,
  called: readonly string[] | undefined,
  { now }: CaseContext,
): void {
  const next = { ...outOfTurn(ladder), ...(called ? { called } : {}) };
  open.ladder = { ...next, nextAt: nextOf(next, now) };
}

/** The last step that is due by now, if this one is or `from` is that before the first. */
function lastDue({ from, steps }: Ladder, taken: number, now: number): number {
  let last = taken;
  while (from + (steps[last + 1]?.afterMs ?? Number.POSITIVE_INFINITY) <= now) last++;
  return last;
}

/** What the time line says of steps that were missed, repeats of the last one among them. */
function stepsMissed({ steps, from, repeatEveryMs }: Ladder, first: number, last: number, now: number): Text {
  const end = from + (steps.at(-1)?.afterMs ?? 0);
  const repeated = last >= steps.length - 1 && now - end >= repeatEveryMs;
  return missedStepsText(first + 1, Math.min(last + 1, steps.length), repeated);
}

const peopleOf = (
  steps: readonly LadderStep[],
  current: Case,
  at: number,
  ctx: CaseContext,
): RecipientAddress[] => steps.flatMap((step) => [...ctx.recipients(current, step, at)]);

/** Whom a step calls now: all; or whose turn it is, and whose turn came and went within `sinceMs`. */
function turnsOf(
  all: readonly RecipientAddress[],
  { inTurnMs }: LadderStep,
  called: readonly string[],
  sinceMs: number,
  ctx: CaseContext,
): Turn {
  if (inTurnMs === undefined) return { now: all, called: undefined };
  let turn = takeTurn(all, called, ctx);
  const now = [...turn.now];
  for (let left = Math.floor(sinceMs / inTurnMs); left > 0 && turn.called; left--) {
    turn = takeTurn(all, turn.called, ctx);
    now.push(...turn.now);
  }
  return { now, called: turn.called };
}

/** What such a call is: somebody is to take the case, or to call back. */
const eventOf = ({ status }: Case) => (status === 'resolved' ? 'case-call-back' : 'case-escalated');
const nameOf = ({ status }: Case): string => (status === 'resolved' ? 'call-back' : 'escalated');

/** The next of those whom the step calls one after the other, as they are at this instant. */
function nextInTurn(
  open: OpenCase,
  ladder: Ladder & Required<Pick<Ladder, 'called'>>,
  ctx: CaseContext,
): Effect[] {
  const name = `${nameOf(open.case)}.${ladder.before + ladder.taken}.turn${ladder.called.length + 1}`;
  const news = whyCalled(open, ctx, (ms) => texts.inTurnText(ms, ladder.called.length + 1));
  const step = stepNumber(ladder, ladder.taken - 1);
  const lines = absenceLines(ladder.nextAt, MISSED_TURNS, ctx);
  let had: readonly string[] | undefined;
  const paged = page(open, { event: eventOf(open.case), name, news, step }, ctx, lines, (all) => {
    const sinceMs = wasMissed(ladder.nextAt, ctx) ? ctx.now - ladder.nextAt : 0;
    const turn = turnsOf(all, step, ladder.called, sinceMs, ctx);
    had = turn.called;
    return turn.now;
  });
  goOn(open, ladder, had, ctx);
  return paged;
}

/**
 * People are called of whom somebody had had it: programs that hold it for taken have to hear that this is another call. Of one who is
 * late, says something, and is late again it is the same.
 */
export function callAnew(open: OpenCase, after: number | undefined): void {
  const { times = 0, after: before } = open.calledAnew ?? {};
  if (after === undefined || after !== before) open.calledAnew = { times: times + 1, after };
}

/**
 * Whoever has it is called together with those who hear of such a case first; then it goes on step by step. Where they were
 * late while the service was away, whoever the steps since then would have called is called with them.
 */
function ownerIsLate(open: OpenCase, ladder: Ladder, ctx: CaseContext): Effect[] {
  const current = open.case;
  callAnew(open, current.acknowledgedAt);
  const calls = ladder.before + ladder.taken + 1;
  const why = texts.overdueText(current.acknowledgedBy ?? '', nextTarget(current), ctx.now - current.dueAt);
  const from = wasMissed(ladder.nextAt, ctx) ? ladder.nextAt : ctx.now;
  const anew: Ladder = { ...outOfTurn(ladder), held: false, from, taken: 0, before: calls, nextAt: 0 };
  const last = from < ctx.now ? lastDue(anew, -1, ctx.now) : -1;
  const missed = last < 0 ? undefined : stepsMissed(anew, 0, last, ctx.now);
  const lines = absenceLines(ladder.nextAt, missedTargetText(missed), ctx);
  const what = { event: 'case-overdue', name: `overdue.${calls}`, news: withHelp(open, why) } as const;
  const { assignedTo: _, ...theirs } = current;
  const owner = ownWays(open, theirs, ctx);
  const paged = page(open, what, ctx, lines, (first, at) =>
    together(first, [...owner, ...peopleOf(anew.steps.slice(0, last + 1), current, at, ctx)]),
  );
  goOn(open, { ...anew, taken: last + 1 }, undefined, ctx);
  return paged;
}

/** Nobody has taken it for so long; or somebody has, and is late, or a contact who has not said that they come. */
function whyCalled(open: OpenCase, { now }: CaseContext, untaken: (ms: number) => Text): Text {
  const { case: current } = open;
  const by = current.status === 'acknowledged' ? current.acknowledgedBy : undefined;
  if (by === undefined) return withHelp(open, untaken(now - roundOf(current).from));
  // Called without anybody being late: a contact has it.
  if (current.dueAt > now) return withHelp(open, texts.contactHasItText(by));
  return withHelp(open, texts.overdueText(by, nextTarget(current), now - current.dueAt));
}

/** Whoever is called should know first that the person asked for it. */
const withHelp = ({ needsHelp }: OpenCase, news: Text): Text =>
  needsHelp === undefined ? news : texts.joinedText(texts.needsHelpText(''), news);

const LINE_TYPES: Partial<Record<Call['event'], Line['type']>> = {
  'case-escalated': 'escalated',
  'case-raised': 'note',
};

/** Why people are called, who is, and the notices to them, after `before`. `pick` says who of them is called now. */
function page(
  open: OpenCase,
  what: Call,
  ctx: CaseContext,
  before: readonly Line[] = [],
  pick?: Parameters<typeof call>[4],
): Effect[] {
  const { told, notices } = call(open, open.case, what, ctx, pick);
  const type = LINE_TYPES[what.event] ?? 'overdue';
  const lines = [...before, systemLine(ctx.now, type, what.news), systemLine(ctx.now, 'notice', told)];
  return [
    write(open, open.case, lines, { by: 'system', at: ctx.now }),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ];
}

/** A step by its number; after the last one it is the last one again. */
const stepNumber = ({ steps }: Steps, taken: number): LadderStep =>
  steps[Math.max(0, Math.min(taken, steps.length - 1))] as LadderStep;

/** When the next step of its own begins; the repeats of the last one wait until everybody had their turn. */
function stepAt({ from, taken, steps }: Pick<Ladder, 'from' | 'taken' | 'steps'>): number {
  const step = steps[taken];
  return step ? from + step.afterMs : Number.POSITIVE_INFINITY;
}

/** A late look at the clock does not make the steps after it later: they count from the beginning. */
function nextOf(ladder: Omit<Ladder, 'nextAt'>, now: number): number {
  const { taken, steps, repeatEveryMs, called } = ladder;
  const step = Math.max(stepAt(ladder), now);
  const { inTurnMs } = stepNumber(ladder, taken - 1);
  if (called && inTurnMs !== undefined) return Math.min(step, now + inTurnMs);
  return taken < steps.length ? step : now + repeatEveryMs * slower(taken - steps.length);
}

const outOfTurn = ({ called: _, ...ladder }: Ladder): Ladder => ladder;

/** Who has not come within a dozen calls is not helped by more of them: they go on without end, ever more slowly. */
const slower = (repeats: number): number =>
  Math.min(SLOWER_MAX, 2 ** Math.floor(Math.max(0, repeats) / CALLS_AT_ONE_PACE));

/** Are people called though somebody has it, so that anybody may take it over? Their time has passed, or they are a contact. */
export const isOwnerLate = ({ case: { status }, ladder }: OpenCase): boolean =>
  status === 'acknowledged' && ladder?.held === false;
