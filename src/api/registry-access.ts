import { covers } from '../model/paths.ts';
import type { Noun, RegistryEntry } from '../model/registry.ts';
import type { RegistryView } from '../ports/service.ts';
import { isCovered, isEverywhere } from './access.ts';

/**
 * Where an entry has its place in the tree: the nodes on which a right must be held to change it. Undefined when what
 * it belongs to does not exist. A member of staff stands on every node of his roles.
 */
export function placesOfEntry(
  entry: RegistryEntry,
  homePath: (home: string) => string | undefined,
): readonly string[] | undefined {
  switch (entry.noun) {
    case 'node':
      return [entry.path];
    case 'home':
      return [`${entry.parent}/${entry.id}`];
    case 'gateway':
      return [entry.parent];
    case 'staff':
      return entry.roles.map(({ node }) => node);
    case 'resident':
    case 'contact':
    case 'device': {
      const path = homePath(entry.home);
      return path === undefined ? undefined : [path];
    }
  }
}

/** May it be changed with rights on these nodes? All its places must be covered; what has none belongs to everybody. */
export const mayChange = (nodes: readonly string[], places: readonly string[]): boolean =>
  isEverywhere(nodes) || (places.length > 0 && places.every((place) => isCovered(nodes, place)));

/** Staff who are responsible for what the caller sees are seen by him too, though their node lies above. */
export const maySee = (visible: readonly string[], noun: Noun, places: readonly string[]): boolean =>
  isEverywhere(visible) ||
  places.some(
    (place) => isCovered(visible, place) || (noun === 'staff' && visible.some((node) => covers(place, node))),
  );

export function* entriesOf(registry: RegistryView, noun: Noun): Iterable<RegistryEntry> {
  switch (noun) {
    case 'node':
      return yield* registry.nodes();
    case 'home':
      return yield* registry.homes();
    case 'device':
      return yield* registry.allDevices();
    case 'gateway':
      return yield* registry.gateways();
    case 'staff':
      return yield* registry.staff();
    case 'resident':
      for (const { id } of registry.homes()) yield* registry.residents(id);
      return;
    case 'contact':
      for (const { id } of registry.homes()) yield* registry.contacts(id);
  }
}
