import { type Case, type Doer, isSamePerson, resolverOf } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { firstDone, nextRound, roundOf } from '../model/case-rounds.ts';
import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import { type CaseOutcome, type CaseVisit, done, type Refusal, refuse } from './answers.ts';
import {
  type CaseBook,
  type Line,
  leaveBook,
  type OpenCase,
  releaseAlerts,
  systemLine,
  takeBackAlerts,
  write,
} from './case-book.ts';
import type { CaseContext } from './context.ts';
import { callBackDue, dueWhenOpen, promisedFrom, withDue } from './due.ts';
import { caseFor } from './guards.ts';
import { awaitCallBack, beginLadder, callAnew } from './ladder.ts';
import { call } from './notices.ts';
import { withoutAssignee } from './taking.ts';
import * as texts from './texts.ts';
import { unreachedOnce } from './unreached.ts';

/**
 * Says what was found. Where the kind wants it, that needs the name of who spoke to or saw the person. Then another
 * person calls back, or the case is over at once where nobody is to be called back.
 */
export function resolve(
  book: CaseBook,
  command: CommandBody<'case.resolve'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = caseFor(book, command, 'resolve', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const current = open.case;
  const contactMadeBy = command.contactMadeBy.trim();
  const contact = contactMadeBy === '' ? undefined : (command.contact ?? 'unsaid');
  const needsContact = definitionOf(current.kind).contact.includes(current.priority);
  if (needsContact && (contact === undefined || command.contact === undefined))
    return refuse({ code: 'CASE_CONTACT_REQUIRED' });
  const untold = outcomeRefusal(command, contact !== undefined);
  if (untold) return refuse(untold);
  const { now } = ctx;
  const { callBack } = ctx.targets(current);
  // Requests that wait are no reason to keep a call for help open.
  const waiting = book.cases.filter(
    ({ case: { kind, status } }) => kind === current.kind && status === 'resolved',
  ).length;
  if (callBack !== undefined && waiting >= LIMITS.casesAwaitingCallBackMax)
    return refuse({ code: 'CASE_CALL_BACKS_WAITING', details: { waiting } });
  const held = firstDone(withoutAssignee(current), 'takenAt', now);
  const resolved: Case = {
    ...(contact === undefined ? held : firstDone(held, 'contactAt', now)),
    resolvedAt: now,
    resolvedBy: by,
    ...(command.account === undefined ? {} : { resolvedByAccount: command.account }),
    outcome: command.outcome,
    outcomeNote: command.note,
    status: 'resolved',
    ...(contact === undefined ? {} : { contactMadeBy, contact }),
  };
  const text = texts.resolvedText(command.outcome, command.note, contactMadeBy, contact);
  const lines: Line[] = [{ at: now, by, type: 'resolved', text }];
  const seen = visitIn(resolved, by);
  const visit = seen && { visit: seen };
  const resolvedAlerts = current.alerts.filter((id) => book.standing.includes(id));
  delete open.unanswered;
  delete open.awaited;
  delete open.heard;
  delete open.repeats;
  delete open.toldTo;
  delete open.needsHelp;
  // The title stays as it is; should the case be reopened, what is found then is weighed against it.
  delete open.findings;
  releaseAlerts(book, open);
  if (callBack !== undefined) {
    const due = callBackDue(now, callBack, ctx.timeZone);
    const next = withDue(
      { ...resolved, promised: { ...current.promised, callBack: due } },
      { callBack: due },
    );
    // To ask how it went is another call: what programs page by it ends when somebody has called back, and not before.
    callAnew(open, undefined);
    awaitCallBack(open, next, ctx);
    return {
      ...done(current.version + 1, [write(open, next, lines, { by, at: now }, 'resolved')]),
      resolvedAlerts,
      resolved: true,
      ...visit,
    };
  }
  const next = withDue({ ...resolved, status: 'struck-off', struckOffAt: now, struckOffBy: by }, {});
  const effect = write(open, next, lines, { by, at: now }, 'resolved');
  leaveBook(book, open);
  return { ...done(current.version + 1, [effect]), resolvedAlerts, resolved: true, ...visit };
}

/**
 * The visit that was made in this round of a case. Who was seen has been visited; who was spoken to only where somebody
 * had come for it, for a telephone call is none. Who came and found nobody has tried. A drill is no visit.
 */
function visitIn(current: Case, by: string): CaseVisit | undefined {
  const { kind, id, contact, contactMadeBy = '', outcome, resolvedAt = 0 } = current;
  if (definitionOf(kind).uncounted) return undefined;
  const { from, ...round } = roundOf(current);
  // Who was there before the case grew graver was there all the same.
  const onSiteAt = round.onSiteAt ?? ((current.onSiteAt ?? 0) >= from ? current.onSiteAt : undefined);
  const at = onSiteAt ?? resolvedAt;
  if (contact === 'seen')
    return {
      at,
      by: contactMadeBy,
      result: 'seen',
      case: id,
      ...(isGone(outcome) ? { elsewhere: true } : {}),
    };
  if (onSiteAt === undefined) return undefined;
  if (contact !== undefined) return { at, by: contactMadeBy, result: 'spoken', case: id };
  return outcome === 'not-reached' ? { at, by, result: 'not-met', case: id } : undefined;
}

/** What was found is that the person is not at home, wherever they were seen. */
const isGone = (outcome: Case['outcome']): boolean => outcome === 'away' || outcome === 'hospital';

/** Outcomes judge the rules: one that says nothing, or two things at once, would judge them wrongly. */
function outcomeRefusal(
  { outcome, note, unsaid }: CommandBody<'case.resolve'>,
  reached: boolean,
): Refusal | undefined {
  if (outcome === 'other' && note.trim() === '' && !unsaid) return { code: 'CASE_OUTCOME_UNSAID' };
  return outcome === 'not-reached' && reached ? { code: 'CASE_OUTCOME_CONTRADICTS' } : undefined;
}

/** Who resolved it does not judge how it went. */
const isResolver = ({ case: current }: OpenCase, who: Doer): boolean =>
  isSamePerson(resolverOf(current), who);

/** How people write several names into one field. */
const BETWEEN_NAMES = /[、，,;；/]|\s和\s?|\sand\s/u;

/**
 * Nor does who spoke to or saw the person, whoever wrote that down. A name is all that is known of them: where it is the
 * resolver's own, that one is meant.
 */
function isVisitor({ case: { contactMadeBy = '', resolvedBy } }: OpenCase, by: string): boolean {
  const names = contactMadeBy.split(BETWEEN_NAMES).map((name) => name.trim());
  return by !== resolvedBy && names.includes(by);
}

/** Another person has asked how it went. */
export function callBack(
  book: CaseBook,
  command: CommandBody<'case.call-back'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = caseFor(book, command, 'call-back', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  if (isResolver(open, { name: by, account: command.account }))
    return refuse({ code: 'CASE_CALL_BACK_BY_RESOLVER' });
  if (isVisitor(open, by)) return refuse({ code: 'CASE_CALL_BACK_BY_VISITOR' });
  if (command.result === 'not-satisfied' && command.note.trim() === '' && !command.unsaid)
    return refuse({ code: 'CASE_CALL_BACK_UNSAID' });
  const { now } = ctx;
  const current = open.case;
  const line: Line = { at: now, by, type: 'called-back', text: texts.calledBackText(command) };
  if (command.result === 'not-reached') return done(current.version + 1, unreachedOnce(open, line, by, ctx));
  const called: Case = { ...current, calledBackAt: now, calledBackBy: by };
  if (command.result === 'satisfied')
    return done(current.version + 1, [over(book, open, called, [line], by, ctx)]);
  return done(current.version + 1, again(book, open, called, [line], by, ctx));
}

/** There is nobody to call back any more: somebody else than the resolver says why. */
export function strikeOff(
  book: CaseBook,
  command: CommandBody<'case.strike-off'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = caseFor(book, command, 'strike-off', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  if (isResolver(open, { name: by, account: command.account }))
    return refuse({ code: 'CASE_CALL_BACK_BY_RESOLVER' });
  const line: Line = { at: ctx.now, by, type: 'note', text: { zh: command.reason, en: command.reason } };
  const struck: Case = { ...open.case, struckOffReason: command.reason };
  return done(open.case.version + 1, [over(book, open, struck, [line], by, ctx)]);
}

/** Somebody doubts that it is done. */
export function reopen(
  book: CaseBook,
  command: CommandBody<'case.reopen'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const found = caseFor(book, command, 'reopen', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const line: Line = { at: ctx.now, by, type: 'note', text: { zh: command.reason, en: command.reason } };
  return done(open.case.version + 1, again(book, open, open.case, [line], by, ctx));
}

function over(
  book: CaseBook,
  open: OpenCase,
  current: Case,
  lines: readonly Line[],
  by: string,
  { now }: CaseContext,
): Effect {
  const next = withDue({ ...current, status: 'struck-off', struckOffAt: now, struckOffBy: by }, {});
  const line: Line = { at: now, by, type: 'struck-off', text: texts.STRUCK_OFF };
  const effect = write(open, next, [...lines, line], { by, at: now }, 'struck-off');
  leaveBook(book, open);
  return effect;
}

/** It is open as on the first day: nobody has it, and people are called step by step. What was done stays in its time line. */
function again(
  book: CaseBook,
  open: OpenCase,
  current: Case,
  lines: readonly Line[],
  by: string,
  ctx: CaseContext,
): Effect[] {
  const { now } = ctx;
  const {
    acknowledgedAt: _a,
    acknowledgedBy: _b,
    acknowledgedByAccount: _b2,
    acknowledgedByStaff: _b3,
    resolvedAt: _c,
    resolvedBy: _d,
    resolvedByAccount: _d2,
    outcome: _e,
    outcomeNote: _f,
    contactMadeBy: _g,
    contact: _h,
    unreached: _i,
    ...kept
  } = current;
  const times = (current.reopened ?? 0) + 1;
  const targets = ctx.targets(current);
  const begun = { promised: promisedFrom(targets, now), ...nextRound(current, now) };
  const next = withDue({ ...kept, status: 'open', reopened: times, ...begun }, dueWhenOpen(targets, now));
  takeBackAlerts(book, open);
  // Not under what asked to call back: whoever did so has acknowledged that, and it may page more softly.
  callAnew(open, undefined);
  beginLadder(open, next, ctx);
  const news = { event: 'case-reopened', name: `reopened.${times}`, news: texts.REOPENED } as const;
  const { told, notices } = call(open, next, news, ctx);
  open.told = now;
  const all: Line[] = [
    ...lines,
    { at: now, by, type: 'reopened', text: texts.reopenedText(times) },
    systemLine(now, 'notice', told),
  ];
  return [
    write(open, next, all, { by, at: now }, 'reopened'),
    ...notices.map((notice) => ({ type: 'notice', notice }) as const),
  ];
}
