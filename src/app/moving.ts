import { type FormerPlace, followPlace, placeOf } from '../cases/moved.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/** Where these were that have an open case, to be asked before the registry changes. */
export function placesOfCases(core: Core, ids: Iterable<string>): ReadonlyMap<Subject, FormerPlace> {
  const places = new Map<Subject, FormerPlace>();
  for (const id of ids) {
    const subject = core.subject(id);
    if (!subject || core.seq <= subject.savedSeq || !subject.hasOpenCase) continue;
    places.set(subject, placeOf(contextOf(core, subject).subject));
  }
  return places;
}

/** The registry has changed: cases and alerts go along with what they are about. */
export function followPlaces(core: Core, before: ReadonlyMap<Subject, FormerPlace>, out: Outcome): void {
  for (const [subject, place] of before) {
    if (core.subject(subject.id) !== subject) continue;
    const effects = followPlace(subject.caseBook, place, contextOf(core, subject));
    if (effects.length === 0) continue;
    out.add(effects);
    core.markChanged(subject);
    core.file(subject);
  }
}

/** Who may read of an alert, and who is told over the stream and MQTT what becomes of it, goes by its place. */
export function followAlerts(core: Core, ids: Iterable<string>, out: Outcome): void {
  for (const id of ids) {
    const subject = core.subject(id);
    if (!subject || core.seq <= subject.savedSeq) continue;
    const moved = [...core.engine.relocate(subject), ...relocatedFindings(subject)];
    for (const draft of moved)
      out.add([{ type: 'alert', change: 'updated', alert: { ...draft, case: caseOf(subject, draft) } }]);
    if (moved.length > 0) core.markChanged(subject);
  }
}

function relocatedFindings(subject: Subject): AlertDraft[] {
  const { path } = subject;
  const moved = new Map<string, AlertDraft>();
  for (const [key, { open }] of Object.entries(subject.findings))
    if (open && open.path !== path) moved.set(key, { ...open, path, version: open.version + 1 });
  const changed = Array.from(moved, ([key, open]) => [key, { ...subject.findings[key], open }] as const);
  if (moved.size > 0) subject.findings = { ...subject.findings, ...Object.fromEntries(changed) };
  return [...moved.values()];
}

function caseOf({ caseBook: { cases, earlier } }: Subject, { id, shadow }: AlertDraft): string {
  if (shadow) return '';
  return cases.findLast((one) => one.case.alerts.includes(id))?.case.id ?? earlier[id]?.case ?? '';
}
