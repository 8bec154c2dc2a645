import { type CaseOutcome, done, refuse } from '../cases/answers.ts';
import { answerCare, askedPeriod } from '../cases/care.ts';
import type { CaseBook } from '../cases/case-book.ts';
import { type CaseCommand, takeCaseCommand } from '../cases/commands.ts';
import type { CaseContext } from '../cases/context.ts';
import { noticeResult } from '../cases/notice-results.ts';
import { openByPeople } from '../cases/opened-by-people.ts';
import { admit, forgetOldest, forgetUndatedPresses } from '../ingest/admit.ts';
import { unreachable } from '../lib/result.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command, CommandInput, CommandReply } from '../model/command.ts';
import type { Input, StepResult } from '../model/effect.ts';
import { asByNow } from '../model/entry-fields.ts';
import type { Report } from '../model/message.ts';
import { advance, advanceAround } from './advance.ts';
import {
  absencesIn,
  answeredPeriod,
  awayTooLong,
  endQuestion,
  homeWithAway,
  isRegistered,
  tellOfAbsence,
  withoutPeriod,
  withPeriod,
} from './away.ts';
import { beginCallTest, endCallTest, sayReal } from './call-test-commands.ts';
import { withoutTested } from './call-tests.ts';
import { noteCallsAgain, noteCallsHeldBack, noteCallsWithoutRule } from './call-without-rule.ts';
import { concernsFew } from './concerns-few.ts';
import type { Core } from './core.ts';
import { takeDeviceCall } from './device-call.ts';
import { takeDeviceFault } from './device-fault.ts';
import { changeDuty } from './duty.ts';
import { helpAfterwards, takeHelpAsked } from './help-asked.ts';
import { overtaken } from './kept-entry.ts';
import { applyRegistry } from './registry-change.ts';
import { withReplaced } from './replaced.ts';
import { endResolved } from './resolved-findings.ts';
import { mayEndAbsence, noticeReturn, noticeSeen, noticeVisit } from './returning.ts';
import { replaceRules } from './rules-change.ts';
import { takeServiceFinding } from './service-finding.ts';
import { contextOf, Outcome, settle } from './settle.ts';
import { changeSilences } from './silences.ts';
import { dismissStranger, takeStrangerCall } from './stranger-call.ts';
import type { Subject } from './subject.ts';
import { noteCaseVisit, takeChange, takeVisits, withdrawVisit } from './visits.ts';

/**
 * The way of a message through the core, and the only code that changes it:
 *
 *     time passes → admit (ingest) → rules → cases → effects
 *
 * Pure in all that matters: no clock, no I/O, no chance. The same inputs in the same order give the same effects, which
 * is why the live service, `backtest`, the fault simulation and the scenario tests can share it. `core` is changed in
 * place; nobody else may hold on to parts of it.
 *
 * Where thousands of timers are due at once, ticks with `through` fire them piece by piece. Meanwhile a report or a word
 * on a case does not wait for all of them, only for those whose order to it can matter: its home, the area and gateways
 * of the home and all homes of these. So the result is the same as if all had fired first.
 */
export function step(core: Core, input: Input): StepResult {
  core.seq++;
  const out = new Outcome();
  if (input.kind === 'tick' && input.listeningSince !== undefined) {
    core.engine.listeningSince = input.listeningSince;
    core.engine.deafSince = input.deafSince ?? input.absence?.from;
  }
  if (input.kind === 'tick' && input.absence !== undefined) core.absence = input.absence;
  const passes = core.behind && passesBy(core, input);
  if (passes) advanceAround(core, input, core.behindSince, out);
  else advance(core, input, out);
  switch (input.kind) {
    case 'report':
      takeReport(core, input, out);
      break;
    case 'command':
      // What the registry says by now would be another answer.
      if (!input.refused) takeCommand(core, input, out);
      break;
    case 'tick':
      break;
    default:
      unreachable(input);
  }
  // What it made due in the past fires as of now, as it would before the next input if nothing else were left.
  if (passes) advanceAround(core, input, core.now, out);
  return out;
}

const passesBy = (core: Core, input: Input): boolean =>
  input.kind === 'report' ||
  (input.kind === 'command' && concernsFew(input.command) && !mayEndAbsence(core, input.command));

function takeReport(core: Core, report: Report, out: Outcome): void {
  const device = core.deviceOf(report.device);
  if (!device) return;
  const { subject, gatewaySubject } = device;
  const forHome = core.seq > subject.savedSeq;
  if (forHome && report.announced !== undefined) {
    device.state.announced = report.announced;
    core.markChanged(subject);
  }
  if (report.retained) return;
  if (forHome) {
    const first = device.state.heardAt === 0;
    const admission = admit(device.state, report, device);
    out.refusals = admission.refusals;
    out.accepted = admission.accepted;
    core.markChanged(subject);
    if (admission.accepted) {
      if (first)
        out.add([
          { type: 'device-heard', device: device.id, home: subject.id, path: subject.path, at: core.now },
        ]);
      const judged = admission.events.size > 0 ? withoutTested(core, device, admission, out) : admission;
      if (judged.events.size > 0) noteCallsWithoutRule(core, device, judged.events, out);
      const changes = core.engine.report(subject, device, judged, core.now);
      forgetOldest(device.state);
      const { earliestWake, dueMoved } = core.engine;
      noteCallsHeldBack(core, out, true);
      settle(core, subject, changes, out);
      if (dueMoved) core.file(subject);
      else core.fileNoLaterThan(subject, earliestWake);
    }
  } else if (core.recovering) noteCallsAgain(core, device, report.events);
  if (forHome && out.accepted && !core.behind) noticeReturn(core, device, out);
  if (gatewaySubject && core.seq > gatewaySubject.savedSeq) gatewayHeard(core, gatewaySubject, report, out);
}

function gatewayHeard(core: Core, subject: Subject, report: Report, out: Outcome): void {
  const { gateway } = subject;
  if (!gateway) return;
  if (gateway.silent) {
    gateway.backAt = core.now;
    gateway.gapFrom = gateway.heardAt;
  }
  gateway.heardAt = Math.max(gateway.heardAt, report.receivedAt);
  gateway.silent = false;
  core.markChanged(subject);
  if (subject.slots.length === 0) return;
  const changes = core.engine.gatewayHeard(subject, report, core.now);
  const { dueMoved } = core.engine;
  settle(core, subject, changes, out);
  if (dueMoved) core.file(subject);
}

function takeCommand(core: Core, input: CommandInput, out: Outcome): void {
  out.add([{ type: 'reply', id: input.id, reply: execute(core, input, out) }]);
}

function execute(core: Core, { command, by }: CommandInput, out: Outcome): CommandReply {
  switch (command.type) {
    case 'case.acknowledge':
    case 'case.assign':
    case 'case.note':
    case 'case.photo':
    case 'case.step':
    case 'case.withdraw-step':
    case 'case.give-back':
    case 'case.resolve':
    case 'case.call-back':
    case 'case.strike-off':
    case 'case.reopen':
    case 'case.release':
      return askOfCase(core, command, by, out);
    case 'case.confirm':
      return (
        helpAfterwards(core, command, by, out, (one) => askOfCase(core, one, by, out)) ??
        askOfCase(core, command, by, out)
      );
    case 'notice.result':
      return onCase(core, command.case, out, by, (book, context) => noticeResult(book, command, context));
    case 'service.finding':
      return takeServiceFinding(core, command, out);
    case 'stranger.called':
      return takeStrangerCall(core, command, out);
    case 'device.called':
      return takeDeviceCall(core, command, out);
    case 'call-test.begin':
      return beginCallTest(core, command, by, out);
    case 'call-test.end':
      return endCallTest(core, command, by, out);
    case 'call-test.real':
      return sayReal(core, command, by, out);
    case 'device.fault':
      return takeDeviceFault(core, command, out);
    case 'stranger.dismiss':
      return dismissStranger(core, command, by, out);
    case 'registry.apply':
      return overtaken(core, command) ?? putEntries(core, command, by, out);
    case 'home.away':
    case 'home.back':
      return changeAway(core, command, by, out);
    case 'home.answer':
      return answerAway(core, command, by, out);
    case 'home.visit-class':
      return changeClass(core, command, by, out);
    case 'home.visits':
      return takeVisitsOfHomes(core, command, by, out);
    case 'home.visit-withdraw':
      return withdrawVisit(core, command, by, out);
    case 'home.change':
      return takeChange(core, command, by, out);
    case 'home.help':
      return takeHelpAsked(core, command, by, out);
    case 'home.request':
    case 'drill.begin':
      return onHome(core, command.home, out, (book, context) => openByPeople(book, command, by, context));
    case 'silence.begin':
    case 'silence.end':
      return changeSilences(core, command, by);
    case 'registry.secret':
      return issueSecret(core, command, by, out);
    case 'device.exchange':
      return exchangeDevice(core, command, by, out);
    case 'roster.swap':
    case 'roster.undo-swap':
    case 'roster.leave':
    case 'roster.return':
    case 'roster.note':
      return changeDuty(core, command, by);
    case 'rules.replace':
      return replaceRules(core, command, out);
    default:
      return unreachable(command);
  }
}

const askOfCase = (core: Core, command: CaseCommand, by: string, out: Outcome): CommandReply =>
  onCase(core, command.case, out, by, (book, context) => takeCaseCommand(book, command, by, context));

function onCase(
  core: Core,
  id: string,
  out: Outcome,
  by: string,
  act: (book: CaseBook, context: CaseContext) => CaseOutcome,
): CommandReply {
  const subject = core.subject(caseSubjectId(id) ?? '');
  if (!subject) return { ok: false, failure: { code: 'CASE_NOT_FOUND', details: { case: id } } };
  if (core.seq <= subject.savedSeq) return { ok: true };
  const { reply, effects, resolvedAlerts, resolved, visit } = act(subject.caseBook, contextOf(core, subject));
  core.markChanged(subject);
  out.add(effects);
  if (effects.length > 0) core.file(subject);
  if (resolved) for (const { state } of subject.devices) forgetUndatedPresses(state);
  if (resolvedAlerts.length > 0) endResolved(core, subject, resolvedAlerts, out);
  noteCaseVisit(core, subject, visit, by, out);
  noticeVisit(core, subject, visit, by, out);
  return reply;
}

/** What people put into the registry: an absence that stands in a home's entry is one that somebody registers. */
function putEntries(
  core: Core,
  command: Extract<Command, { type: 'registry.apply' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const changed = withReplaced(core, {
    ...command,
    put: [...asByNow(core.registry, command.put, command.about)],
  });
  if ('failure' in changed) return { ok: false, failure: changed.failure };
  const { put } = changed;
  const { remove } = command;
  const absences = absencesIn(core, put);
  const tooLong = awayTooLong([...absences.values()].flat(), core.now);
  if (tooLong) return { ok: false, failure: tooLong };
  const reply = applyRegistry(core, put, remove, by, out);
  // The registry file of the first start, and the command line of the machine: no account can be in wrong hands there.
  if (!reply.ok || by === 'system') return reply;
  for (const [home, periods] of absences)
    for (const period of periods) tellOfAbsence(core, home, period, by, out);
  return reply;
}

function changeAway(
  core: Core,
  command: Extract<Command, { type: 'home.away' | 'home.back' }>,
  by: string,
  out: Outcome,
): CommandReply {
  if (isRegistered(core, command)) return { ok: true };
  const home = homeWithAway(core, command, by);
  if (!home.ok) return { ok: false, failure: home.error };
  const reply = applyRegistry(core, [home.value], [], by, out);
  if (reply.ok) endQuestion(core, command, by, out);
  if (reply.ok && command.type === 'home.away') tellOfAbsence(core, command.home, command.period, by, out);
  return reply;
}

function changeClass(
  core: Core,
  { home: id, visitClass }: Extract<Command, { type: 'home.visit-class' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const home = core.registry.home(id);
  if (!home) return { ok: false, failure: { code: 'HOME_NOT_FOUND', details: { home: id } } };
  return applyRegistry(core, [{ ...home, visitClass: visitClass ?? undefined }], [], by, out);
}

/** Somebody says whether the home is lived in again. In a replay the home is stored with its answer, or asks once more. */
function answerAway(
  core: Core,
  command: Extract<Command, { type: 'home.answer' }>,
  by: string,
  out: Outcome,
): CommandReply {
  return onHome(core, command.home, out, (book, context) => {
    const period = askedPeriod(book);
    if (!period) return refuse({ code: 'AWAY_NOT_ASKED' });
    const home = core.registry.home(command.home);
    // As it is by now: it may have ended earlier than it was registered for.
    const { until = core.now } = home?.away?.find(({ from }) => from === period.from) ?? {};
    const longer = answeredPeriod({ ...period, until }, command, by, core.now);
    book.askedUntil = Math.max(book.askedUntil ?? 0, core.now);
    const effects = answerCare(book, command, longer?.until, by, context);
    const after = home && (longer ? withPeriod(home, longer) : withoutPeriod(home, period.from, core.now));
    if (after) applyRegistry(core, [after], [], by, out);
    return done(undefined, effects);
  });
}

function takeVisitsOfHomes(
  core: Core,
  command: Extract<Command, { type: 'home.visits' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const reply = takeVisits(core, command, by, out);
  if (reply.ok) noticeSeen(core, command.visits, by, out);
  return reply;
}

function onHome(
  core: Core,
  home: string,
  out: Outcome,
  act: (book: CaseBook, context: CaseContext) => CaseOutcome,
): CommandReply {
  const subject = core.subjects.get(home);
  if (!subject) return { ok: false, failure: { code: 'HOME_NOT_FOUND', details: { home } } };
  if (core.seq <= subject.savedSeq) return { ok: true };
  const { reply, effects } = act(subject.caseBook, contextOf(core, subject));
  core.markChanged(subject);
  out.add(effects);
  core.file(subject);
  return reply;
}

/** The entry as it is by now, with its new secret. */
function issueSecret(
  core: Core,
  { noun, id, secretHash }: Extract<Command, { type: 'registry.secret' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const entry = noun === 'device' ? core.registry.device(id) : core.registry.gateway(id);
  if (entry) return applyRegistry(core, [{ ...entry, secretHash }], [], by, out);
  const code = noun === 'device' ? 'DEVICE_NOT_FOUND' : 'NOT_FOUND';
  return { ok: false, failure: { code, details: { [noun]: id } } };
}

/** A new meter on the same wall: history stays, the counter starts anew. */
function exchangeDevice(
  core: Core,
  command: Extract<Command, { type: 'device.exchange' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const before = core.registry.device(command.device);
  if (!before)
    return { ok: false, failure: { code: 'DEVICE_NOT_FOUND', details: { device: command.device } } };
  return applyRegistry(core, [{ ...before, exchangedAt: command.at }], [], by, out);
}
