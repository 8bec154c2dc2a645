import type { Failure } from '../model/errors.ts';
import { entryKey, type RegistryEntry } from '../model/registry.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import type { Core } from './core.ts';

/**
 * Cases that are not over: of a home or gateway all, somebody still has to do with it; of a device those about the person in
 * its home. Its readings are erased with it, and whoever goes there reads them; a mute meter may go, for all its technical case.
 */
function openCasesOf(core: Core, { noun, key }: RegistryKey): string[] {
  if (noun !== 'home' && noun !== 'gateway' && noun !== 'device') return [];
  const subject = core.subject(noun === 'device' ? (core.registry.device(key)?.home ?? '') : key);
  return (subject?.book?.cases ?? [])
    .filter((open) => noun !== 'device' || open.case.kind === 'safety')
    .map((open) => open.case.id);
}

/** A fall waits for its wearer: in half a minute it is a case, or nothing. */
function waitsInHome(core: Core, { noun, key }: RegistryKey): boolean {
  const home = noun === 'home' ? core.subjects.get(key) : undefined;
  return home !== undefined && core.engine.hasWaiting(home);
}

const isNamed = (entry: RegistryEntry, { noun, key }: RegistryKey): boolean =>
  entry.noun === noun && entryKey(entry) === key;

/** The first of these whose removal would leave a case without what it is about. What is put again by the same change stays. */
export function openCaseAgainst(
  core: Core,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
): Failure | undefined {
  // A home that goes with all that is in it speaks for its devices.
  const homesFirst = [...remove].sort((a, b) => Number(a.noun === 'device') - Number(b.noun === 'device'));
  for (const gone of homesFirst) {
    if (put.some((entry) => entry.noun === 'device' && isNamed(entry, gone))) continue;
    const openCases = openCasesOf(core, gone);
    if (openCases.length > 0 || waitsInHome(core, gone))
      return { code: 'REGISTRY_OPEN_CASE', details: { ...gone, openCases } };
  }
  return undefined;
}

/**
 * What hinders a removal, with the cases that would hinder it as well: whoever takes one obstacle away after the other
 * must not find the last, for which he has to wait, when the readings of the devices are erased.
 */
export function withOpenCasesOf(core: Core, failure: Failure): Failure {
  const { code, details } = failure;
  if (code !== 'REGISTRY_IN_USE' || !details) return failure;
  const openCases = openCasesOf(core, details as unknown as RegistryKey);
  return openCases.length === 0 ? failure : { code, details: { ...details, openCases } };
}
