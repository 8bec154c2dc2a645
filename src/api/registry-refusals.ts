import { entryKey, type Noun, type RegistryEntry } from '../model/registry.ts';
import { type Refusal, refuse, refuseAt } from './problem.ts';

/** The address says which entry this is, and the entry says it again: they must say the same. */
export function notAsAddressed(
  entry: RegistryEntry,
  { noun, key }: { readonly noun: Noun; readonly key: string },
): Refusal | undefined {
  const ofKey = entry.noun === 'node' ? 'path' : 'id';
  const wrong = entry.noun !== noun ? 'noun' : entryKey(entry) !== key ? ofKey : undefined;
  if (wrong === undefined) return undefined;
  const [addressed, said] = wrong === 'noun' ? [noun, entry.noun] : [key, entryKey(entry)];
  return refuseAt(
    'body',
    { pointer: `/${wrong}`, code: 'custom' },
    {
      zh: `${wrong} 与地址不一致：地址中为 "${addressed}"，正文中为 "${said}"`,
      en: `${wrong} is not that of the address: there it is "${addressed}", in the body "${said}"`,
    },
  );
}

/** Where the caller may not see it, it is as if it were not. */
export function parentMissing(entry: RegistryEntry): Refusal {
  const key = entryKey(entry);
  if ('home' in entry)
    return refuse('REGISTRY_PARENT_MISSING', {
      noun: entry.noun,
      key,
      parent: { noun: 'home', key: entry.home },
    });
  const node =
    entry.noun === 'staff' ? undefined : entry.noun === 'node' ? parentOf(entry.path) : entry.parent;
  return refuse('REGISTRY_PARENT_MISSING', {
    noun: entry.noun,
    key,
    ...(node ? { parent: { noun: 'node', key: node } } : {}),
  });
}

const parentOf = (path: string): string => path.split('/').slice(0, -1).join('/');
