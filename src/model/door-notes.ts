import type { Visitor } from './registry.ts';

/** What the records keep of one person beside the registry: their personal link, and what they asked for over it. It goes with them. */
export const DOOR_NOTES = ['home-link', 'home-requests'] as const;
export type DoorNote = (typeof DOOR_NOTES)[number];

/** The key of `meta` under which it stands. */
export const doorNote = (what: DoorNote, { kind, id }: Visitor): string => `${what}.${kind}.${id}`;

/** All such keys of an entry of the registry; none where it is no person of a home. */
export const doorNotesOf = (noun: string, id: string): string[] =>
  noun === 'contact' || noun === 'resident'
    ? DOOR_NOTES.map((what) => doorNote(what, { kind: noun, id }))
    : [];

/** Whose it is; undefined: it is none. */
export function ownerOfNote(key: string): Visitor | undefined {
  const found = /^home-(?:link|requests)\.(contact|resident)\.(.+)$/s.exec(key);
  return found ? { kind: found[1] as Visitor['kind'], id: found[2] as string } : undefined;
}
