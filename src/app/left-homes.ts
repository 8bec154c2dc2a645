import { LEFT_HOMES, type LeftHome, type LeftHomes, leftHomesIn } from '../model/left-home.ts';
import type { Device, RegistryEntry } from '../model/registry.ts';
import type { RecordStore } from '../ports/records.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import type { Core } from './core.ts';

/** Where the devices are by now that this change removes, and does not put again. */
export function leavingWith(
  { registry, now }: Core,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
): ReadonlyMap<string, LeftHome> {
  const leaving = new Map<string, LeftHome>();
  for (const { noun, key } of remove) {
    const device = noun === 'device' ? registry.device(key) : undefined;
    if (!device || put.some((entry) => entry.noun === 'device' && entry.id === key)) continue;
    const goesToo = remove.some((gone) => gone.noun === 'home' && gone.key === device.home);
    const { homeSince: since } = device;
    leaving.set(key, {
      home: goesToo ? '' : device.home,
      at: now,
      ...(since === undefined || goesToo ? {} : { since }),
    });
  }
  return leaving;
}

/** A device that is enrolled again: what it measured in another home before it left the registry was measured of somebody else. */
export function enrolledAgain({ leftHomes, now }: Core, device: Device): Device {
  const left = leftHomes.of(device.id);
  if (!left) return device;
  if (left.home !== device.home) return { ...device, homeSince: now };
  return left.since === undefined ? device : { ...device, homeSince: left.since };
}

/** What the records know of it; what is not kept any more goes from there in the night. */
export async function loadLeftHomes(
  records: Pick<RecordStore, 'metaUnder'>,
  now: number,
): Promise<LeftHomes> {
  const homes = leftHomesIn(await records.metaUnder(LEFT_HOMES));
  homes.overAt(now);
  return homes;
}
