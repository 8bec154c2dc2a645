import { caseTimers, ladderDue } from '../cases/ladder.ts';
import { DueHeap } from '../lib/heap.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Input } from '../model/effect.ts';
import { askAfterAbsence } from './away.ts';
import { endUnanswered } from './call-tests.ts';
import { noteCallsHeldBack } from './call-without-rule.ts';
import type { Core } from './core.ts';
import { homeOfDevice } from './disabled-device.ts';
import { MOVED_ON_MS } from './put-off.ts';
import { contextOf, endSilence, type Outcome, settle } from './settle.ts';
import type { Subject } from './subject.ts';

/**
 * Lets time pass up to an input: what arrives at the very instant of a due-date still comes before it. Each due timer
 * fires at its own due-date, in order, so that it makes no difference how often anybody looks at the clock.
 */
export function advance(core: Core, input: Input, out: Outcome): void {
  const { due } = core;
  core.putOffs.begin();
  const to = input.receivedAt;
  const through = input.kind === 'tick' ? input.through : undefined;
  if (through !== undefined && !core.behind) core.behindSince = core.now;
  if (through !== undefined) core.behind = true;
  while (due.nextDue < to || (due.nextDue === to && isReached(to, due.nextKey ?? '', to, through))) {
    const at = due.nextDue;
    const subject = due.pop() as Subject;
    if (subject.filedDue !== at) continue;
    const now = core.behind ? Math.max(at, core.behindSince) : Math.max(at, core.now);
    core.now = Math.max(core.now, now);
    if (core.seq <= subject.savedSeq) {
      core.fileNotBefore(subject, through === undefined ? to : to + 1);
      continue;
    }
    const next = core.dueOf(subject);
    if (next <= now && isReached(next, subject.key, to, through)) fire(core, subject, now, out);
    else core.fileAnew(subject, next);
  }
  core.now = Math.max(core.now, to);
  if (through !== undefined) return;
  core.behind = false;
  // To clear a Map makes a new table, also of an empty one.
  if (core.neighbours.size > 0) core.neighbours.clear();
}

/**
 * Whether an input lets a due-date pass. Most were put off since they were filed, for the device has spoken: what counts
 * is the date as it is now, and it may have been put off to this very instant.
 */
const isReached = (due: number, key: string, to: number, through: string | undefined): boolean =>
  due < to || (due === to && through !== undefined && key <= through);

/** Lets time pass for those alone whom a report, or a word on a case, can concern. `since`: no timer fires as of before. */
export function advanceAround(core: Core, input: Input, since: number, out: Outcome): void {
  core.putOffs.begin();
  core.now = Math.max(core.now, input.receivedAt);
  const id = input.kind === 'report' ? input.device : caseSubjectOf(core, input);
  const subject = core.devices.get(id)?.subject ?? core.subject(id);
  if (!subject) return;
  const due = new DueHeap<Subject>();
  for (const each of around(core, subject)) if (each.filedDue < core.now) due.push(each.filedDue, each);
  while (due.nextDue < core.now) {
    const at = due.nextDue;
    const next = due.pop() as Subject;
    if (core.seq <= next.savedSeq) continue;
    const now = Math.max(at, since);
    const own = core.dueOf(next);
    if (own <= now && own < core.now) fire(core, next, now, out);
    else core.fileAnew(next, own);
    if (next.filedDue < core.now) due.push(next.filedDue, next);
  }
}

function caseSubjectOf(core: Core, input: Input): string {
  if (input.kind !== 'command') return '';
  const { command } = input;
  if ('case' in command) return caseSubjectId(command.case) ?? '';
  if ('device' in command) return homeOfDevice(core, command.device)?.id ?? '';
  return command.type === 'stranger.called' ? (command.gateway ?? '') : '';
}

/**
 * A home, its area and gateways, all homes of these, and so on: whether a device is silent depends on them. Behind a few
 * gateways that is a whole town, and each message asks: so it is looked up once for all of them, until all that is due
 * has fired. Before that the registry does not change. To whom not all of it can matter, all is given as well.
 */
function around(core: Core, subject: Subject): readonly Subject[] {
  const known = core.neighbours.get(subject);
  if (known) return known;
  const found = [...reached(core, subject)];
  for (const each of found) core.neighbours.set(each, found);
  return found;
}

function reached(core: Core, subject: Subject): Set<Subject> {
  const found = new Set([subject]);
  for (const each of found) {
    if (each.areaSubject) found.add(each.areaSubject);
    for (const { gatewaySubject } of each.devices) if (gatewaySubject) found.add(gatewaySubject);
    if (each.area)
      for (const { homes } of core.unitsIn(each.area.path)) for (const home of homes) found.add(home);
    if (!each.gateway) continue;
    for (const id of core.registry.behind(each.id)) {
      const home = core.devices.get(id)?.subject;
      if (home) found.add(home);
    }
  }
  return found;
}

function fire(core: Core, subject: Subject, now: number, out: Outcome): void {
  subject.filedDue = Number.POSITIVE_INFINITY;
  const changes = core.engine.timers(subject, now);
  noteCallsHeldBack(core, out, false);
  // Even a timer that found nothing has used itself up.
  core.markChanged(subject);
  // What a rule finds bears the time of its due-date; people cannot have been told while nobody was there to tell them.
  const told = Math.max(now, core.absence?.until ?? 0);
  settle(core, subject, changes, out, told);
  endSilence(core, subject);
  askAfterAbsence(core, subject, now, told, out);
  endUnanswered(core, subject, now, out);
  if (subject.book && ladderDue(subject.book) <= now)
    out.add(caseTimers(subject.book, contextOf(core, subject, told)));
  const { putOff } = subject;
  if (putOff) subject.putOff = undefined;
  core.file(subject);
  // Whatever fires moves on, or there is no end to it.
  if (subject.filedDue < now + MOVED_ON_MS) core.putOffs.stays(core, subject, now, putOff);
  else if (putOff) core.putOffs.movesOn(subject);
}
