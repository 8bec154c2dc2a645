import { PRIORITIES } from '../model/alert.ts';
import { type Case, isCall, TARGETS } from '../model/case.ts';
import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import {
  type CaseBook,
  type CaseOutcome,
  done,
  type Line,
  missing,
  openCase,
  refusal,
  refuse,
  type UnansweredCall,
  write,
} from './case-book.ts';
import type { CaseContext } from './context.ts';
import { beginLadder, holdLadder, quietLadder } from './ladder.ts';
import { call } from './notices.ts';
import * as texts from './texts.ts';

/** Calls count together within this time (domain practice: elder and two contacts, 30 minutes). */
const UNANSWERED_MS = 30 * 60_000;
/** Contacts that have to be tried beside the person, where there are as many. */
const CONTACTS_TRIED = 2;
const CALLS_KEPT_MAX = 20;
const RESIDENT = 'resident';

/**
 * Somebody set out, arrived, or made a telephone call. Who does so takes a case that nobody had; whoever has one that is
 * late is left to it for a while. When neither the person nor their contacts answer, the case grows graver by one step.
 */
export function takeStep(
  book: CaseBook,
  command: CommandBody<'case.step'>,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const current = openCase(book, command.case);
  if (!current) return refuse(missing(book, command.case, ctx));
  const refused = refusal(current, 'step');
  if (refused) return refuse(refused);
  const whom = whomOf(command, ctx);
  if (isCall(command.step) && whom === undefined) return refuse({ code: 'CASE_CALLED_UNKNOWN' });
  const { now } = ctx;
  const lines: Line[] = [];
  let next = marked(current, command.step, now);
  if (next.status === 'open') {
    next = taken(next, by, now);
    holdLadder(book, next);
    lines.push({ at: now, by, type: 'acknowledged', text: texts.acknowledgedText(by) });
  } else quietLadder(book, next, ctx);
  const text = texts.stepText(command.step, whom?.name, command.note, positionOf(command));
  lines.push({ at: now, by, type: 'step', step: command.step, text });
  const calls = noteCall(book, next, command, whom?.key, now);
  if (nobodyAnswers(calls, ctx) && next.priority !== 'P1')
    return done(current.version + 1, raiseForSilence(book, next, lines, calls.length, ctx));
  return done(current.version + 1, [write(book, next, lines, { by, at: now })]);
}

function whomOf(
  { whom }: CommandBody<'case.step'>,
  { subject }: CaseContext,
): { key: string; name: string } | undefined {
  if (whom === undefined) return undefined;
  if (whom.kind === 'resident') {
    const name = subject.residents?.join('、') ?? '';
    return name === '' ? undefined : { key: RESIDENT, name };
  }
  const contact = subject.contacts?.find(({ id }) => id === whom.id);
  return contact && { key: contact.id, name: contact.name };
}

const positionOf = ({ latitude, longitude }: CommandBody<'case.step'>): string =>
  latitude === undefined || longitude === undefined ? '' : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

function marked(current: Case, step: CommandBody<'case.step'>['step'], now: number): Case {
  if (step === 'on-the-way') return { ...current, onTheWayAt: current.onTheWayAt ?? now };
  return step === 'on-site' ? { ...current, onSiteAt: current.onSiteAt ?? now } : current;
}

const taken = (current: Case, by: string, now: number): Case => ({
  ...current,
  status: 'acknowledged',
  acknowledgedAt: now,
  acknowledgedBy: by,
  dueAt: now + TARGETS[current.priority].resolveMs,
});

/** The calls that nobody answered and that still count. Somebody who answers ends the counting. */
function noteCall(
  book: CaseBook,
  { kind }: Case,
  { step }: CommandBody<'case.step'>,
  whom: string | undefined,
  now: number,
): readonly UnansweredCall[] {
  const before = (book.unanswered?.[kind] ?? []).filter(({ at }) => now - at <= UNANSWERED_MS);
  if (!isCall(step) || whom === undefined) return [];
  const answered = step === 'call-fine' || step === 'call-needs-help';
  const calls = answered ? [] : [...before, { at: now, whom }].slice(-CALLS_KEPT_MAX);
  book.unanswered = { ...book.unanswered, [kind]: calls };
  return calls;
}

function nobodyAnswers(calls: readonly UnansweredCall[], { subject }: CaseContext): boolean {
  const tried = new Set(calls.map(({ whom }) => whom));
  const wanted = Math.min(CONTACTS_TRIED, subject.contacts?.length ?? 0);
  return tried.delete(RESIDENT) && tried.size >= wanted;
}

function raiseForSilence(
  book: CaseBook,
  current: Case,
  lines: Line[],
  calls: number,
  ctx: CaseContext,
): Effect[] {
  const priority = PRIORITIES[PRIORITIES.indexOf(current.priority) - 1] ?? current.priority;
  const next: Case = {
    ...current,
    priority,
    dueAt: Math.min(current.dueAt, ctx.now + TARGETS[priority].resolveMs),
  };
  book.unanswered = { ...book.unanswered, [next.kind]: [] };
  beginLadder(book, next, ctx);
  const news = texts.nobodyAnswersText(calls);
  const name = `unanswered.v${current.version + 1}`;
  const { told, notices } = call(next, { event: 'case-raised', name, news }, ctx, undefined);
  const said = (type: Line['type'], text: Line['text']): Line => ({ at: ctx.now, by: 'system', type, text });
  lines.push(
    said('note', news),
    said('priority-raised', texts.priorityRaisedText(current.priority, priority)),
  );
  lines.push(said('notice', told));
  const effect = write(book, next, lines, { by: 'system', at: ctx.now });
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}
