import { parentPath } from '../model/paths.ts';
import type { Registry } from './registry.ts';

/** The area of a home: the building above it, or the node that it stands in. */
export function areaOfHome(registry: Registry, home: string): string {
  const parent = registry.home(home)?.parent ?? '';
  for (let path = parent; path !== ''; path = parentPath(path))
    if (registry.node(path)?.level === 'building') return path;
  return parent;
}
