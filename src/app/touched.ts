import { areaPath } from '../model/paths.ts';
import type { Core } from './core.ts';

/**
 * Whether a device is silent depends on its gateway: a gateway is never stored as of a later input than the homes behind
 * it, or a replay would judge those by a gateway from their future.
 */
export function withHomesBehind(
  core: Core,
  areas: ReadonlySet<string>,
  touched: readonly string[],
): Iterable<string> {
  const { registry, groups } = core;
  const all = new Set(touched);
  for (const id of touched) {
    if (!groups.has(id)) continue;
    for (const behind of registry.behind(id)) {
      const home = registry.device(behind)?.home;
      if (home !== undefined) all.add(home);
    }
  }
  // The same holds for an area and all who stand in it.
  for (const id of areas) {
    all.add(id);
    for (const home of registry.homesUnder(areaPath(id) ?? '')) all.add(home);
  }
  return all;
}

/** The areas in which these homes stand now. */
export function areasOf(core: Core, homes: readonly string[]): string[] {
  return homes.flatMap((id) => core.subjects.get(id)?.areaSubject?.id ?? []);
}
