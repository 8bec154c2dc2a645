import type { StreamEvent } from '../ports/records.ts';
import { NOTES, type NotesSight } from './notes-sight.ts';

/** The text of an event is made once for all its readers, and once for those who are not shown its notes. */
const encoded = new WeakMap<StreamEvent, string>();
const encodedWithoutNotes = new WeakMap<StreamEvent, string>();

export function encode(event: StreamEvent, { seesNotes }: { readonly seesNotes: NotesSight }): string {
  const isCut = event.type === 'registry' && hasNotes(event) && !seesNotes(event.path);
  const texts = isCut ? encodedWithoutNotes : encoded;
  const known = texts.get(event);
  if (known !== undefined) return known;
  const hidden = isCut ? [...HIDDEN, ...NOTES] : HIDDEN;
  const text = frame(
    event.type,
    event.id,
    event.type === 'registry' ? without(hidden, event.data) : event.data,
  );
  texts.set(event, text);
  return text;
}

export const frame = (type: string, id: number, data: string): string =>
  `id: ${id}\nevent: ${type}\ndata: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;

const hasNotes = ({ data }: StreamEvent): boolean => NOTES.some((note) => data.includes(note));

/** The hash of its secret, and where a device was before: who lives there is nobody of whom its readers hear. */
const HIDDEN = ['secretHash', 'homesBefore'] as const;

/** A registry entry leaves without what is in no answer either, and without notes that are not for its reader. */
function without(fields: readonly string[], data: string): string {
  if (!fields.some((field) => data.includes(field))) return data;
  return JSON.stringify(JSON.parse(data), (key, value: unknown) =>
    fields.includes(key) ? undefined : value,
  );
}
