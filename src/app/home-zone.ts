import type { Registry } from '../registry/registry.ts';

/** A time zone, and the revision of the registry that says so. */
export interface ZoneAsOf {
  readonly timeZone: string;
  readonly revision: number;
}

const answers = new WeakMap<Registry, Map<string, ZoneAsOf>>();

/** The time zone at a path, for those who ask often: one answer for all in the zone, good until the revision changes. */
export function zoneAsOf(registry: Registry, path: string): ZoneAsOf {
  const zones = answers.get(registry) ?? new Map<string, ZoneAsOf>();
  answers.set(registry, zones);
  const timeZone = registry.timeZone(path);
  let zone = zones.get(timeZone);
  if (zone?.revision !== registry.revision) {
    zone = { timeZone, revision: registry.revision };
    zones.set(timeZone, zone);
  }
  return zone;
}
