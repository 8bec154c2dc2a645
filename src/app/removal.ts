import { isAtWork } from '../cases/case-book.ts';
import { LEFT, type Leaves } from '../model/device-left.ts';
import type { Failure } from '../model/errors.ts';
import { type Device, entryKey, type RegistryEntry } from '../model/registry.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import { noteCallsHeldBack } from './call-without-rule.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import { type Outcome, settle } from './settle.ts';

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

/** How a device leaves where it is, by the entry that is put for it; undefined: it stays. Another model is another device under the old id. */
function leaves(device: RuntimeDevice, { home, disabled, model }: Device): Leaves | undefined {
  if (home !== device.subject.id) return 'moved';
  if (disabled) return 'disabled';
  return model === device.model ? undefined : 'model';
}

/** Cases that are being attended to, in which stands what this device told of its resident. */
function casesOfOwn({ subject, slots }: RuntimeDevice): string[] {
  const own = slots.flatMap(({ open }) =>
    open?.draft.about === 'person' && !open.draft.shadow ? [open.draft.id] : [],
  );
  if (own.length === 0) return [];
  const atWork = (subject.book?.cases ?? []).filter(isAtWork);
  return atWork.filter((one) => one.case.alerts.some((id) => own.includes(id))).map((one) => one.case.id);
}

/**
 * The first device that would be moved or disabled while somebody may be in need by what it said: its alert would end, and
 * what it says next of the same need would stand with others, or with nobody.
 */
export function openCallAgainst(core: Core, put: readonly RegistryEntry[]): Failure | undefined {
  for (const entry of put) {
    const device = entry.noun === 'device' ? core.devices.get(entry.id) : undefined;
    if (!device || entry.noun !== 'device') continue;
    const how = leaves(device, entry);
    const openCases = how === undefined || how === 'model' ? [] : casesOfOwn(device);
    if (openCases.length > 0)
      return { code: 'REGISTRY_OPEN_CALL', details: { noun: 'device', key: entry.id, openCases } };
  }
  return undefined;
}

/** What is open about a device that leaves its home ends with it, and says what became of the device. */
export function closeLeaving(
  core: Core,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
  out: Outcome,
): void {
  for (const { noun, key } of remove) {
    const device = noun === 'device' ? core.devices.get(key) : undefined;
    if (device) close(core, device, {}, out);
  }
  for (const entry of put) {
    const device = entry.noun === 'device' ? core.devices.get(entry.id) : undefined;
    if (!device || entry.noun !== 'device') continue;
    const how = leaves(device, entry);
    if (how === undefined) continue;
    const to = how === 'moved' ? core.registry.spot(entry.home) : { zh: entry.model, en: entry.model };
    close(core, device, { [LEFT.how]: how, [LEFT.toZh]: to.zh, [LEFT.toEn]: to.en }, out);
  }
}

function close(
  core: Core,
  device: RuntimeDevice,
  left: Readonly<Record<string, string>>,
  out: Outcome,
): void {
  const changes = core.engine.remove(device.subject, device, core.now).map((change) => {
    if (change.draft.clearReason !== 'removed') return change;
    const { evidence } = change.draft;
    return {
      ...change,
      draft: { ...change.draft, evidence: { ...evidence, values: { ...evidence.values, ...left } } },
    };
  });
  noteCallsHeldBack(core, out, false);
  settle(core, device.subject, changes, out);
}

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
