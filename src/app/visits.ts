import type { CaseVisit } from '../cases/answers.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { Failure } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { type VisitLine, withLine, withoutLine } from '../model/visit.ts';
import type { Core } from './core.ts';
import { type Outcome, settle } from './settle.ts';
import type { Subject } from './subject.ts';

type Visits = Extract<Command, { type: 'home.visits' }>;
type Change = Extract<Command, { type: 'home.change' }>;

/** Somebody tells of visits: of all of them or, if one cannot be, of none. */
export function takeVisits(core: Core, { visits, source }: Visits, by: string, out: Outcome): CommandReply {
  const lines: VisitLine[] = [];
  for (const { home, at, by: visitor, result, note } of visits) {
    const told = lineOf(core, { kind: 'visit', home, at, by: visitor, result, note, source }, by);
    if (!told.ok) return { ok: false, failure: told.error };
    lines.push(told.value);
  }
  // A home is looked at once for all of them: what years of visits would have said one by one is no news.
  const subjects = new Set(lines.flatMap((line) => enter(core, line, out) ?? []));
  for (const subject of subjects) changed(core, subject, out);
  return { ok: true };
}

/** Something has changed in somebody's life. */
export function takeChange(
  core: Core,
  { home, at, change, note, source }: Change,
  by: string,
  out: Outcome,
): CommandReply {
  const told = lineOf(core, { kind: 'change', home, at, by, change, note, source }, by);
  if (!told.ok) return { ok: false, failure: told.error };
  record(core, told.value, out);
  return { ok: true };
}

/** A line was recorded by mistake: it stays in the log, marked, and counts no more. */
export function withdrawVisit(
  core: Core,
  { line, met, changes, reason }: Extract<Command, { type: 'home.visit-withdraw' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const { home } = line;
  const subject = core.subjects.get(home);
  if (!subject) return { ok: false, failure: { code: 'HOME_NOT_FOUND', details: { home } } };
  if (core.seq <= subject.savedSeq) return { ok: true };
  subject.visits = subject.visits && withoutLine(subject.visits, line, met ?? undefined, changes);
  out.add([{ type: 'visit', line: { ...line, withdrawn: { at: core.now, by, reason } } }]);
  changed(core, subject, out);
  return { ok: true };
}

/** Somebody was met, or sought at home, while a case was handled. */
export function noteCaseVisit(
  core: Core,
  subject: Subject,
  visit: CaseVisit | undefined,
  by: string,
  out: Outcome,
): void {
  if (!visit || subject.home === '') return;
  const { elsewhere: _, ...told } = visit;
  const line = { kind: 'visit', home: subject.home, note: '', source: 'case', ...told } as const;
  record(core, { ...line, path: subject.path, recordedAt: core.now, recordedBy: by }, out);
}

/** Rules that look at what people say of a home look at it again. */
export function tellOfHome(core: Core, subject: Subject, out: Outcome): void {
  if (core.rules.ofHomes.length === 0 || core.seq <= subject.savedSeq) return;
  settle(core, subject, core.engine.homeTold(subject, core.now), out);
}

/**
 * How often a home is to be visited may have changed, or that somebody is away.
 *
 * @param touched homes that are stored with this very commit: of another nothing has changed, and a replay would not tell it
 */
export function tellOfHomes(
  core: Core,
  put: readonly RegistryEntry[],
  touched: ReadonlySet<string>,
  out: Outcome,
): void {
  for (const entry of put) {
    const isTold = entry.noun === 'home' && touched.has(entry.id);
    const subject = isTold ? core.subjects.get(entry.id) : undefined;
    if (!subject || (!subject.visits && subject.slots.length === 0)) continue;
    tellOfHome(core, subject, out);
    core.file(subject);
  }
}

/** A clock that is a little ahead is no fault of whoever reads it. */
const AHEAD_MS = LIMITS.clockAheadMsMax;

function lineOf(
  core: Core,
  said: Omit<VisitLine, 'path' | 'recordedAt' | 'recordedBy'>,
  recordedBy: string,
): Result<VisitLine, Failure> {
  const { now } = core;
  const { home, at } = said;
  const path = core.registry.homePath(home);
  if (path === undefined) return fail({ code: 'HOME_NOT_FOUND', details: { home } });
  if (at > now + AHEAD_MS) return fail({ code: 'VISIT_AHEAD', details: { home, at } });
  if (at < now - LIMITS.visitAgeMsMax) return fail({ code: 'VISIT_TOO_OLD', details: { home, at } });
  return ok({ ...said, path, at: Math.min(at, now), recordedAt: now, recordedBy });
}

function record(core: Core, line: VisitLine, out: Outcome): void {
  const subject = enter(core, line, out);
  if (subject) changed(core, subject, out);
}

/** Puts a line into the log and the book of its home; undefined where that has it already. */
function enter(core: Core, line: VisitLine, out: Outcome): Subject | undefined {
  const subject = core.subjects.get(line.home);
  if (!subject || core.seq <= subject.savedSeq) return undefined;
  subject.visits = withLine(subject.visits, line);
  out.add([{ type: 'visit', line }]);
  return subject;
}

function changed(core: Core, subject: Subject, out: Outcome): void {
  core.markChanged(subject);
  tellOfHome(core, subject, out);
  core.file(subject);
}
