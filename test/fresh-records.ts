import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { migrateRecords, SQLITE_COLUMNS } from '../src/store/records/migrations.ts';
import type { RecordTables } from '../src/store/records/schema.ts';
import { nodeSqliteDialect } from '../src/store/sqlite/dialect.ts';
import { Turn } from '../src/store/sqlite/turn.ts';

/**
 * The records of a service that never started: all tables, no row. Making them took a fifth of a start in a test; that is
 * done once a worker. The tests of the records themselves (`test/contracts`) begin without a file in the slow suite, as a first
 * start does.
 */
let tables: Promise<Uint8Array> | undefined;

/** Puts the file of records with its tables where there is none yet. */
export async function layTables(file: string): Promise<void> {
  tables ??= makeTables();
  const bytes = await tables;
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

async function makeTables(): Promise<Uint8Array> {
  const dir = mkdtempSync(join(tmpdir(), 'shouwang-tables-'));
  const file = join(dir, 'records.db');
  const db = new DatabaseSync(file);
  const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, new Turn()) });
  await migrateRecords(kysely, SQLITE_COLUMNS);
  await kysely.destroy();
  db.close();
  const bytes = readFileSync(file);
  rmSync(dir, { recursive: true });
  return bytes;
}
