import type { Notice } from '../model/notice.ts';
import type { Contact, Home, RegistryEntry, Resident } from '../model/registry.ts';
import { isCovered, nodesWith, type RoleOnNode } from './access.ts';

/**
 * How one gets into a home, what ails who lives there, and by what number they and theirs are called is for those who may come to
 * its door. Who only reads learns that there is such a thing, and not what it says.
 */
export const NOTES = ['entryNote', 'medicalNote', 'phone'] as const;
type Note = (typeof NOTES)[number];

/** Whether notes of what stands at a path are shown to whoever has these roles. */
export type NotesSight = (path: string) => boolean;

export function notesSight(roles: readonly RoleOnNode[]): NotesSight {
  const nodes = nodesWith(roles, 'responder');
  return (path) => isCovered(nodes, path);
}

/** A home and its people as they may be shown; `withheld` names what was left out, absent where there is nothing. */
export function asSeen(
  home: Home,
  residents: readonly Resident[],
  contacts: readonly Contact[],
  shown: boolean,
): {
  home: Home;
  residents: readonly Resident[];
  contacts: readonly Contact[];
  withheld?: readonly Note[];
} {
  if (shown) return { home, residents, contacts };
  const withheld: Note[] = [];
  if (home.entryNote) withheld.push('entryNote');
  if (residents.some(({ medicalNote }) => medicalNote)) withheld.push('medicalNote');
  if ([...residents, ...contacts].some(({ phone, channels }) => phone || channels?.length))
    withheld.push('phone');
  return {
    home: withoutNotes(home),
    residents: residents.map(withoutNotes),
    contacts: contacts.map(withoutNotes),
    ...(withheld.length > 0 ? { withheld } : {}),
  };
}

/**
 * What is left out of an entry of this noun. The telephone of a node is that of the community, and of staff whom to call in an
 * emergency: these are for everybody.
 */
const HIDDEN: Partial<Record<RegistryEntry['noun'], readonly string[]>> = {
  home: ['entryNote'],
  resident: ['medicalNote', 'phone', 'channels'],
  contact: ['phone', 'channels'],
  staff: ['channels'],
};

export function withoutNotes<T extends RegistryEntry>(entry: T): T {
  const hidden = HIDDEN[entry.noun]?.filter((field) => field in entry) ?? [];
  if (hidden.length === 0) return entry;
  const left = Object.fromEntries(Object.entries(entry).filter(([field]) => !hidden.includes(field))) as T;
  const isList = entry.noun === 'contact' || entry.noun === 'staff';
  return isList ? { ...left, channels: [] } : left;
}

/** A notice without the number or address to which it went. That of a browser is the account, and says nothing new. */
export const withoutAddress = (notice: Notice): Notice =>
  notice.address === '' ? notice : { ...notice, address: '' };
