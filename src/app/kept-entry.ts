import type { CommandBody, CommandReply } from '../model/command.ts';
import { changedMeanwhile } from '../model/entry-mark.ts';
import { LIMITS } from '../model/limits.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { withAwayLog } from './away-log.ts';
import type { Core } from './core.ts';
import { enrolledAgain } from './left-homes.ts';

type Removed = CommandBody<'registry.apply'>['remove'];

/**
 * An entry that is put, with what nobody who puts it decides: its secret, the history of its absences, and since when a device
 * has been in its home.
 */
export const asKept = (core: Core, entry: RegistryEntry, remove: Removed, by: string): RegistryEntry =>
  withAwayLog(core, withHomeSince(core, withSecret(core, entry, remove)), by);

/** What it measured before was measured of somebody else, and is for those who may see where they live. */
function withHomeSince(core: Core, entry: RegistryEntry): RegistryEntry {
  if (entry.noun !== 'device') return entry;
  const { registry, now } = core;
  const { homeSince: _, homesBefore: __, ...rest } = entry;
  const before = registry.device(entry.id);
  if (!before) return enrolledAgain(core, rest);
  const { homeSince, homesBefore = [] } = before;
  if (before.home === entry.home)
    return {
      ...rest,
      ...(homeSince === undefined ? {} : { homeSince }),
      ...(homesBefore.length === 0 ? {} : { homesBefore }),
    };
  const left = {
    path: registry.homePath(before.home) ?? '',
    ...(homeSince === undefined ? {} : { from: homeSince }),
  };
  return {
    ...rest,
    homeSince: now,
    homesBefore: [...homesBefore, left].slice(-LIMITS.homesBeforeMax),
  };
}

/** The refusal of a change that was decided on something else than what stands there by now. */
export function overtaken(
  { registry }: Core,
  { expected }: CommandBody<'registry.apply'>,
): CommandReply | undefined {
  const failure = expected && changedMeanwhile(expected, registry.entry(expected.noun, expected.key));
  return failure && { ok: false, failure };
}

/** An entry that says nothing of its secret keeps the one it has by now: it may have been issued while this waited. */
function withSecret({ registry }: Core, entry: RegistryEntry, remove: Removed): RegistryEntry {
  if ((entry.noun !== 'device' && entry.noun !== 'gateway') || entry.secretHash !== undefined) return entry;
  const before = entry.noun === 'device' ? registry.device(entry.id) : registry.gateway(entry.id);
  if (before?.secretHash === undefined) return entry;
  const replaced = remove.some(({ noun, key }) => noun === entry.noun && key === entry.id);
  return replaced ? entry : { ...entry, secretHash: before.secretHash };
}
