import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateRecords, recordMigrations, SQLITE_COLUMNS } from '../../src/store/records/migrations.ts';
import type { RecordTables } from '../../src/store/records/schema.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { nodeSqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { Turn } from '../../src/store/sqlite/turn.ts';
import { someOf } from '../runs.ts';
import { tempFolder } from './bed.ts';
import { lastStep, restoreStored, STORED, setCounted, shapeOf } from './stored/records.ts';
import { expectAllThere, expectServiceGoesOn } from './stored/upgraded.ts';

/** Through all steps, and through none but the last; the slow suite has those in between. */
const UPGRADED = someOf(STORED, STORED.length);

describe('records in SQLite that an earlier version left', () => {
  let dir: string;
  beforeEach(() => {
    dir = tempFolder('upgrade');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function withTables<T>(file: string, work: (db: Kysely<RecordTables>) => Promise<T>): Promise<T> {
    mkdirSync(dirname(file), { recursive: true });
    const db = new DatabaseSync(file);
    const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, new Turn()) });
    try {
      return await work(kysely);
    } finally {
      await kysely.destroy();
      db.close();
    }
  }

  it.each(UPGRADED)('at %s are all there, and a service goes on with them', async (_step, stored) => {
    const file = join(dir, 'data', 'records.db');
    await withTables(file, (db) => restoreStored(db, stored, SQLITE_COLUMNS));
    setCounted(file, stored);
    await expectServiceGoesOn(dir, stored, {});
    const copy = join(dir, 'copy.db');
    await withTables(copy, (db) => restoreStored(db, stored, SQLITE_COLUMNS));
    setCounted(copy, stored);
    const store = sqliteRecords({ file: copy });
    await store.open();
    await expectAllThere(store, stored);
    await store.close();
  });

  it.each(someOf(Object.keys(recordMigrations(SQLITE_COLUMNS)), 4))(
    'at %s get the tables of a fresh store',
    async (step) => {
      const upgraded = await withTables(join(dir, 'old.db'), async (db) => {
        await migrateRecords(db, SQLITE_COLUMNS, { upTo: step });
        await migrateRecords(db, SQLITE_COLUMNS);
        return shapeOf(db);
      });
      const fresh = await withTables(join(dir, 'new.db'), async (db) => {
        await migrateRecords(db, SQLITE_COLUMNS);
        return shapeOf(db);
      });
      expect(upgraded).toEqual(fresh);
    },
  );

  it('are brought up to date with a word for each step, and fresh ones without any', async () => {
    const file = join(dir, 'old.db');
    const said: unknown[] = [];
    const logger = { warn: (what: object) => void said.push(what) };
    const [upTo, next, last] = Object.keys(recordMigrations(SQLITE_COLUMNS)).slice(-3);
    await withTables(file, (db) => migrateRecords(db, SQLITE_COLUMNS, { upTo: upTo as string }));
    for (const name of [file, join(dir, 'fresh.db')]) {
      const store = sqliteRecords({ file: name, logger });
      await store.open();
      await store.close();
    }
    expect(said).toEqual([
      { step: next, number: 1, of: 2 },
      { step: last, number: 2, of: 2 },
    ]);
  });

  it('are refused by a version that is older than they are', async () => {
    const file = join(dir, 'later.db');
    await withTables(file, async (db) => {
      await migrateRecords(db, SQLITE_COLUMNS);
      const later = { name: '9999-later', timestamp: new Date(0).toISOString() };
      await db
        .insertInto('kysely_migration' as never)
        .values(later as never)
        .execute();
    });
    await expect(sqliteRecords({ file }).open()).rejects.toThrow(
      /a newer version wrote these records \(9999-later\)/,
    );
  });

  it('have been left by every version that made a step, but for the one that is being made', () => {
    const steps = Object.keys(recordMigrations(SQLITE_COLUMNS));
    const known = [...new Set(STORED.map(([, stored]) => lastStep(stored)))];
    expect(known).toEqual(steps.slice(0, known.length));
    expect(known.length).toBeGreaterThanOrEqual(steps.length - 1);
  });
});
