import type { Column } from './csv-table.ts';
import type { Fields } from './registry-draft.ts';
import { show } from './schema-words.ts';

/** Somebody of a home, as the first row that names them has them. */
export interface PersonSeen {
  readonly line: number;
  readonly said: Fields;
}

/** The columns in which what is said of a person stands. */
const PEOPLE_COLUMNS: Readonly<Record<'resident' | 'contact', Readonly<Record<string, Column>>>> = {
  resident: { phone: 'phone', birthYear: 'birth_year', medicalNote: 'medical_note' },
  contact: { relation: 'relation', phone: 'contact_phone' },
};

/** Where a later row says of somebody what the first does not: to leave out is no word. */
export function contradictions(
  column: 'resident' | 'contact',
  name: string,
  { line, said: first }: PersonSeen,
  now: Fields,
): readonly string[] {
  return Object.entries(now).flatMap(([field, value]) => {
    const before = first[field];
    if (value === undefined || value === before) return [];
    const had = before === undefined ? 'none' : show(String(before));
    const where = PEOPLE_COLUMNS[column][field];
    return [`${where}: found ${show(String(value))}, but ${column} ${show(name)} has ${had} in line ${line}`];
  });
}
