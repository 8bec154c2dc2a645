import type { CommandBody } from '../model/command.ts';
import type { RegistryEntry } from '../model/registry.ts';
import { withAwayLog } from './away-log.ts';
import type { Core } from './core.ts';

type Removed = CommandBody<'registry.apply'>['remove'];

/** An entry that is put, with what nobody who puts it decides: its secret, and the history of its absences. */
export const asKept = (core: Core, entry: RegistryEntry, remove: Removed, by: string): RegistryEntry =>
  withAwayLog(core, withSecret(core, entry, remove), by);

/** An entry that says nothing of its secret keeps the one it has by now: it may have been issued while this waited. */
function withSecret({ registry }: Core, entry: RegistryEntry, remove: Removed): RegistryEntry {
  if ((entry.noun !== 'device' && entry.noun !== 'gateway') || entry.secretHash !== undefined) return entry;
  const before = entry.noun === 'device' ? registry.device(entry.id) : registry.gateway(entry.id);
  if (before?.secretHash === undefined) return entry;
  const replaced = remove.some(({ noun, key }) => noun === entry.noun && key === entry.id);
  return replaced ? entry : { ...entry, secretHash: before.secretHash };
}
