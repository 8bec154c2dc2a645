import { entryKey, type RegistryChange, type RegistryEntry } from '../model/registry.ts';

/** The key names an entry, and secrets are nobody's to read. */
const NOT_SHOWN = new Set(['noun', 'id', 'path', 'secretHash', 'awayLog', 'homeSince', 'homesBefore']);

/** What an entry that is put would change, field by field. */
export function changeOf(before: RegistryEntry | undefined, entry: RegistryEntry): RegistryChange {
  const { noun } = entry;
  const key = entryKey(entry);
  return before === undefined
    ? { noun, key, change: 'added', fields: fieldsOf({}, entry) }
    : { noun, key, change: 'changed', fields: fieldsOf(before, entry) };
}

function fieldsOf(before: object, after: object): RegistryChange['fields'] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].flatMap((field) => {
    const [was, is] = [old.get(field) as unknown, now.get(field) as unknown];
    if (NOT_SHOWN.has(field) || JSON.stringify(was) === JSON.stringify(is)) return [];
    return [
      { field, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) },
    ];
  });
}
