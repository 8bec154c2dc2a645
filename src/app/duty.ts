import type { OpenCase } from '../cases/case-book.ts';
import { type DutyCommand, dutyChange } from '../cases/duty/changes.ts';
import type { CommandReply } from '../model/command.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { Core } from './core.ts';

/** People change who is on duty. It stands in the state of the service, so that a replay changes it at the same input. */
export function changeDuty(core: Core, command: DutyCommand, by: string): CommandReply {
  const { service, now, registry } = core;
  if (core.seq <= service.savedSeq) return { ok: true };
  const changed = dutyChange(core.duty, command, { by, now, registry, isAgain: core.recovering });
  if (!changed.ok) return { ok: false, failure: changed.error };
  service.duty = changed.value;
  core.markChanged(service);
  return { ok: true };
}

type Change = {
  readonly put: readonly RegistryEntry[];
  readonly remove: readonly { readonly noun: string; readonly key: string }[];
};

/**
 * Subjects whose open cases a change of staff concerns, whatever their place: whom they called is part of their state, so it
 * must never be decided again by a registry that changed later. Whom a roster or the policy names may be called anywhere; whoever
 * was told of a case is told what becomes of it.
 */
export function casesOfStaff(core: Core, { put, remove }: Change): string[] {
  const changed = [
    ...put.flatMap((entry) => (entry.noun === 'staff' ? entry.id : [])),
    ...remove.flatMap(({ noun, key }) => (noun === 'staff' ? key : [])),
  ];
  if (changed.length === 0) return [];
  if (isCalledAnywhere(core, changed)) return withOpenCases(core, () => true);
  const told = changed.map((id) => `staff:${id} `);
  return withOpenCases(core, ({ toldTo = [] }) =>
    toldTo.some((key) => told.some((one) => key.startsWith(one))),
  );
}

function isCalledAnywhere({ duty, policy }: Core, staff: readonly string[]): boolean {
  const lines = [...policy.routes, ...policy.escalation.flatMap(({ steps }) => steps)];
  return duty.all.length > 0 || lines.some(({ people }) => people?.some((id) => staff.includes(id)));
}

/** One that sleeps has called nobody since it was stored. */
function withOpenCases(core: Core, which: (open: OpenCase) => boolean): string[] {
  const found: string[] = [];
  for (const subject of [...core.subjects.values(), ...core.groups.values()])
    if (subject !== core.service && !subject.asleep && subject.book?.cases.some(which))
      found.push(subject.id);
  return found;
}
