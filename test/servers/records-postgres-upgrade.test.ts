import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WAITS } from '../../src/store/postgres/blockers.ts';
import { type PostgresOptions, schemaOf } from '../../src/store/postgres/client.ts';
import type { OwnerLogger } from '../../src/store/postgres/owner.ts';
import { postgresDialect } from '../../src/store/postgres/pool.ts';
import {
  migrateRecords,
  POSTGRES_COLUMNS,
  recordMigrations,
  SQLITE_COLUMNS,
} from '../../src/store/records/migrations.ts';
import type { RecordTables } from '../../src/store/records/schema.ts';
import { moveRecords } from '../../src/store/records.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { nodeSqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { Turn } from '../../src/store/sqlite/turn.ts';
import { tempFolder } from '../contracts/bed.ts';
import { aCase, Committer, caseEffect, T0 } from '../contracts/fixtures.ts';
import {
  restoreStored,
  STORED,
  STORED_IN_POSTGRES,
  setCounted,
  shapeOf,
} from '../contracts/stored/records.ts';
import { expectAllThere, expectServiceGoesOn } from '../contracts/stored/upgraded.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)('records in PostgreSQL', () => {
  let server: Postgres;
  let dir: string;
  let options: PostgresOptions;
  beforeAll(async () => {
    server = await Postgres.start();
  }, 60_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    dir = tempFolder('upgrade-postgres');
    options = await server.database();
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function withTables<T>(
    of: PostgresOptions,
    work: (db: Kysely<RecordTables>) => Promise<T>,
  ): Promise<T> {
    const kysely = new Kysely<RecordTables>({ dialect: postgresDialect(of) });
    await server.query(
      `create schema if not exists ${schemaOf(of.partition)}`,
      new URL(of.url).pathname.slice(1),
    );
    try {
      return await work(kysely);
    } finally {
      await kysely.destroy();
    }
  }

  it.each(STORED)(
    'take over what a file of %s holds, and a service goes on with them',
    async (_step, stored) => {
      const file = join(dir, 'data', 'records.db');
      mkdirSync(dirname(file));
      const db = new DatabaseSync(file);
      const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, new Turn()) });
      await restoreStored(kysely, stored, SQLITE_COLUMNS);
      await kysely.destroy();
      db.close();
      setCounted(file, stored);
      const store = { records: 'sqlite', postgres: options } as const;
      await moveRecords({ dataDir: join(dir, 'data'), store }, 'postgres', { replace: false });
      const { url } = options;
      await expectServiceGoesOn(dir, stored, { store: { records: 'postgres', postgres: { url } } });
      const other = { ...options, partition: 'copy' };
      await moveRecords({ dataDir: join(dir, 'data'), store: { ...store, postgres: other } }, 'postgres', {
        replace: false,
      });
      const copy = postgresRecords(other);
      await copy.open();
      await expectAllThere(copy, stored);
      await copy.close();
    },
  );

  it.each(STORED_IN_POSTGRES)('at %s are all there', async (_step, stored) => {
    await withTables(options, (db) => restoreStored(db, stored, POSTGRES_COLUMNS, schemaOf('main')));
    const store = postgresRecords(options);
    await store.open();
    await expectAllThere(store, stored);
    await store.close();
  });

  it('that somebody holds are waited for, and the log says who holds them until they are free', async () => {
    const [[, stored] = []] = STORED_IN_POSTGRES;
    await withTables(options, (db) =>
      restoreStored(db, stored as NonNullable<typeof stored>, POSTGRES_COLUMNS, schemaOf('main')),
    );
    const holder = new Client({ connectionString: options.url, application_name: 'psql of an operator' });
    await holder.connect();
    await holder.query('begin; select count(*) from shouwang_main.cases');
    let said: (told: unknown) => void = () => undefined;
    const told = new Promise((resolve) => {
      said = resolve;
    });
    const warn = (what: object, words: string): void => void (words === WAITS && said(what));
    const store = postgresRecords({
      ...options,
      logger: { info: () => undefined, warn } as unknown as OwnerLogger,
    });
    let isOpen = false;
    const opening = store.open().then(() => {
      isOpen = true;
    });
    expect(await told).toMatchObject({
      heldBy: [
        {
          program: 'psql of an operator',
          user: 'postgres',
          state: 'idle in transaction',
          since: expect.stringContaining('UTC'),
        },
      ],
      waitedSeconds: expect.any(Number),
    });
    expect(isOpen).toBe(false);
    await holder.query('rollback');
    await opening;
    await store.close();
    await holder.end();
  });

  it('are refused by a version that is older than they are', async () => {
    const schema = schemaOf('main');
    await withTables(options, async (db) => {
      await migrateRecords(db, POSTGRES_COLUMNS, { schema });
      const later = { name: '9999-later', timestamp: new Date(0).toISOString() };
      await db
        .withSchema(schema)
        .insertInto('kysely_migration' as never)
        .values(later as never)
        .execute();
    });
    await expect(postgresRecords(options).open()).rejects.toThrow(/a newer version wrote .*9999-later/);
  });

  it('have the same tables from whichever step they come', async () => {
    const fresh = await withTables({ ...options, partition: 'fresh' }, async (db) => {
      await migrateRecords(db, POSTGRES_COLUMNS, { schema: schemaOf('fresh') });
      return shapeOf(db, schemaOf('fresh'));
    });
    for (const step of Object.keys(recordMigrations(POSTGRES_COLUMNS))) {
      const partition = `from_${step.slice(0, 4)}`;
      const upgraded = await withTables({ ...options, partition }, async (db) => {
        await migrateRecords(db, POSTGRES_COLUMNS, { schema: schemaOf(partition), upTo: step });
        await migrateRecords(db, POSTGRES_COLUMNS, { schema: schemaOf(partition) });
        return shapeOf(db, schemaOf(partition));
      });
      expect(upgraded).toEqual(fresh);
    }
    expect(Object.keys(fresh)).toContain('owner');
  });

  it('are brought up to date also where a case says what the engine takes for no text', async () => {
    const store = postgresRecords(options);
    await store.open();
    // A zero, as somebody's paste may hold one, and half of a sign that was cut in two.
    const outcomeNote = 'on the\u0000 way \ud83d, "dueAt":1,';
    await new Committer(store).commit([
      caseEffect(aCase({ id: 'h1.c1', dueAt: T0 + 2, outcomeNote })),
      caseEffect(aCase({ id: 'h2.c1', dueAt: T0 + 1 })),
    ]);
    await store.close();
    const database = new URL(options.url).pathname.slice(1);
    await server.query(
      `set search_path to ${schemaOf('main')}; drop index cases_status; alter table cases drop column due_at;
        create index cases_status on cases (status, priority, opened_at, number);
        delete from kysely_migration where name >= '0013'`,
      database,
    );
    await store.open();
    const open = await store.cases({ paths: [''], status: ['open'] }, { limit: 9 });
    expect(open.items.map(({ id, outcomeNote: note }) => [id, note])).toEqual([
      ['h2.c1', undefined],
      ['h1.c1', outcomeNote],
    ]);
    await store.close();
  });

  it('are brought up to date however long one step takes, though no answer may take so long in a service', async () => {
    const impatient = { ...options, statementMsMax: 2_000 };
    const store = postgresRecords(impatient);
    await store.open();
    await new Committer(store).commit([caseEffect(aCase({ id: 'h1.c1' }))]);
    await store.close();
    const database = new URL(options.url).pathname.slice(1);
    await server.query(
      `set search_path to ${schemaOf('main')}; drop index cases_status; alter table cases drop column due_at;
        create index cases_status on cases (status, priority, opened_at, number);
        delete from kysely_migration where name >= '0013';
        create function slowly() returns trigger language plpgsql as
          $$ begin perform pg_sleep(2.6); return new; end $$;
        create trigger slowly before update on cases for each row execute function slowly()`,
      database,
    );
    await store.open();
    expect((await store.cases({ paths: [''] }, { limit: 9 })).items).toHaveLength(1);
    await store.close();
  });

  it('compare every text by its bytes, whatever the database does otherwise', async () => {
    await withTables(options, (db) => migrateRecords(db, POSTGRES_COLUMNS, { schema: schemaOf('main') }));
    const others = await server.query(
      `select table_name || '.' || column_name as column from information_schema.columns
        where table_schema = 'shouwang_main' and table_name not like 'kysely%' and data_type = 'text' and collation_name <> 'C'`,
      new URL(options.url).pathname.slice(1),
    );
    expect(others).toEqual([]);
  });
});
