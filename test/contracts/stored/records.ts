import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { type ColumnTypes, migrateRecords } from '../../../src/store/records/migrations.ts';
import type { RecordTables } from '../../../src/store/records/schema.ts';

/** What a version left on disk when it was killed: see make.ts. */
export interface StoredRecords {
  /** Where it kept them; SQLite if absent. */
  readonly engine?: 'sqlite' | 'postgres';
  /** The migrations that it knew. */
  readonly steps: readonly string[];
  /** Numbers that SQLite gave last, by table. */
  readonly counted: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

/** The last migration that a version knew. */
export const lastStep = ({ steps }: StoredRecords): string => steps.at(-1) ?? '';

type Named = readonly [name: string, stored: StoredRecords];

/** By the last migration of each version, oldest first. */
const ALL: readonly Named[] = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => [
    name.replace('.json', ''),
    JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as StoredRecords,
  ]);

export const STORED = ALL.filter(([, { engine = 'sqlite' }]) => engine === 'sqlite');
export const STORED_IN_POSTGRES = ALL.filter(([, { engine }]) => engine === 'postgres');

/** Puts it into an empty database, in the tables of that version. */
export async function restoreStored(
  db: Kysely<RecordTables>,
  stored: StoredRecords,
  types: ColumnTypes,
  schema?: string,
): Promise<void> {
  for (const step of stored.steps)
    await migrateRecords(db, types, { upTo: step, ...(schema === undefined ? {} : { schema }) });
  for (const [table, rows] of Object.entries(stored.tables)) {
    for (const row of rows) {
      const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)));
      const values = sql.join(Object.values(row).map((value) => sql.val(asBytes(value))));
      await sql`insert into ${sql.table(table)} (${columns}) values (${values})`.execute(db);
    }
  }
}

const asBytes = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'base64' in value
    ? Buffer.from(String(value.base64), 'base64')
    : value;

/** SQLite goes on counting from here, whatever was deleted meanwhile. */
export function setCounted(file: string, { counted }: StoredRecords): void {
  const db = new DatabaseSync(file);
  for (const [table, seq] of Object.entries(counted))
    db.prepare('update sqlite_sequence set seq = ? where name = ?').run(seq, table);
  db.close();
}

/** Every table with its columns: what a fresh store and one that was brought up to date must have in common. */
export async function shapeOf(db: Kysely<RecordTables>, schema?: string): Promise<Record<string, unknown>> {
  const tables = await db.introspection.getTables();
  const own = tables.filter((table) => schema === undefined || table.schema === schema);
  return Object.fromEntries(
    own
      .map(({ name, columns }): [string, unknown] => [
        name,
        columns
          .map(({ name: column, dataType, isNullable }) => `${column} ${dataType}${isNullable ? '?' : ''}`)
          .sort(),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
