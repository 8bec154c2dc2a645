import type { Insertable, Kysely } from 'kysely';
import type { VisitKey, VisitLine } from '../../model/visit.ts';
import type { Page, PageRequest, VisitFilter } from '../../ports/records.ts';
import { covered, decodeCursor, pageOf } from './paging.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

export const visitRow = (line: VisitLine): Insertable<RecordTables['visits']> => ({
  home: line.home,
  at: line.at,
  by_name: line.by,
  kind: line.kind,
  version: line.withdrawn ? 2 : 1,
  path: line.path,
  doc: JSON.stringify(line),
});

/** Newest first. */
export async function listVisits(db: Db, filter: VisitFilter, page: PageRequest): Promise<Page<VisitLine>> {
  const after = decodeCursor(page.cursor, 'visits', [0, '', '', '']);
  let query = db.selectFrom('visits').select(['at', 'home', 'by_name', 'kind', 'doc']);
  query = query.where((eb) => covered(eb, 'path', filter.paths));
  for (const column of ['home', 'kind'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('at', '<', filter.to);
  if (after)
    query = query.where((eb) => eb(eb.refTuple('at', 'home', 'by_name', 'kind'), '<', eb.tuple(...after)));
  const rows = await query
    .orderBy('at', 'desc')
    .orderBy('home', 'desc')
    .orderBy('by_name', 'desc')
    .orderBy('kind', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    rows,
    page.limit,
    'visits',
    (row) => [row.at, row.home, row.by_name, row.kind],
    (row) => JSON.parse(row.doc) as VisitLine,
  );
}

/** Keys that are looked up at once: an engine takes so many values in one question, and not many more. */
const KEYS_AT_ONCE = 200;

export async function findVisits(db: Db, keys: readonly VisitKey[]): Promise<VisitLine[]> {
  const found: VisitLine[] = [];
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const part = keys.slice(from, from + KEYS_AT_ONCE);
    const rows = await db
      .selectFrom('visits')
      .select('doc')
      .where((eb) =>
        eb(
          eb.refTuple('home', 'at', 'by_name', 'kind'),
          'in',
          part.map(({ home, at, by, kind }) => eb.tuple(home, at, by, kind)),
        ),
      )
      .execute();
    for (const { doc } of rows) found.push(JSON.parse(doc) as VisitLine);
  }
  return found;
}
