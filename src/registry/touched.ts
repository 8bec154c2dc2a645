import { sameValue } from '../lib/same-value.ts';
import { entryKey, type RegistryEntry, type Staff } from '../model/registry.ts';
import { Draft, type RegistryKey } from './change-check.ts';
import type { Registry } from './registry.ts';

/**
 * Homes and gateways that a change touches, each once, in order. An entry that stays as it is touches nobody. A changed
 * node touches all below it, and a change of who is told (roles or channels of staff) all homes and gateways that the
 * member covers: what the engine decided before the change must never be decided again by what came after it.
 */
export function touchedBy(
  registry: Registry,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
): string[] {
  const touched = new Set<string>();
  for (const entry of put) {
    const before = registry.entry(entry.noun, entryKey(entry));
    if (before !== undefined && sameEntry(before, entry)) continue;
    if (before !== undefined) touch(registry, before, touched, entry);
    touch(registry, entry, touched, before);
  }
  const after = remove.length > 0 ? new Draft(registry, put, remove) : undefined;
  for (const { noun, key } of remove) {
    const before = registry.entry(noun, key);
    if (before !== undefined && after?.entry(noun, key) === undefined)
      touch(registry, before, touched, undefined);
  }
  return [...touched].sort();
}

/** `other` is the same entry on the other side of the change, if there is one. */
function touch(
  registry: Registry,
  entry: RegistryEntry,
  touched: Set<string>,
  other: RegistryEntry | undefined,
): void {
  switch (entry.noun) {
    case 'node':
      touchUnder(registry, entry.path, touched);
      break;
    case 'home':
      touched.add(entry.id);
      break;
    case 'resident':
    case 'contact':
      touched.add(entry.home);
      break;
    case 'device':
      touched.add(entry.home);
      if (entry.gateway !== undefined) touched.add(entry.gateway);
      break;
    case 'gateway':
      touched.add(entry.id);
      for (const device of registry.dependents('gateway', entry.id))
        if (device.noun === 'device') touched.add(device.home);
      break;
    case 'staff':
      if (other?.noun === 'staff' && sameReach(entry, other)) break;
      for (const { node } of entry.roles) touchUnder(registry, node, touched);
  }
}

function touchUnder(registry: Registry, path: string, touched: Set<string>): void {
  for (const id of registry.homesUnder(path)) touched.add(id);
  for (const id of registry.gatewaysUnder(path)) touched.add(id);
}

const sameReach = (a: Staff, b: Staff): boolean =>
  sameValue(a.roles, b.roles) && sameValue(a.channels, b.channels);

/** Do two entries say the same? A key that is absent and one that is undefined are the same. */
export const sameEntry = (a: RegistryEntry, b: RegistryEntry): boolean => sameValue(a, b);
