import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { Kysely, type RawBuilder, sql } from 'kysely';
import { rowsText } from '../postgres/rows-text.ts';
import { nodeSqliteDialect } from '../sqlite/dialect.ts';
import { openSqliteFile } from '../sqlite/file.ts';
import { Turn } from '../sqlite/turn.ts';
import { migrateRecords, SQLITE_COLUMNS } from './migrations.ts';
import { ensureOwner, ONLY_PARTITION } from './owner.ts';
import { findLastSeq } from './recovery.ts';
import type { RecordTables } from './schema.ts';

/**
 * The records from one engine to another, row by row: how a backup leaves PostgreSQL and how it comes back, and how an
 * installation moves.
 */

type Db = Kysely<RecordTables>;
type Table = Exclude<keyof RecordTables, 'owner'>;

/** What each table is paged by. The owner's row is not copied: every store has its own. */
const KEYS: { readonly [T in Table]: readonly (keyof RecordTables[T] & string)[] } = {
  meta: ['key'],
  journal: ['first_seq'],
  subjects: ['subject'],
  checkpoint: ['id'],
  alerts: ['id'],
  cases: ['number'],
  case_entries: ['case_id', 'n'],
  photos: ['id'],
  notices: ['id'],
  rejections: ['id'],
  rejection_counts: ['reason'],
  registry: ['noun', 'key'],
  events: ['id'],
  users: ['id'],
  sessions: ['token_hash'],
  idempotency: ['key'],
  visits: ['home', 'at', 'by_name', 'kind'],
};
const TABLES = Object.keys(KEYS) as Table[];
const ROWS_PER_PAGE = 500;
/**
 * Rows of these tables may be large: a photo has a million bytes, a batch that enrolled a district some dozens of millions. All
 * of a page stands in memory several times, beside a service that runs, and in one text, of which half a gigabyte is the
 * end; so their pages end where so much is in them.
 */
const LARGE: ReadonlySet<Table> = new Set(['photos', 'journal']);
const BYTES_PER_PAGE = 16_000_000;

/** Rows copied, by table, and the last input that is among them. */
export interface CopiedRecords {
  readonly rows: Readonly<Record<string, number>>;
  readonly lastSeq: number;
}

/** Told now and then how many rows are copied, of how many. */
export type RowsTold = (copied: number, of: number) => void;

/** Into a SQLite database that does not exist yet, out of a transaction that sees one instant. */
export async function copyToSqlite(from: Db, file: string, told?: RowsTold): Promise<CopiedRecords> {
  const { db, kysely, close } = await openSqlite(file);
  try {
    const copied = await kysely.transaction().execute(() => copyTables(from, inserterInto(db), told));
    setNumbers(db, await from.selectFrom('owner').selectAll().executeTakeFirstOrThrow());
    return { rows: copied, lastSeq: await findLastSeq(from) };
  } finally {
    await close();
  }
}

/** Out of a SQLite database into the empty tables of PostgreSQL, in the transaction that is given. */
export async function copyFromSqlite(file: string, to: Db, told?: RowsTold): Promise<CopiedRecords> {
  const { db, kysely, close } = await openSqlite(file);
  try {
    const rows = await copyTables(kysely, (table, page) => insertAsJson(to, table, page), told);
    await to.updateTable('owner').set(numbersOf(db)).execute();
    return { rows, lastSeq: await findLastSeq(kysely) };
  } finally {
    await close();
  }
}

/** What stands in a SQLite database. */
export async function countSqlite(file: string): Promise<CopiedRecords> {
  const { kysely, close } = await openSqlite(file);
  try {
    return { rows: await countTables(kysely), lastSeq: await findLastSeq(kysely) };
  } finally {
    await close();
  }
}

/** Empties every table of PostgreSQL but the owner's row, at once: to delete the rows of years takes longer than an answer may. */
export async function emptyTables(db: Db): Promise<void> {
  await sql`truncate ${sql.join(TABLES.map((table) => sql.table(table)))}`.execute(db);
}

/** Whether nothing was ever stored here. */
export async function isEmpty(db: Db): Promise<boolean> {
  for (const table of TABLES) {
    const found = await db.selectFrom(table).select(sql<number>`1`.as('one')).limit(1).executeTakeFirst();
    if (found) return false;
  }
  return true;
}

async function countTables(db: Db): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const table of TABLES) {
    const counted = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    rows[table] = Number(counted.count);
  }
  return rows;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

async function copyTables(
  from: Db,
  write: (table: Table, rows: readonly object[]) => Promise<void>,
  told?: RowsTold,
): Promise<Record<string, number>> {
  const all = told ? sum(await countTables(from)) : 0;
  const copied: Record<string, number> = {};
  for (const table of TABLES) {
    copied[table] = 0;
    for await (const rows of pagesOf(from, table)) {
      await write(table, rows);
      copied[table] += rows.length;
      told?.(sum(copied), all);
    }
  }
  return copied;
}

async function* pagesOf(db: Db, table: Table): AsyncGenerator<Record<string, unknown>[]> {
  const keys = KEYS[table] as readonly string[];
  const order = sql.join(keys.map((key) => sql.ref(key)));
  for (let after: unknown[] | undefined; ; ) {
    const rest = after ? sql`where (${order}) > (${sql.join(after)})` : sql``;
    const most = LARGE.has(table) ? await rowsThatFit(db, table, rest, order) : ROWS_PER_PAGE;
    const { rows } = await sql<
      Record<string, unknown>
    >`select * from ${sql.table(table)} ${rest} order by ${order}
      limit ${sql.lit(most)}`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = keys.map((key) => last[key]);
  }
}

/** How many of the next rows go together; one at least, however large it is. */
async function rowsThatFit(
  db: Db,
  table: Table,
  rest: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql<{ size: number }>`select length(bytes) as size from ${sql.table(table)} ${rest}
    order by ${order} limit ${sql.lit(ROWS_PER_PAGE)}`.execute(db);
  let bytes = 0;
  for (const [index, { size }] of rows.entries()) {
    bytes += size;
    if (bytes > BYTES_PER_PAGE) return Math.max(1, index);
  }
  return ROWS_PER_PAGE;
}

/** Row by row, on the connection itself: a statement of five hundred rows is made for longer than they are written. */
function inserterInto(db: DatabaseSync): (table: Table, rows: readonly object[]) => Promise<void> {
  const prepared = new Map<Table, StatementSync>();
  const insertOf = (table: Table, columns: readonly string[]): StatementSync => {
    const names = columns.map((column) => `"${column}"`).join(', ');
    return db.prepare(`insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`);
  };
  return async (table, rows) => {
    const insert = prepared.get(table) ?? insertOf(table, Object.keys(rows[0] ?? {}));
    prepared.set(table, insert);
    for (const row of rows) insert.run(...(Object.values(row) as SQLInputValue[]));
  };
}

async function insertAsJson(to: Db, table: Table, rows: readonly object[]): Promise<void> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(table)} (${columns}) select ${columns}
    from json_populate_recordset(null::${sql.table(table)}, ${rowsText(rows)}::json)`.execute(to);
}

async function openSqlite(file: string): Promise<{ db: DatabaseSync; kysely: Db; close(): Promise<void> }> {
  const opened = openSqliteFile(file);
  const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(opened.db, new Turn()) });
  const close = async (): Promise<void> => {
    await kysely.destroy();
    opened.close();
  };
  try {
    await migrateRecords(kysely, SQLITE_COLUMNS);
    await ensureOwner(kysely, ONLY_PARTITION);
    return { db: opened.db, kysely, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** SQLite counts by itself; what it gave last stands in a table of its own, by the table that is counted. */
const COUNTED = { cases: 'last_case', events: 'last_event', rejections: 'last_rejection' } as const;

type Numbers = Pick<RecordTables['owner'], (typeof COUNTED)[keyof typeof COUNTED]>;

function numbersOf(db: DatabaseSync): Numbers {
  const numbers = { last_case: 0, last_event: 0, last_rejection: 0 };
  const find = db.prepare('select seq from sqlite_sequence where name = ?');
  for (const [table, column] of Object.entries(COUNTED))
    numbers[column] = (find.get(table) as { seq: number } | undefined)?.seq ?? 0;
  return numbers;
}

/** What it counted itself while rows were copied may be higher, and then stands. */
function setNumbers(db: DatabaseSync, numbers: Numbers): void {
  const before = numbersOf(db);
  const remove = db.prepare('delete from sqlite_sequence where name = ?');
  const add = db.prepare('insert into sqlite_sequence (name, seq) values (?, ?)');
  for (const [table, column] of Object.entries(COUNTED)) {
    remove.run(table);
    add.run(table, Math.max(before[column], numbers[column]));
  }
}
