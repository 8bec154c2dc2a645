import type { Registry } from './registry.ts';

/** The area of a home: the building above it, or the node that it stands in. */
export function areaOfHome(registry: Registry, home: string): string {
  const parent = registry.home(home)?.parent ?? '';
  const building = registry.lineage(parent).findLast(({ level }) => level === 'building');
  return building?.path ?? parent;
}
