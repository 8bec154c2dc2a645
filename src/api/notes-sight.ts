import type { Home, RegistryEntry, Resident } from '../model/registry.ts';
import { isCovered, nodesWith, type RoleOnNode } from './access.ts';

/**
 * How one gets into a home, and what ails who lives there, is for those who may come to its door. Who only reads learns
 * that there is such a note, and not what it says.
 */
export const NOTES = ['entryNote', 'medicalNote'] as const;
type Note = (typeof NOTES)[number];

/** Whether notes of what stands at a path are shown to whoever has these roles. */
export type NotesSight = (path: string) => boolean;

export function notesSight(roles: readonly RoleOnNode[]): NotesSight {
  const nodes = nodesWith(roles, 'responder');
  return (path) => isCovered(nodes, path);
}

/** A home and its people as they may be shown; `withheld` names the notes that were left out, absent where there are none. */
export function asSeen(
  home: Home,
  residents: readonly Resident[],
  shown: boolean,
): { home: Home; residents: readonly Resident[]; withheld?: readonly Note[] } {
  const withheld: Note[] = [];
  if (!shown && home.entryNote) withheld.push('entryNote');
  if (!shown && residents.some(({ medicalNote }) => medicalNote)) withheld.push('medicalNote');
  if (withheld.length === 0) return { home, residents };
  return { home: withoutNotes(home), residents: residents.map(withoutNotes), withheld };
}

export function withoutNotes<T extends RegistryEntry>(entry: T): T {
  if (!NOTES.some((note) => note in entry)) return entry;
  const left: Partial<Record<Note, unknown>> & T = { ...entry };
  for (const note of NOTES) delete left[note];
  return left;
}
