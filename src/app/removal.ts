import type { Failure } from '../model/errors.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import type { Core } from './core.ts';

/** Cases that are not over, of a home or gateway: somebody still has to do with it. */
const openCasesOf = (core: Core, { noun, key }: RegistryKey): string[] =>
  noun === 'home' || noun === 'gateway'
    ? (core.subject(key)?.book?.cases ?? []).map((open) => open.case.id)
    : [];

/** The first of these whose removal would leave a case without the home that it is about. */
export function openCaseAgainst(core: Core, remove: readonly RegistryKey[]): Failure | undefined {
  for (const gone of remove) {
    const openCases = openCasesOf(core, gone);
    if (openCases.length > 0) return { code: 'REGISTRY_OPEN_CASE', details: { ...gone, openCases } };
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
