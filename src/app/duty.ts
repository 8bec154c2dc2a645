import { type DutyCommand, dutyChange } from '../cases/duty/changes.ts';
import type { CommandReply } from '../model/command.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { Core } from './core.ts';

/** People change who is on duty. It stands in the state of the service, so that a replay changes it at the same input. */
export function changeDuty(core: Core, command: DutyCommand, by: string): CommandReply {
  const { service, now, registry } = core;
  if (core.seq <= service.savedSeq) return { ok: true };
  const changed = dutyChange(core.duty, command, { by, now, registry });
  if (!changed.ok) return { ok: false, failure: changed.error };
  service.duty = changed.value;
  core.markChanged(service);
  return { ok: true };
}

/** Does a change of the registry concern somebody whom a roster or the policy names? They may be called anywhere. */
export function concernsDuty(
  { duty, policy }: Core,
  put: readonly RegistryEntry[],
  remove: readonly { readonly noun: string; readonly key: string }[],
): boolean {
  const changed = [
    ...put.flatMap((entry) => (entry.noun === 'staff' ? entry.id : [])),
    ...remove.flatMap(({ noun, key }) => (noun === 'staff' ? key : [])),
  ];
  if (changed.length === 0) return false;
  const lines = [...policy.routes, ...policy.escalation.flatMap(({ steps }) => steps)];
  return duty.all.length > 0 || lines.some(({ people }) => people?.some((id) => changed.includes(id)));
}

/**
 * Subjects with an open case: whom they called is part of their state, so it must never be decided again by a registry
 * that changed later. One that sleeps has called nobody since it was stored.
 */
export function withOpenCases(core: Core): string[] {
  const found: string[] = [];
  for (const subject of [...core.subjects.values(), ...core.groups.values()])
    if (subject !== core.service && !subject.asleep && subject.hasOpenCase) found.push(subject.id);
  return found;
}
