import { areaOfHome } from '../registry/area-of-home.ts';
import { Registry } from '../registry/registry.ts';

/** One of several runs through the same recording: it judges its own homes, and leaves the others to the others. */
export interface Part {
  /** Counted from 0. The first also counts what belongs to nobody. */
  readonly index: number;
  /** Everybody: who of them is judged elsewhere. */
  readonly whole: Registry;
  readonly homes: ReadonlySet<string>;
}

/**
 * Homes in as many parts of much the same number of devices as can be had. Homes that stand in one area, or behind one
 * gateway, are judged together, since whether a device is silent depends on the others. The same registry gives the
 * same parts.
 */
export function partsOf(registry: Registry, count: number): Part[] {
  const groups = [...groupsOf(registry).values()]
    .map((homes) => ({ homes, size: homes.reduce((sum, home) => sum + sizeOf(registry, home), 0) }))
    .sort((a, b) => b.size - a.size);
  const parts = Array.from({ length: Math.max(1, Math.min(count, groups.length)) }, () => ({
    homes: [] as string[],
    size: 0,
  }));
  for (const { homes, size } of groups) {
    const part = parts.reduce((least, each) => (each.size < least.size ? each : least));
    part.homes.push(...homes);
    part.size += size;
  }
  return parts.map(({ homes }, index) => ({ index, whole: registry, homes: new Set(homes) }));
}

const sizeOf = (registry: Registry, home: string): number => 1 + registry.devices(home).length;

/** Lists of homes by what holds them together: `find` follows the links of a union of sets to their one name. */
function groupsOf(registry: Registry): Map<string, string[]> {
  const links = new Map<string, string>();
  const find = (name: string): string => {
    const next = links.get(name);
    if (next === undefined || next === name) return name;
    const root = find(next);
    links.set(name, root);
    return root;
  };
  for (const { id } of registry.homes()) {
    const area = find(`area ${areaOfHome(registry, id)}`);
    for (const { gateway } of registry.devices(id))
      if (gateway !== undefined) links.set(find(`gateway ${gateway}`), area);
  }
  const groups = new Map<string, string[]>();
  for (const { id } of registry.homes()) {
    const root = find(`area ${areaOfHome(registry, id)}`);
    const group = groups.get(root);
    if (group) group.push(id);
    else groups.set(root, [id]);
  }
  return groups;
}

/** The registry as this part has to know it: all nodes and staff, but only its own homes, and the gateways of these. */
export function registryOf({ whole, homes, index }: Part): Registry {
  const isOurs = (device: string): boolean => homes.has(whole.device(device)?.home ?? '');
  return Registry.from(
    [...whole.entries()].filter((entry) => {
      switch (entry.noun) {
        case 'home':
          return homes.has(entry.id);
        case 'resident':
        case 'contact':
        case 'device':
          return homes.has(entry.home);
        case 'gateway': {
          const behind = whole.behind(entry.id);
          return behind.length === 0 ? index === 0 : behind.some(isOurs);
        }
        default:
          return true;
      }
    }),
  );
}
