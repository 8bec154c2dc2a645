import type { RegistryEntry } from '../model/registry.ts';
import type { StreamEvent } from '../ports/records.ts';
import { type NotesSight, withoutAddress, withoutNotes } from './notes-sight.ts';

/** The text of an event is made once for all its readers, and once for those who are not shown all of it. */
const encoded = new WeakMap<StreamEvent, string>();
const encodedCut = new WeakMap<StreamEvent, string>();

export function encode(event: StreamEvent, { seesNotes }: { readonly seesNotes: NotesSight }): string {
  const isCut = holdsMore(event) && !seesNotes(event.path);
  const texts = isCut ? encodedCut : encoded;
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = frame(event.type, event.id, dataOf(event, isCut));
  texts.set(event, text);
  return text;
}

export const frame = (type: string, id: number, data: string): string =>
  `id: ${id}\nevent: ${type}\ndata: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;

/** How one gets in, what ails somebody, and by what number people are called: not for whoever only reads. */
const holdsMore = ({ type, data }: StreamEvent): boolean =>
  type === 'notice' || (type === 'registry' && MORE.some((field) => data.includes(field)));
const MORE = ['"entryNote"', '"medicalNote"', '"phone"', '"channels"'] as const;

/** The hash of its secret, and where a device was before: who lives there is nobody of whom its readers hear. */
const HIDDEN = ['secretHash', 'homesBefore'] as const;

function dataOf({ type, data }: StreamEvent, isCut: boolean): string {
  if (type === 'notice') return isCut ? noticeWithoutAddress(data) : data;
  if (type !== 'registry') return data;
  return without(HIDDEN, isCut ? entryWithoutNotes(data) : data);
}

function entryWithoutNotes(data: string): string {
  const said = JSON.parse(data) as { entry?: RegistryEntry };
  return said.entry ? JSON.stringify({ ...said, entry: withoutNotes(said.entry) }) : data;
}

function noticeWithoutAddress(data: string): string {
  const said = JSON.parse(data);
  return JSON.stringify(
    'notice' in said ? { ...said, notice: withoutAddress(said.notice) } : withoutAddress(said),
  );
}

/** A registry entry leaves without what is in no answer either, and without what is not for its reader. */
function without(fields: readonly string[], data: string): string {
  if (!fields.some((field) => data.includes(field))) return data;
  return JSON.stringify(JSON.parse(data), (key, value: unknown) =>
    fields.includes(key) ? undefined : value,
  );
}
