import { areaOfHome } from './area-of-home.ts';
import type { Registry } from './registry.ts';

/**
 * How many homes stand in each group that may have one cause in common: every area, and every unit of one that has
 * several. Ascending.
 */
export function groupSizes(registry: Registry): number[] {
  const areas = new Map<string, Map<string, number>>();
  for (const { id, parent } of registry.homes()) {
    const path = areaOfHome(registry, id);
    const units = areas.get(path) ?? new Map<string, number>();
    units.set(parent, (units.get(parent) ?? 0) + 1);
    areas.set(path, units);
  }
  const sizes: number[] = [];
  for (const units of areas.values()) {
    const here = [...units.values()];
    sizes.push(here.reduce((sum, homes) => sum + homes, 0));
    if (here.length > 1) sizes.push(...here);
  }
  return sizes.sort((a, b) => a - b);
}
