import { type Column, columnOf, REGISTRY_TABLE } from './csv-table.ts';
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
  heading: (column: Column) => string = (of) => of,
): readonly string[] {
  return Object.entries(now).flatMap(([field, value]) => {
    const before = first[field];
    if (value === undefined || value === before) return [];
    const had = before === undefined ? 'none' : show(String(before));
    const where = PEOPLE_COLUMNS[column][field];
    return [
      `${where && heading(where)}: found ${show(String(value))}, but ${column} ${show(name)} has ${had} in line ${line}`,
    ];
  });
}

/** So a list of residents heads their telephone, and a list of families theirs. */
const SOMEBODYS_PHONE = '联系电话';

/**
 * The headings, with whose telephone 联系电话 is: of the person who is named before it. Read as a contact's where no contact
 * stands in the list, the telephones of all residents would be lost without a word.
 */
export function withWhosePhone(titles: readonly string[]): readonly string[] {
  const columns = titles.map((title) => columnOf(title, REGISTRY_TABLE));
  if (columns.includes('phone')) return titles;
  const place = titles.findIndex((title) => title.trim() === SOMEBODYS_PHONE);
  const named = columns
    .slice(0, Math.max(0, place))
    .findLast((one) => one === 'resident' || one === 'contact');
  return named === 'resident' ? titles.with(place, 'phone') : titles;
}

/** What is wrong with a long number that a spreadsheet has not kept as text. */
export const ROUNDED_BY_SHEET =
  'which a spreadsheet has rounded: format its column as text and enter the number anew';

/** A telephone number as somebody can dial it, or what is wrong with it. */
export function readPhone(text: string): { readonly phone: string } | { readonly wrong: string } {
  const phone = text
    .normalize('NFKC')
    .replace(/^'/, '')
    .replace(/^(\d{7,})\.0+$/, '$1')
    .trim();
  if (/^\d+(?:\.\d+)?e\+?\d+$/i.test(phone)) return { wrong: ROUNDED_BY_SHEET };
  if (!/\d/.test(phone)) return { wrong: 'expected a telephone number, or nothing' };
  return { phone };
}
