import { sameValue } from '../lib/same-value.ts';
import { entryKey, type Noun, type RegistryEntry } from './registry.ts';

/** The fields of an entry that a change is about; null: all of them, as of one that was not there. */
export type EntryFields = readonly string[] | null;

type Entries = { entry(noun: Noun, key: string): RegistryEntry | undefined };
type Fields = Readonly<Record<string, unknown>>;

/** In which fields the one says something else than the other. */
export function changedFields(before: RegistryEntry, after: RegistryEntry): string[] {
  const [was, is] = [before, after] as unknown as Fields[];
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...all].filter((field) => !sameValue(was?.[field], is?.[field]));
}

/** What each of these would change of what stands there now. */
export const fieldsOver = (registry: Entries, put: readonly RegistryEntry[]): EntryFields[] =>
  put.map((entry) => {
    const now = registry.entry(entry.noun, entryKey(entry));
    return now ? changedFields(now, entry) : null;
  });

/**
 * The entries as they are to be put now: what a change is not about stays as people have made it since the change was
 * decided on. Without this a list that was compared with the registry a moment ago would end absences, or begin them anew.
 */
export function asByNow(
  registry: Entries,
  put: readonly RegistryEntry[],
  about: readonly EntryFields[] | undefined,
): readonly RegistryEntry[] {
  if (!about) return put;
  return put.map((entry, i) => {
    const fields = about[i];
    const now = fields && registry.entry(entry.noun, entryKey(entry));
    return fields && now ? withFields(now, entry, fields) : entry;
  });
}

/** What stands there, with these fields as the other says them. */
export function withFields(
  now: RegistryEntry,
  entry: RegistryEntry,
  fields: readonly string[],
): RegistryEntry {
  const [before, said] = [now, entry] as unknown as Fields[];
  const merged: Record<string, unknown> = { ...before };
  for (const field of fields) {
    const value = said?.[field];
    if (value === undefined) delete merged[field];
    else merged[field] = value;
  }
  return merged as unknown as RegistryEntry;
}
