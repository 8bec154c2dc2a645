import type { Priority } from '../model/alert.ts';
import type { Case, CaseEntry, CaseSilence } from '../model/case.ts';
import type { CaseKind } from '../model/case-kind.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { AwaitedNotices } from './awaited.ts';
import type { CaseFinding } from './headline.ts';
import type { Heard } from './hearing-again.ts';
import type { Ladder } from './ladder.ts';
import type { Repeats } from './repeats.ts';

/**
 * The open cases of one home or gateway, and what must be remembered of earlier ones. Plain data: it is stored and
 * restored as JSON. Whoever owns a book hands it to the functions of this folder, which change it in place and are
 * otherwise pure: the same book and the same arguments give the same effects.
 */
export interface CaseBook {
  /** The number in the id of the next case. */
  nextCase: number;
  /** Cases that are not over, the oldest first. */
  cases: OpenCase[];
  /** Alerts that are open now, whether their case is open or was resolved. */
  standing: string[];
  /** Alerts that left their case's list, because it was resolved or grew too long, and where they belong. */
  earlier: Record<string, EarlierAlert>;
  /** Commands that were done, by their keys, the oldest first. */
  done?: readonly DoneCommand[];
  /** Periods of absence that ended before this instant were asked about, or need no question. */
  askedUntil?: number;
}

export interface DoneCommand {
  readonly key: string;
  /** The version that the case had then. */
  readonly version: number;
  /** The case that it opened. */
  readonly case?: string;
  /** Absent in books of before. */
  readonly at?: number;
}

/** A case with what must be remembered of it while it is open. */
export interface OpenCase {
  case: Case;
  /** The last change that counts for optimistic locking, and who made it. */
  lastChange?: CaseChange;
  /** When people were last told of it. */
  told?: number;
  /** Who was told of which alerts within the last minutes; absent in cases of before. */
  heard?: readonly Heard[];
  /** Ways to everybody who was told of it (`toldKey`), the last told at the end; absent in cases of before. */
  toldTo?: readonly string[];
  /** By alerts that are open: what was written of their repeats. */
  repeats?: Readonly<Record<string, Repeats>>;
  /** Calls that nobody answered, while they count. */
  unanswered?: readonly UnansweredCall[];
  /** The person said that they need help, last at this instant: whoever is called hears so. */
  needsHelp?: number;
  /** What was found, what matters most first: it gives the title. Absent in cases of before. */
  findings?: readonly CaseFinding[];
  /** Where its escalation stands. */
  ladder?: Ladder;
  /** People were called anew after somebody had had it: how often, and after whoever had it from when. */
  calledAnew?: { readonly times: number; readonly after: number | undefined };
  /** Notices of the last news about it of which nobody has got one yet. */
  awaited?: AwaitedNotices;
  /** What a case of the kind `care` asks. */
  care?: CareQuestion;
  /** People were not told of it because of a silence, and when they are told after all. */
  silenced?: CaseSilence;
  /** Something of that came after somebody had taken it: whoever has it does not know. */
  silencedNews?: true;
}

/** The question after a period of absence, or the news that it has ended by itself. */
export interface CareQuestion {
  readonly period: AwayPeriod;
  readonly asked: number;
  /** When it is asked again, or ends by itself. */
  readonly nextAt: number;
  /** Somebody was seen to be there: there is nothing to answer. */
  readonly returned?: true;
  /** It tells of a period that somebody of the home has registered: its registrant need not be told. */
  readonly announces?: true;
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

export const emptyBook = (): CaseBook => ({ nextCase: 1, cases: [], standing: [], earlier: {} });

export const openCase = (book: CaseBook, id: string): OpenCase | undefined =>
  book.cases.find((one) => one.case.id === id);

/** One that is resolved waits for its call-back and gathers nothing more: what happens then is a case of its own. */
export const isAtWork = ({ case: { status } }: OpenCase): boolean => status !== 'resolved';

/** The case that new alerts of this kind are put into: the newest that is not resolved. */
export const gatheringCase = (book: CaseBook, kind: CaseKind): OpenCase | undefined =>
  book.cases.findLast((one) => one.case.kind === kind && isAtWork(one));

export type Line = Omit<CaseEntry, 'n'>;
type CaseEffect = Extract<Effect, { type: 'case' }>;

/** A line of the time line that the service itself writes. */
export const systemLine = (
  now: number,
  type: Line['type'],
  text: Line['text'],
  more: Partial<Line> = {},
): Line => ({ at: now, by: 'system', type, text, ...more });

/**
 * The new state of a case with its new lines: the one place that counts versions and entries. `counts`: who made the
 * change, where it is one that counts for optimistic locking.
 */
export function write(
  open: OpenCase,
  next: Case,
  lines: readonly Line[],
  counts: Omit<CaseChange, 'version'> | undefined,
  change: CaseEffect['change'] = 'updated',
): Effect {
  const entries = lines.map((line, i) => ({ n: next.entries + i + 1, ...line }));
  const { silenced: _, ...rest } = next;
  const written: Case = {
    ...rest,
    ...(open.silenced ? { silenced: open.silenced } : {}),
    version: next.version + 1,
    entries: next.entries + entries.length,
  };
  open.case = written;
  if (counts) open.lastChange = { version: written.version, ...counts };
  return { type: 'case', change, case: written, entries };
}

/** A case is over. */
export function leaveBook(book: CaseBook, open: OpenCase): void {
  book.cases = book.cases.filter((one) => one !== open);
}

/** A case was resolved: its alerts are remembered, for late data may still speak of them, or they go on. */
export function releaseAlerts(book: CaseBook, { case: { id, alerts, priority } }: OpenCase): void {
  for (const alert of alerts) book.earlier[alert] = { case: id, priority };
  forgetEnded(book);
}

/** A case was reopened: what becomes of its alerts is news for it again, but for those that another case has now. */
export function takeBackAlerts(book: CaseBook, { case: { id, alerts } }: OpenCase): void {
  for (const alert of alerts) if (book.earlier[alert]?.case === id) delete book.earlier[alert];
}

/** Alerts that are open are never forgotten; of those that ended, late data may still correct the newest. */
export function forgetEnded(book: CaseBook): void {
  const ended = Object.keys(book.earlier).filter((id) => !book.standing.includes(id));
  for (const id of ended.slice(0, Math.max(0, ended.length - LIMITS.alertsRememberedMax))) {
    delete book.earlier[id];
  }
}
