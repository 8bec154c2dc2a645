import { noteReturn, type SignOfReturn } from '../cases/care.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command } from '../model/command.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { VisitTold } from '../model/visit.ts';
import { type CountingAbsence, countingAbsences, endedBy, returnSeen, setAsked, withPeriod } from './away.ts';
import type { Core } from './core.ts';
import { applyRegistry } from './registry-change.ts';
import type { RuntimeDevice } from './runtime.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/** The first water, door or step after the begin of an absence ends it: watching begins anew from there. */
export function noticeReturn(core: Core, device: RuntimeDevice, out: Outcome): void {
  const seen = returnSeen(core, device);
  if (seen) endAbsences(core, device.subject, [seen.period], seen.sign, 'system', out);
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
  const at = Math.min(visit.at, core.now);
  // Who says that it was at home does not mean somebody who is still packing.
  const isOver = ({ period, from }: CountingAbsence): boolean =>
    at > (visit.elsewhere === false ? period.from : from);
  const over = countingAbsences(core, subject)
    .filter(isOver)
    .map(({ period }) => period);
  endAbsences(core, subject, over, { at, what: 'visit', by: visit.by }, by, out);
}

/** These end together: the home is watched only when none of them goes on. What is told of it is told once, of the longest. */
function endAbsences(
  core: Core,
  subject: Subject,
  periods: readonly AwayPeriod[],
  sign: SignOfReturn,
  by: string,
  out: Outcome,
): void {
  const [longest] = [...periods].sort((a, b) => b.until - a.until);
  if (!longest) return;
  out.add(noteReturn(subject.caseBook, longest, sign, contextOf(core, subject)));
  const home = core.registry.home(subject.id);
  const lasting = periods.filter(({ until }) => until > core.now);
  if (home && lasting.length > 0) {
    const ended = lasting.reduce((of, period) => withPeriod(of, endedBy(period, sign.at)), home);
    applyRegistry(core, [ended], [], by, out);
  }
  setAsked(subject, core.now);
  core.markChanged(subject);
  core.file(subject);
}
