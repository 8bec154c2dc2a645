import { type Alert, PRIORITIES, type Priority } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import { caseKindOf } from '../model/case-kind.ts';
import { owedAnew } from '../model/case-rounds.ts';
import type { Effect } from '../model/effect.ts';
import { HELP_ASKED_RULE } from '../model/help-asked.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { absenceLines } from './absence.ts';
import { MISSED_ALERT } from './absence-texts.ts';
import {
  type CaseBook,
  forgetEnded,
  gatheringCase,
  isAtWork,
  type Line,
  type OpenCase,
  systemLine,
  write,
} from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueOf, dueWhenOpen, dueWhenTaken, nearerOf, promisedFrom, withDue } from './due.ts';
import { heedingCalls, withHeadline } from './headline.ts';
import { hearAgain, noteHeard, REPEAT_IS_NEWS_MS } from './hearing-again.ts';
import { beginLadder } from './ladder.ts';
import { type Announcement, announce, call } from './notices.ts';
import { newCase } from './opening.ts';
import { waysToOwner } from './owner.ts';
import { isGrave, onceEach, type RecipientAddress } from './recipients.ts';
import { forgetRepeats, getsLine } from './repeats.ts';
import * as texts from './texts.ts';

export type AlertChange = 'raised' | 'updated' | 'cleared' | 'withdrawn';
export type AlertDraft = Omit<Alert, 'case'>;
type AlertNews = Announcement & { readonly alert: Alert };

/** What is wrong with the service as a whole bears this kind; it has no rule. */
export const SERVICE_RULE_KIND = 'service';

const graver = (a: Priority, than: Priority): boolean => PRIORITIES.indexOf(a) < PRIORITIES.indexOf(than);

/**
 * Puts a new or changed alert into the one open case of its kind, or opens one. The priority of a case only rises, and
 * the end of an alert never ends a case: people do that. Effects in order: the alert, the case, the notices.
 *
 * An alert whose case was resolved keeps that case and yields the alert alone, unless it says something that people
 * have not heard: it became graver than the case they resolved, or it is open again after it had ended. Then it opens
 * or joins a case like a new one. A case that waits for its call-back is not opened by it again: each finding has an
 * outcome of its own, by which its rule is judged.
 *
 * @param amended what is new in an alert that is open already: people are told
 */
export function placeAlert(
  book: CaseBook,
  draft: AlertDraft,
  change: AlertChange,
  ctx: CaseContext,
  amended?: Text,
): { readonly alert: Alert; readonly effects: Effect[] } {
  const current = book.cases.findLast((one) => isAtWork(one) && one.case.alerts.includes(draft.id));
  const isOpen = draft.clearedAt === undefined;
  const stood = book.standing.includes(draft.id);
  setStanding(book, draft.id, isOpen);

  if (current) {
    const alert = { ...draft, case: current.case.id };
    const again = isOpen && !stood;
    return finish(alert, change, changeInCase(book, current, alert, again, ctx, amended));
  }
  const before = book.earlier[draft.id];
  const known = before !== undefined;
  const news =
    isOpen && (!known || !stood || amended !== undefined || graver(draft.priority, before.priority));
  if (news || (!known && change === 'raised')) {
    delete book.earlier[draft.id];
    return addToCase(book, draft, change, ctx);
  }
  // An alert that ended so long ago that nobody remembers its case keeps the empty one.
  const alert = { ...draft, case: before?.case ?? '' };
  forgetEnded(book);
  return finish(alert, change, []);
}

function finish(
  alert: Alert,
  change: AlertChange,
  more: readonly Effect[],
): { alert: Alert; effects: Effect[] } {
  return { alert, effects: [{ type: 'alert', change, alert }, ...more] };
}

function addToCase(
  book: CaseBook,
  draft: AlertDraft,
  change: AlertChange,
  ctx: CaseContext,
): { alert: Alert; effects: Effect[] } {
  const kind = caseKindOf(draft.about);
  const current = gatheringCase(book, kind);
  const open = current ?? newCase(book, kind, draft, ctx);
  const base = open.case;
  const alert = { ...draft, case: base.id };
  const { next: held, raised } = raise(listAlert(book, base, alert), alert, ctx);
  const next = withHeadline(book, open, held, alert, true, ctx);
  // Only in the very moment of the return: what comes later and speaks of that time has been kept back by nobody.
  const isReturn = change === 'raised' && ctx.now === ctx.absence?.until;
  const missed = isReturn ? absenceLines(alert.raisedAt, MISSED_ALERT, ctx) : [];
  const lines: Line[] = [raisedLine(alert, ctx), ...missed];
  if (!current || raised) beginLadder(open, next, ctx);
  if (!current) {
    lines.unshift(systemLine(ctx.now, 'opened', texts.openedText(kind, next.priority)));
    const news = { event: 'case-opened', alert, news: texts.NEW_CASE } as const;
    return finish(alert, change, tell(open, next, lines, news, ctx));
  }
  const news = raised
    ? priorityNews(base, next, alert, lines, ctx)
    : isGrave(alert.priority) || isAsked(alert) || isServiceNews(open, base, alert, ctx)
      ? ({ event: 'case-raised', alert, news: texts.newAlertText(alert) } as const)
      : undefined;
  return finish(alert, change, tell(open, next, lines, news, ctx));
}

/** An alert that the case lists already was updated, ended, or is open again. */
function changeInCase(
  book: CaseBook,
  open: OpenCase,
  alert: Alert,
  again: boolean,
  ctx: CaseContext,
  amended: Text | undefined,
): readonly Effect[] {
  const current = open.case;
  const isOpen = alert.clearedAt === undefined;
  const { next: held, raised } = isOpen ? raise(current, alert, ctx) : { next: current, raised: false };
  const next = withHeadline(book, open, held, alert, again, ctx);
  const about = { alert: alert.id };
  const isMoreOfTheSame = isOpen && !again && !raised && amended === undefined;
  const line = !isOpen
    ? systemLine(ctx.now, 'alert-cleared', texts.alertClearedText(alert), about)
    : again
      ? raisedLine(alert, ctx)
      : systemLine(ctx.now, 'alert-updated', texts.alertUpdatedText(alert), about);
  if (raised) beginLadder(open, next, ctx);
  if (!isOpen) forgetRepeats(open, alert.id);
  const lines = isMoreOfTheSame && !getsLine(open, alert.id, ctx.now) ? [] : [line];
  const news = raised
    ? priorityNews(current, next, alert, lines, ctx)
    : again && isGrave(alert.priority)
      ? ({ event: 'case-raised', alert, news: texts.newAlertText(alert) } as const)
      : isOpen
        ? repeatedNews(open, next, alert, amended, ctx)
        : undefined;
  if (amended && !news) return tellAmended(open, next, lines, alert, amended, ctx);
  return tell(open, next, lines, news, ctx);
}

/** What an alert rests on is no longer what whoever has the case was told: they set out knowing less than we do. */
function tellAmended(
  open: OpenCase,
  next: Case,
  lines: Line[],
  { id, version, priority }: Alert,
  news: Text,
  ctx: CaseContext,
): Effect[] {
  const name = `case-raised.${id}.v${version}`;
  const to = next.status === 'acknowledged' ? { to: waysToOwner(open, next, ctx) } : {};
  const { told, notices } = call(open, next, { event: 'case-raised', name, news, ...to }, ctx);
  lines.push(systemLine(ctx.now, 'notice', told));
  open.told = ctx.now;
  noteHeard(open, notices, priority, ctx.now);
  const effect = write(open, next, lines, { by: 'system', at: ctx.now });
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}

const raisedLine = (alert: Alert, { now }: CaseContext): Line =>
  systemLine(now, 'alert-raised', texts.alertRaisedText(alert), { alert: alert.id });

/** Whoever asks for help is heard each time, however lately people heard of the case. */
const isAsked = ({ rule }: Alert): boolean => rule === HELP_ASKED_RULE;

/**
 * All that is wrong with the service as a whole stands in one case, however different: who was told of a channel has not heard
 * of a gap in a roster. The same once more is news like a call for help that is repeated.
 */
const isServiceNews = (
  { told = 0 }: OpenCase,
  { rules = [] }: Case,
  alert: Alert,
  { now }: CaseContext,
): boolean =>
  alert.ruleKind === SERVICE_RULE_KIND && (!rules.includes(alert.rule) || now - told >= REPEAT_IS_NEWS_MS);

/**
 * It happened once more, long enough after somebody last heard of it. Where it says something new besides, whoever would be told of
 * that is told with them.
 */
function repeatedNews(
  open: OpenCase,
  next: Case,
  alert: Alert,
  amended: Text | undefined,
  ctx: CaseContext,
): AlertNews | undefined {
  const again = hearAgain(open, next, alert, ctx);
  if (again.length === 0) return undefined;
  const only = amended ? onceEach([...waysToAmended(open, next, ctx), ...again]) : again;
  return { event: 'case-raised', alert, news: texts.repeatedText(alert), only };
}

const waysToAmended = (open: OpenCase, next: Case, ctx: CaseContext): readonly RecipientAddress[] =>
  next.status === 'acknowledged' ? waysToOwner(open, next, ctx) : heedingCalls(open, ctx).recipients(next);

function priorityNews(from: Case, to: Case, alert: Alert, lines: Line[], ctx: CaseContext): AlertNews {
  const news = texts.priorityRaisedText(from.priority, to.priority);
  lines.push(systemLine(ctx.now, 'priority-raised', news, { alert: alert.id }));
  return { event: 'case-raised', alert, news };
}

/** The case effect, then the notices, if there is news that people should hear. */
function tell(
  open: OpenCase,
  next: Case,
  lines: Line[],
  news: AlertNews | undefined,
  ctx: CaseContext,
): Effect[] {
  const change = news?.event === 'case-opened' ? 'opened' : 'updated';
  let notices: readonly Notice[] = [];
  if (news) {
    const said = announce(open, next, news, ctx);
    notices = said.notices;
    lines.push(systemLine(ctx.now, 'notice', said.told));
    open.told = ctx.now;
    noteHeard(open, notices, news.alert.priority, ctx.now);
    if (said.awaited) open.awaited = said.awaited;
    else delete open.awaited;
  }
  const effect = write(open, next, lines, { by: 'system', at: ctx.now }, change);
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}

/**
 * A graver alert makes the case graver. The time allowed for the new priority counts from now,
 * and never ends later than the time that was allowed before. Whoever was reached or seen before it came is to be reached anew.
 */
function raise(current: Case, alert: Alert, ctx: CaseContext): { next: Case; raised: boolean } {
  if (!graver(alert.priority, current.priority)) return { next: current, raised: false };
  return { next: graverCase(owedAnew(current), alert.priority, ctx), raised: true };
}

/** The case under a graver priority. */
export function graverCase(current: Case, priority: Priority, ctx: CaseContext): Case {
  const targets = ctx.targets({ ...current, priority });
  const due = (current.status === 'acknowledged' ? dueWhenTaken : dueWhenOpen)(targets, ctx.now);
  return withDue(
    { ...current, priority, promised: nearerOf(current.promised ?? {}, promisedFrom(targets, ctx.now)) },
    nearerOf(dueOf(current), due),
  );
}

function listAlert(book: CaseBook, current: Case, { id, rule }: Alert): Case {
  const known = current.rules ?? [];
  const rules = known.includes(rule) ? known : [...known, rule].slice(-LIMITS.caseAlertsMax);
  const alerts = [...current.alerts, id];
  if (alerts.length > LIMITS.caseAlertsMax) {
    const ended = alerts.findIndex((one) => !book.standing.includes(one));
    const [left] = alerts.splice(Math.max(0, ended), 1) as [string];
    book.earlier[left] = { case: current.id, priority: current.priority };
    forgetEnded(book);
  }
  // Of a case of before nobody knows all its rules: no silence of a rule holds for it.
  return current.alerts.length > 0 && !current.rules ? { ...current, alerts } : { ...current, alerts, rules };
}

function setStanding(book: CaseBook, id: string, isOpen: boolean): void {
  const at = book.standing.indexOf(id);
  if (isOpen && at < 0) book.standing.push(id);
  if (!isOpen && at >= 0) book.standing.splice(at, 1);
}
