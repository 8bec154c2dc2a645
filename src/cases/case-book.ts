import { type About, type Alert, PRIORITIES, type Priority } from '../model/alert.ts';
import { type Case, type CaseEntry, type CaseKind, TARGETS } from '../model/case.ts';
import type { CommandBody, CommandReply } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import type { ErrorCode } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { type AwaitedNotices, awaitNotices } from './awaited.ts';
import type { CaseContext } from './context.ts';
import {
  beginLadder,
  climb,
  forgetLadder,
  holdLadder,
  isOwnerLate,
  type Ladders,
  quietLadder,
} from './ladder.ts';
import { type Announcement, announce } from './notices.ts';
import { isGrave } from './recipients.ts';
import * as texts from './texts.ts';
import { type CaseAction, TRANSITIONS } from './transitions.ts';

/**
 * The open cases of one home or gateway, and what must be remembered of earlier ones. Plain data: it is stored and
 * restored as JSON. Whoever owns a book hands it to the functions below, which change it in place and are otherwise
 * pure: the same book and the same arguments give the same effects.
 */
export interface CaseBook {
  /** The number in the id of the next case. */
  nextCase: number;
  /** At most one open case of each kind. */
  open: { safety?: Case; technical?: Case };
  /** The last change of each open case that counts for optimistic locking, and who made it. */
  lastChange: { safety?: CaseChange; technical?: CaseChange };
  /** When people were last told of the open case of each kind; absent in books of before. */
  told?: { safety?: number; technical?: number };
  /** Calls that nobody answered, of each open case, while they count. */
  unanswered?: { safety?: UnansweredCall[]; technical?: UnansweredCall[] };
  /** Where the escalation of each open case stands; absent in books of before. */
  ladders?: Ladders;
  /** Notices of the last news about each grave open case of which nobody has got one yet. */
  awaited?: { safety?: AwaitedNotices; technical?: AwaitedNotices };
  /** Alerts that are open now, whether their case is open or was resolved. */
  standing: string[];
  /** Alerts that left their case's list, because it was resolved or grew too long, and where they belong. */
  earlier: Record<string, EarlierAlert>;
}

/** `whom` is `resident` or the id of a contact. */
export interface UnansweredCall {
  readonly at: number;
  readonly whom: string;
}

export interface CaseChange {
  readonly version: number;
  readonly by: string;
  readonly at: number;
}

export interface EarlierAlert {
  readonly case: string;
  /** Priority of the case when the alert left it. */
  readonly priority: Priority;
}

export interface CaseOutcome {
  readonly reply: CommandReply;
  readonly effects: Effect[];
  /** Alerts of the resolved case that were still open; empty for every other command. */
  readonly resolvedAlerts: string[];
}

export type AlertChange = 'raised' | 'updated' | 'cleared' | 'withdrawn';
export type AlertDraft = Omit<Alert, 'case'>;

/**
 * Presses of one button within this time are one call for help, of which people have just heard. Later it is news: the
 * case may have been taken on yesterday, and then nobody would hear of today's.
 */
const REPEAT_IS_NEWS_MS = 5 * 60_000;

export const emptyBook = (): CaseBook => ({
  nextCase: 1,
  open: {},
  lastChange: {},
  standing: [],
  earlier: {},
});

export const caseKindOf = (about: About): CaseKind =>
  about === 'person' || about === 'home' ? 'safety' : 'technical';

const graver = (a: Priority, than: Priority): boolean => PRIORITIES.indexOf(a) < PRIORITIES.indexOf(than);

/**
 * Puts a new or changed alert into the one open case of its kind, or opens one. The priority of a case only rises, and
 * the end of an alert never ends a case: people do that. Effects in order: the alert, the case, the notices.
 *
 * An alert whose case was resolved keeps that case and yields the alert alone, unless it says something that people
 * have not heard: it became graver than the case they resolved, or it is open again after it had ended. Then it opens
 * or joins a case like a new one.
 */
export function placeAlert(
  book: CaseBook,
  draft: AlertDraft,
  change: AlertChange,
  ctx: CaseContext,
): { readonly alert: Alert; readonly effects: Effect[] } {
  const kind = caseKindOf(draft.about);
  const current = book.open[kind];
  const isOpen = draft.clearedAt === undefined;
  const stood = book.standing.includes(draft.id);
  setStanding(book, draft.id, isOpen);

  if (current?.alerts.includes(draft.id)) {
    const alert = { ...draft, case: current.id };
    const again = isOpen && !stood;
    return finish(alert, change, changeInCase(book, current, alert, again, ctx));
  }
  const before = book.earlier[draft.id];
  const known = before !== undefined;
  const news = isOpen && (!known || !stood || graver(draft.priority, before.priority));
  if (news || (!known && change === 'raised')) {
    delete book.earlier[draft.id];
    return addToCase(book, kind, draft, change, ctx);
  }
  // An alert that ended so long ago that nobody remembers its case keeps the empty one.
  const alert = { ...draft, case: before?.case ?? '' };
  forgetEnded(book);
  return finish(alert, change, []);
}

/** Somebody takes the case on. By the one who has it already: nothing changes, and that is fine. */
export function acknowledge(
  book: CaseBook,
  command: CommandBody<'case.acknowledge'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const current = openCase(book, command.case);
  if (!current) return refuse(missing(book, command.case, ctx));
  if (current.acknowledgedBy === by && !isOwnerLate(book, current)) return done(current.version, []);
  const from = mayTakeOver(book, current, command.takeOver ?? false) ? current.acknowledgedBy : undefined;
  const refused =
    (from === undefined ? refusal(current, 'acknowledge') : undefined) ??
    conflict(book, current, command.expectedVersion);
  if (refused) return refuse(refused);
  const { now } = ctx;
  const next: Case = {
    ...current,
    status: 'acknowledged',
    acknowledgedAt: now,
    acknowledgedBy: by,
    dueAt: now + TARGETS[current.priority].resolveMs,
  };
  if (from === by) quietLadder(book, next, ctx);
  else holdLadder(book, next);
  const line =
    from === undefined || from === by
      ? ({ at: now, by, type: 'acknowledged', text: texts.acknowledgedText(by) } as const)
      : ({ at: now, by, type: 'taken-over', text: texts.takenOverText(by, from) } as const);
  return done(current.version + 1, [write(book, next, [line], { by, at: now })]);
}

/** What is due in the escalation of the open cases. */
export const caseTimers = (book: CaseBook, ctx: CaseContext): Effect[] =>
  climb(book, ctx, (of, next, lines) => write(of, next, lines, { by: 'system', at: ctx.now }));

/** From one who has it in hand only knowingly; from one whose time is over it may be taken by anybody. */
const mayTakeOver = (book: CaseBook, current: Case, knowingly: boolean): boolean =>
  current.status === 'acknowledged' && (knowingly || isOwnerLate(book, current));

/** Adds words to the time line. A resolved case has left the book and takes none. */
export function addNote(
  book: CaseBook,
  command: CommandBody<'case.note'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const current = openCase(book, command.case);
  if (!current) return refuse(missing(book, command.case, ctx));
  const refused = refusal(current, 'note');
  if (refused) return refuse(refused);
  const text: Text = { zh: command.text, en: command.text };
  quietLadder(book, current, ctx);
  const line = { at: ctx.now, by, type: 'note', text } as const;
  return done(current.version + 1, [write(book, current, [line], { by, at: ctx.now })]);
}

/** Closes the case. A P1 or P2 about a person needs the name of who spoke to or saw them. */
export function resolve(
  book: CaseBook,
  command: CommandBody<'case.resolve'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const current = openCase(book, command.case);
  if (!current) return refuse(missing(book, command.case, ctx));
  const refused = refusal(current, 'resolve') ?? conflict(book, current, command.expectedVersion);
  if (refused) return refuse(refused);
  const contactMadeBy = command.contactMadeBy.trim();
  const needsContact = current.kind === 'safety' && isGrave(current.priority);
  if (needsContact && contactMadeBy === '') return refuse({ code: 'CASE_CONTACT_REQUIRED' });
  const { now } = ctx;
  const next: Case = {
    ...current,
    status: 'resolved',
    resolvedAt: now,
    resolvedBy: by,
    outcome: command.outcome,
    outcomeNote: command.note,
    ...(contactMadeBy === '' ? {} : { contactMadeBy }),
  };
  const text = texts.resolvedText(command.outcome, command.note, contactMadeBy);
  const effect = write(book, next, [{ at: now, by, type: 'resolved', text }], { by, at: now }, 'resolved');
  const resolvedAlerts = current.alerts.filter((id) => book.standing.includes(id));
  close(book, current);
  return { ...done(current.version + 1, [effect]), resolvedAlerts };
}

export type Line = Omit<CaseEntry, 'n'>;
type Refusal = { readonly code: ErrorCode; readonly details?: Readonly<Record<string, unknown>> };

export const done = (version: number | undefined, effects: Effect[]): CaseOutcome => ({
  reply: version === undefined ? { ok: true } : { ok: true, version },
  effects,
  resolvedAlerts: [],
});
export const refuse = (failure: Refusal): CaseOutcome => ({
  reply: { ok: false, failure },
  effects: [],
  resolvedAlerts: [],
});

function finish(
  alert: Alert,
  change: AlertChange,
  more: readonly Effect[],
): { alert: Alert; effects: Effect[] } {
  return { alert, effects: [{ type: 'alert', change, alert }, ...more] };
}

export function openCase(book: CaseBook, id: string): Case | undefined {
  return [book.open.safety, book.open.technical].find((one) => one?.id === id);
}

/** A case that is not open was resolved, or never was. */
export function missing(book: CaseBook, id: string, ctx: CaseContext): Refusal {
  const number = Number(
    id.startsWith(`${ctx.subject.id}.c`) ? id.slice(ctx.subject.id.length + 2) : Number.NaN,
  );
  const was = Number.isInteger(number) && number >= 1 && number < book.nextCase;
  return { code: was ? 'CASE_ALREADY_RESOLVED' : 'CASE_NOT_FOUND' };
}

export function refusal(current: Case, action: CaseAction): Refusal | undefined {
  const transition = TRANSITIONS[current.status][action];
  if (!('refuse' in transition)) return undefined;
  if (transition.refuse !== 'CASE_ALREADY_ACKNOWLEDGED') return { code: transition.refuse };
  return { code: transition.refuse, details: { by: current.acknowledgedBy, at: current.acknowledgedAt } };
}

/** Has somebody changed the case since the asker saw it? Then it says who did. */
function conflict(book: CaseBook, current: Case, expected: number | undefined): Refusal | undefined {
  if (expected === undefined) return undefined;
  const last = book.lastChange[current.kind];
  if (last && expected >= last.version && expected <= current.version) return undefined;
  return {
    code: 'CASE_VERSION_CONFLICT',
    details: { version: current.version, by: last?.by ?? 'system', at: last?.at ?? current.openedAt },
  };
}

/** The new state of a case with its new lines: the one place that counts versions and entries. */
export function write(
  book: CaseBook,
  next: Case,
  lines: readonly Line[],
  counts: Omit<CaseChange, 'version'> | undefined,
  change: 'opened' | 'updated' | 'resolved' = 'updated',
): Effect {
  const entries = lines.map((line, i) => ({ n: next.entries + i + 1, ...line }));
  const written: Case = {
    ...next,
    version: next.version + 1,
    entries: next.entries + entries.length,
  };
  book.open[written.kind] = written;
  if (counts) book.lastChange[written.kind] = { version: written.version, ...counts };
  return { type: 'case', change, case: written, entries };
}

function addToCase(
  book: CaseBook,
  kind: CaseKind,
  draft: AlertDraft,
  change: AlertChange,
  ctx: CaseContext,
): { alert: Alert; effects: Effect[] } {
  const current = book.open[kind];
  const base = current ?? newCase(book, kind, draft, ctx);
  const alert = { ...draft, case: base.id };
  const { next, raised } = raise(listAlert(book, base, alert.id), alert, ctx);
  const lines: Line[] = [system(ctx, 'alert-raised', texts.alertRaisedText(alert), alert.id)];
  if (!current || raised) beginLadder(book, next, ctx);
  if (!current) {
    lines.unshift(system(ctx, 'opened', texts.openedText(kind, next.priority)));
    const news = { event: 'case-opened', alert, news: texts.NEW_CASE } as const;
    return finish(alert, change, tell(book, next, lines, news, ctx));
  }
  const news = raised
    ? priorityNews(base, next, alert, lines, ctx)
    : isGrave(alert.priority)
      ? ({ event: 'case-raised', alert, news: texts.newAlertText(alert) } as const)
      : undefined;
  return finish(alert, change, tell(book, next, lines, news, ctx));
}

/** An alert that the case lists already was updated, ended, or is open again. */
function changeInCase(
  book: CaseBook,
  current: Case,
  alert: Alert,
  again: boolean,
  ctx: CaseContext,
): readonly Effect[] {
  const isOpen = alert.clearedAt === undefined;
  const { next, raised } = isOpen ? raise(current, alert, ctx) : { next: current, raised: false };
  const line = !isOpen
    ? system(ctx, 'alert-cleared', texts.alertClearedText(alert), alert.id)
    : again
      ? system(ctx, 'alert-raised', texts.alertRaisedText(alert), alert.id)
      : system(ctx, 'alert-updated', texts.alertUpdatedText(alert), alert.id);
  if (raised) beginLadder(book, next, ctx);
  const lines = [line];
  const news = raised
    ? priorityNews(current, next, alert, lines, ctx)
    : again && isGrave(alert.priority)
      ? ({ event: 'case-raised', alert, news: texts.newAlertText(alert) } as const)
      : isOpen && isRepeatedNews(book, current, alert, ctx)
        ? ({ event: 'case-raised', alert, news: texts.repeatedText(alert) } as const)
        : undefined;
  return tell(book, next, lines, news, ctx);
}

/** It happened once more, long enough after people were last told. */
const isRepeatedNews = (book: CaseBook, { kind }: Case, alert: Alert, { now }: CaseContext): boolean =>
  alert.count > 1 && isGrave(alert.priority) && now - (book.told?.[kind] ?? 0) >= REPEAT_IS_NEWS_MS;

function priorityNews(from: Case, to: Case, alert: Alert, lines: Line[], ctx: CaseContext): Announcement {
  const news = texts.priorityRaisedText(from.priority, to.priority);
  lines.push(system(ctx, 'priority-raised', news, alert.id));
  return { event: 'case-raised', alert, news };
}

/** The case effect, then the notices, if there is news that people should hear. */
function tell(
  book: CaseBook,
  next: Case,
  lines: Line[],
  news: Announcement | undefined,
  ctx: CaseContext,
): Effect[] {
  const change = news?.event === 'case-opened' ? 'opened' : 'updated';
  const { told, notices, awaited } = news
    ? announce(next, news, ctx)
    : { told: undefined, notices: [] as readonly Notice[], awaited: undefined };
  if (told) {
    lines.push(system(ctx, 'notice', told));
    book.told = { ...book.told, [next.kind]: ctx.now };
    awaitNotices(book, next.kind, awaited);
  }
  const effect = write(book, next, lines, { by: 'system', at: ctx.now }, change);
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}

function newCase(book: CaseBook, kind: CaseKind, draft: AlertDraft, { now, subject }: CaseContext): Case {
  return {
    id: `${subject.id}.c${book.nextCase++}`,
    kind,
    status: 'open',
    priority: draft.priority,
    subject: subject.id,
    home: subject.home,
    path: subject.path,
    title: texts.titleText(subject.place, draft.title),
    openedAt: now,
    dueAt: now + TARGETS[draft.priority].acknowledgeMs,
    alerts: [],
    version: 0,
    entries: 0,
  };
}

/**
 * A graver alert makes the case graver and gives it its title. The time allowed for the new priority counts from now,
 * and never ends later than the time that was allowed before.
 */
function raise(current: Case, alert: Alert, { now, subject }: CaseContext): { next: Case; raised: boolean } {
  if (!graver(alert.priority, current.priority)) return { next: current, raised: false };
  const target = TARGETS[alert.priority];
  const allowed = current.status === 'acknowledged' ? target.resolveMs : target.acknowledgeMs;
  const next: Case = {
    ...current,
    priority: alert.priority,
    title: texts.titleText(subject.place, alert.title),
    dueAt: Math.min(current.dueAt, now + allowed),
  };
  return { next, raised: true };
}

function listAlert(book: CaseBook, current: Case, id: string): Case {
  const alerts = [...current.alerts, id];
  if (alerts.length > LIMITS.caseAlertsMax) {
    const ended = alerts.findIndex((one) => !book.standing.includes(one));
    const [left] = alerts.splice(Math.max(0, ended), 1) as [string];
    book.earlier[left] = { case: current.id, priority: current.priority };
    forgetEnded(book);
  }
  return { ...current, alerts };
}

function close(book: CaseBook, { id, kind, alerts, priority }: Case): void {
  delete book.open[kind];
  delete book.lastChange[kind];
  delete book.told?.[kind];
  forgetLadder(book, kind);
  delete book.unanswered?.[kind];
  awaitNotices(book, kind, undefined);
  for (const alert of alerts) book.earlier[alert] = { case: id, priority };
  forgetEnded(book);
}

/** Alerts that are open are never forgotten; of those that ended, late data may still correct the newest. */
function forgetEnded(book: CaseBook): void {
  const ended = Object.keys(book.earlier).filter((id) => !book.standing.includes(id));
  for (const id of ended.slice(0, Math.max(0, ended.length - LIMITS.alertsRememberedMax))) {
    delete book.earlier[id];
  }
}

function setStanding(book: CaseBook, id: string, isOpen: boolean): void {
  const at = book.standing.indexOf(id);
  if (isOpen && at < 0) book.standing.push(id);
  if (!isOpen && at >= 0) book.standing.splice(at, 1);
}

const system = ({ now }: CaseContext, type: Line['type'], text: Text, alert?: string): Line => ({
  at: now,
  by: 'system',
  type,
  text,
  ...(alert === undefined ? {} : { alert }),
});
