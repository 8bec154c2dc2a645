import type { Kysely } from 'kysely';
import type { RegistryEntry } from '../../model/registry.ts';
import type { SubjectRow } from '../../ports/records.ts';
import type { RecordTables } from './schema.ts';

/** What a start reads as a whole, a page at a time; for SQLite, where a page costs no round trip, see bulk-sqlite.ts. */

type Db = Kysely<RecordTables>;

const ENTRIES_PER_PAGE = 10_000;
const SUBJECTS_PER_PAGE = 1_000;

/** All entries of the registry, by noun and key. */
export async function readRegistryPages(db: Db): Promise<RegistryEntry[]> {
  const entries: RegistryEntry[] = [];
  for (let after: readonly [string, string] = ['', '']; ; ) {
    const rows = await db
      .selectFrom('registry')
      .selectAll()
      .where((eb) => eb(eb.refTuple('noun', 'key'), '>', eb.tuple(...after)))
      .orderBy('noun')
      .orderBy('key')
      .limit(ENTRIES_PER_PAGE)
      .execute();
    for (const entry of JSON.parse(`[${rows.map(({ doc }) => doc).join()}]`) as RegistryEntry[])
      entries.push(entry);
    const last = rows.at(-1);
    if (!last || rows.length < ENTRIES_PER_PAGE) return entries;
    after = [last.noun, last.key];
  }
}

/** All stored states, by subject. */
export async function* eachSubjectPage(db: Db): AsyncGenerator<SubjectRow[]> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('subjects')
      .selectAll()
      .where('subject', '>', after)
      .orderBy('subject')
      .limit(SUBJECTS_PER_PAGE)
      .execute();
    if (rows.length > 0) yield rows.map(({ due, ...row }) => ({ ...row, due: due ?? undefined }));
    if (rows.length < SUBJECTS_PER_PAGE) return;
    after = rows.at(-1)?.subject as string;
  }
}
