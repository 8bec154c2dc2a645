import { type Contact, entryKey, type Noun, type RegistryEntry } from '../model/registry.ts';

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

export const inCallingOrder = (a: Contact, b: Contact): number => a.order - b.order || byId(a, b);

/** A new list with the entry in its place, cut to length: spread and pushed to, it would have room for nineteen. */
export function withEntry<T>(list: readonly T[], entry: T, order: (a: T, b: T) => number): readonly T[] {
  const last = list.at(-1);
  const longer = list.concat([entry]);
  return last === undefined || order(last, entry) < 0 ? longer : longer.sort(order);
}

export function grouped(entries: readonly RegistryEntry[]): Map<Noun, RegistryEntry[]> {
  const groups = new Map<Noun, RegistryEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.noun);
    if (group) group.push(entry);
    else groups.set(entry.noun, [entry]);
  }
  // Above before below, also among the nodes themselves.
  groups.get('node')?.sort((a, b) => entryKey(a).length - entryKey(b).length);
  return groups;
}
