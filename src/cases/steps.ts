import { PRIORITIES } from '../model/alert.ts';
import { type Case, isCall, isSamePerson, ownerOf } from '../model/case.ts';
import { isOnTheWay } from '../model/case-marks.ts';
import { firstDone } from '../model/case-rounds.ts';
import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import { graverCase } from './alerts.ts';
import { type CaseOutcome, done, refuse } from './answers.ts';
import {
  type CaseBook,
  type Line,
  type OpenCase,
  systemLine,
  type UnansweredCall,
  write,
} from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueOf, withDue } from './due.ts';
import { caseFor } from './guards.ts';
import { beginLadder, holdLadder, quietLadder } from './ladder.ts';
import { call } from './notices.ts';
import { taken } from './taking.ts';
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
  const found = caseFor(book, command, 'step', ctx);
  if (!found.ok) return refuse(found.error);
  const open = found.value;
  const current = open.case;
  const whom = whomOf(command, ctx);
  if (isCall(command.step) && whom === undefined) return refuse({ code: 'CASE_CALLED_UNKNOWN' });
  const { now } = ctx;
  const lines: Line[] = [];
  const isSaidAgain = command.step === 'on-the-way' && isOnTheWay(current);
  if (
    isSaidAgain &&
    isWord(command) &&
    isSamePerson(ownerOf(current), { name: by, account: command.account, staff: command.staff })
  )
    return done(current.version, []);
  let next = marked(current, command.step, now);
  if (next.status === 'open') {
    next = afterStep(
      taken(next, { name: by, account: command.account, staff: command.staff }, ctx),
      command.step,
    );
    holdLadder(open, next, ctx);
    lines.push({ at: now, by, type: 'acknowledged', text: texts.acknowledgedText(by) });
  } else {
    next = afterStep(next, command.step);
    // Whoever is on the way is waited for once, and then called again, however often they say so.
    if (!isSaidAgain) quietLadder(open, next, ctx);
  }
  const text = texts.stepText(command.step, whom?.name, command.note, texts.positionText(command));
  lines.push({ at: now, by, type: 'step', step: command.step, text });
  const calls = noteCall(open, command, whom?.key, now);
  if (nobodyAnswers(calls, ctx) && next.priority !== 'P1')
    return done(current.version + 1, raiseForSilence(open, next, lines, calls.length, ctx));
  return done(current.version + 1, [write(open, next, lines, { by, at: now })]);
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

/** What is left to do. Who has set out will see the person: until they are due there nobody asks whether they telephoned. */
function afterStep(current: Case, step: CommandBody<'case.step'>['step']): Case {
  const { contact, ...rest } = dueOf(current);
  const isComing = step === 'on-the-way' && rest.onSite !== undefined;
  return withDue(current, isComing || contact === undefined ? rest : { ...rest, contact });
}

/** Is it said by the step alone, without a note and a place? */
const isWord = (command: CommandBody<'case.step'>): boolean =>
  command.note === '' && texts.positionText(command) === '';

function marked(current: Case, step: CommandBody<'case.step'>['step'], now: number): Case {
  switch (step) {
    case 'on-the-way':
      return isOnTheWay(current) ? current : { ...current, onTheWayAt: now };
    case 'on-site':
      return firstDone(firstDone(current, 'onSiteAt', now), 'contactAt', now);
    case 'call-fine':
    case 'call-needs-help':
      return firstDone(current, 'contactAt', now);
    case 'call-no-answer':
    case 'call-wrong-number':
      return current;
  }
}

/** The calls that nobody answered and that still count. Somebody who answers ends the counting. */
function noteCall(
  open: OpenCase,
  { step }: CommandBody<'case.step'>,
  whom: string | undefined,
  now: number,
): readonly UnansweredCall[] {
  const before = (open.unanswered ?? []).filter(({ at }) => now - at <= UNANSWERED_MS);
  if (!isCall(step) || whom === undefined) return [];
  const answered = step === 'call-fine' || step === 'call-needs-help';
  open.unanswered = answered ? [] : [...before, { at: now, whom }].slice(-CALLS_KEPT_MAX);
  return open.unanswered;
}

function nobodyAnswers(calls: readonly UnansweredCall[], { subject }: CaseContext): boolean {
  const tried = new Set(calls.map(({ whom }) => whom));
  const wanted = Math.min(CONTACTS_TRIED, subject.contacts?.length ?? 0);
  return tried.delete(RESIDENT) && tried.size >= wanted;
}

function raiseForSilence(
  open: OpenCase,
  current: Case,
  lines: Line[],
  calls: number,
  ctx: CaseContext,
): Effect[] {
  const priority = PRIORITIES[PRIORITIES.indexOf(current.priority) - 1] ?? current.priority;
  const next = graverCase(current, priority, ctx);
  open.unanswered = [];
  beginLadder(open, next, ctx);
  const news = texts.nobodyAnswersText(calls);
  const name = `unanswered.v${current.version + 1}`;
  const { told, notices } = call(open, next, { event: 'case-raised', name, news }, ctx);
  lines.push(
    systemLine(ctx.now, 'note', news),
    systemLine(ctx.now, 'priority-raised', texts.priorityRaisedText(current.priority, priority)),
    systemLine(ctx.now, 'notice', told),
  );
  const effect = write(open, next, lines, { by: 'system', at: ctx.now });
  return [effect, ...notices.map((notice) => ({ type: 'notice', notice }) as const)];
}
