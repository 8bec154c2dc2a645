import { noteReturn, type SignOfReturn } from '../cases/care.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command } from '../model/command.ts';
import type { VisitTold } from '../model/visit.ts';
import { countingAbsence, endedBy, returnSeen, setAsked, withPeriod } from './away.ts';
import type { Core } from './core.ts';
import { applyRegistry } from './registry-change.ts';
import type { RuntimeDevice } from './runtime.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/** The first water, door or step after the begin of an absence ends it: watching begins anew from there. */
export function noticeReturn(core: Core, device: RuntimeDevice, out: Outcome): void {
  const sign = returnSeen(core, device);
  if (sign) endAbsence(core, device.subject, sign, 'system', out);
}

/** So does somebody who saw the person at home: nobody is unwatched any longer than people know of. */
export function noticeSeen(core: Core, visits: readonly VisitTold[], by: string, out: Outcome): void {
  for (const { home, ...visit } of visits) {
    const subject = core.subjects.get(home);
    if (subject) noticeVisit(core, subject, visit, by, out);
  }
}

/**
 * Whoever closes a case may have seen the person at home, and that changes the registry: all that is due has to fire first. It
 * cannot be passed over as what a device says is while rules are behind: a device speaks again, people say it once.
 */
export const mayEndAbsence = (core: Core, command: Command): boolean =>
  command.type === 'case.resolve' && (core.subject(caseSubjectId(command.case) ?? '')?.away.length ?? 0) > 0;

/** The same, where a visit was told in passing: while a case was handled. */
export function noticeVisit(
  core: Core,
  subject: Subject,
  visit: Pick<VisitTold, 'at' | 'by' | 'result' | 'elsewhere'> | undefined,
  by: string,
  out: Outcome,
): void {
  if (visit?.result !== 'seen' || visit.elsewhere) return;
  if (core.behind || core.seq <= subject.savedSeq) return;
  const counting = countingAbsence(core, subject);
  const at = Math.min(visit.at, core.now);
  // Who says that it was at home does not mean somebody who is still packing.
  const from = visit.elsewhere === false ? counting?.period.from : counting?.from;
  if (from !== undefined && at > from)
    endAbsence(core, subject, { at, what: 'visit', by: visit.by }, by, out);
}

function endAbsence(core: Core, subject: Subject, sign: SignOfReturn, by: string, out: Outcome): void {
  const counting = countingAbsence(core, subject);
  if (!counting) return;
  const { period } = counting;
  out.add(noteReturn(subject.caseBook, period, sign, contextOf(core, subject)));
  const home = core.registry.home(subject.id);
  if (home && period.until > core.now)
    applyRegistry(core, [withPeriod(home, endedBy(period, sign.at))], [], by, out);
  setAsked(subject, core.now);
  core.markChanged(subject);
  core.file(subject);
}
