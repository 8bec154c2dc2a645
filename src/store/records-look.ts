import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { dataFiles } from './data-files.ts';
import { clientConfig } from './postgres/client.ts';
import { MOVED, postgresOptions, type RecordsPlace } from './records.ts';

/** What stands in records that no service has open. */
export interface StoredRecords {
  /** Names of the steps by which the tables came to be what they are. */
  readonly migrations: readonly string[];
  /** Where they went, if they were moved away. */
  readonly movedTo: string | undefined;
  /** By key; as far as it was asked for and is there. */
  readonly meta: ReadonlyMap<string, string>;
  /** Nodes and staff of the registry, as JSON. */
  readonly people: readonly string[];
  /** Homes of the registry and their contacts, as JSON. */
  readonly homes: readonly string[];
  /** Devices of the registry, as JSON. */
  readonly devices: readonly string[];
}

type Rows = (sql: string) => Promise<Record<string, unknown>[]>;

/**
 * Looks into the records beside a service that does not run: nothing is taken over, locked or brought up to date.
 * @returns undefined where there are none yet
 * @throws what SQLite or the server says
 */
export async function lookAtRecords(
  place: RecordsPlace,
  metaKeys: readonly string[],
): Promise<StoredRecords | undefined> {
  return place.store.records === 'sqlite' ? inFile(place, metaKeys) : onServer(place, metaKeys);
}

async function inFile({ dataDir }: RecordsPlace, metaKeys: readonly string[]) {
  const file = dataFiles(dataDir).records;
  if (!existsSync(file)) return undefined;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return await read(async (sql) => db.prepare(sql).all(), metaKeys);
  } finally {
    db.close();
  }
}

async function onServer({ store }: RecordsPlace, metaKeys: readonly string[]) {
  const client = new Client(clientConfig(postgresOptions(store.postgres)));
  // Said by the query that it breaks.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await read(async (sql) => (await client.query(sql)).rows, metaKeys);
    return found.migrations.length === 0 ? undefined : found;
  } finally {
    await client.end();
  }
}

async function read(ask: Rows, metaKeys: readonly string[]): Promise<StoredRecords> {
  /** Tables of another version may lack it: what the steps say tells that. */
  const columns = async (sql: string, name: string): Promise<string[]> =>
    (await ask(sql).catch(tolerateMissing)).map((row) => String(row[name]));
  const keys = [MOVED, ...metaKeys].map((key) => `'${key}'`).join(', ');
  const rows = await ask(`SELECT key, value FROM meta WHERE key IN (${keys})`).catch(tolerateMissing);
  const meta = new Map(rows.map(({ key, value }) => [String(key), String(value)]));
  return {
    migrations: await columns('SELECT name FROM kysely_migration ORDER BY name', 'name'),
    movedTo: meta.get(MOVED),
    meta,
    people: await columns(`SELECT doc FROM registry WHERE noun IN ('node', 'staff')`, 'doc'),
    homes: await columns(`SELECT doc FROM registry WHERE noun IN ('home', 'contact')`, 'doc'),
    devices: await columns(`SELECT doc FROM registry WHERE noun = 'device'`, 'doc'),
  };
}

/** SQLite's words, and PostgreSQL's codes for a relation and a column that are not there. */
function tolerateMissing(error: unknown): never[] {
  const { code, message } = error as { code?: string; message: string };
  if (code === '42P01' || code === '42703' || /^no such (table|column)/.test(message)) return [];
  throw error;
}
