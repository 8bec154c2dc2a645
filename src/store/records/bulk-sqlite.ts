import type { DatabaseSync } from 'node:sqlite';
import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { SubjectRow } from '../../ports/records.ts';

/**
 * What a start reads as a whole: half a million entries, 100,000 states. Row by row that took longer than all the rest
 * of a start, so SQLite puts many documents into one text, which is parsed in one go.
 */
const ENTRIES_PER_TEXT = 2_000;
const SUBJECTS_PER_PAGE = 1_000;

const NOUNS: Readonly<Record<Noun, true>> = {
  contact: true,
  device: true,
  gateway: true,
  home: true,
  node: true,
  resident: true,
  staff: true,
};

/** All entries of the registry, by noun and key. */
export function readRegistry(db: DatabaseSync): RegistryEntry[] {
  const entries: RegistryEntry[] = [];
  const texts = db.prepare(
    `select group_concat(doc, ',') as docs, max(key) as last
       from (select key, doc from registry where noun = ? and key > ? order by key limit ${ENTRIES_PER_TEXT})`,
  );
  for (const noun of Object.keys(NOUNS)) {
    for (let after = ''; ; ) {
      const { docs, last } = texts.get(noun, after) as { docs: string | null; last: string | null };
      if (docs === null || last === null) break;
      for (const entry of JSON.parse(`[${docs}]`) as RegistryEntry[]) entries.push(entry);
      after = last;
    }
  }
  return entries;
}

/** All stored states, by subject. Other work may come in between two pages. */
export async function* eachSubject(db: DatabaseSync): AsyncGenerator<SubjectRow[]> {
  const page = db.prepare(
    `select subject, seq, state, due from subjects where subject > ? order by subject limit ${SUBJECTS_PER_PAGE}`,
  );
  for (let after = ''; ; ) {
    const rows = page.all(after) as { subject: string; seq: number; state: string; due: number | null }[];
    if (rows.length > 0) yield rows.map(({ due, ...row }) => ({ ...row, due: due ?? undefined }));
    if (rows.length < SUBJECTS_PER_PAGE) return;
    after = rows.at(-1)?.subject as string;
  }
}
