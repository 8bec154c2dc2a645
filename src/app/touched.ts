import { areaPath } from '../model/paths.ts';
import type { Core } from './core.ts';
import type { Subject } from './subject.ts';

/**
 * Homes behind the gateways that are stored with a change, for whatever reason, and in the areas that are. Whether a device
 * is silent depends on its gateway: a gateway is never stored as of a later input than the homes behind it, or a replay
 * would judge those by a gateway from their future. The same holds for an area and all who stand in it.
 *
 * A home that has not changed since it was stored is not stored again, for behind one gateway there may be a city: see
 * `seenWithGroups`.
 */
export function homesAround(core: Core, stored: readonly string[]): Set<string> {
  const all = new Set<string>();
  for (const id of stored) {
    const group = core.groups.get(id);
    if (group) for (const home of homesOf(core, group)) all.add(home);
  }
  return all;
}

/** The homes that are judged by this gateway or area. */
function* homesOf({ registry }: Core, { gateway, area, id }: Subject): Generator<string, undefined> {
  if (area) yield* registry.homesUnder(areaPath(id) ?? '');
  if (gateway)
    for (const behind of registry.behind(id)) {
      const home = registry.device(behind)?.home;
      if (home !== undefined) yield home;
    }
  return undefined;
}

/**
 * After a start: where a gateway or area was stored with a change, the homes that were not stored with it had not changed
 * since they were. They have seen all that came before it, and no replay judges them by what it became.
 */
export function seenWithGroups(core: Core): void {
  for (const group of core.groups.values())
    for (const home of homesOf(core, group)) {
      const subject = core.subjects.get(home);
      if (subject && subject.savedSeq < group.savedSeq) subject.savedSeq = group.savedSeq;
    }
}

/** The areas in which these homes stand now. */
export function areasOf(core: Core, homes: readonly string[]): string[] {
  return homes.flatMap((id) => core.subjects.get(id)?.areaSubject?.id ?? []);
}
