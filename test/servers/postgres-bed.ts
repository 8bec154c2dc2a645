import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresOptions } from '../../src/store/postgres/client.ts';
import type { KeptRows } from '../../src/store/records/rows.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { tempFolder } from '../contracts/bed.ts';
import type { RecordsBed } from '../contracts/records.ts';
import type { Postgres } from './postgres.ts';

/** Beds of the records' exam on this server: a schema each. */
export function postgresBeds(server: Postgres, database: () => string, kept: KeptRows): RecordsBed {
  const root = tempFolder('postgres-bed');
  const files = join(root, 'backup');
  mkdirSync(files);
  const backupFile = join(files, 'store.db');
  const used: string[] = [];
  const nextPartition = (): string => {
    const name = `p${++partitions}`;
    used.push(name);
    return name;
  };
  const bed = (partition: string, prepare?: () => Promise<void>): RecordsBed => ({
    store() {
      const store = postgresRecords({ ...optionsOf(partition), kept });
      if (prepare) {
        const open = store.open.bind(store);
        store.open = () => prepare().then(open);
      }
      return store;
    },
    async afterCrash() {
      const copy = nextPartition();
      await copySchema(server, database(), `shouwang_${partition}`, `shouwang_${copy}`);
      return bed(copy);
    },
    backupFile,
    restored() {
      const fresh = nextPartition();
      return bed(fresh, async () => {
        const store = postgresRecords({ ...optionsOf(fresh), kept });
        await store.open();
        await store.load(backupFile, { replace: false });
        await store.close();
      });
    },
    async dispose() {
      rmSync(root, { recursive: true, force: true });
      for (const name of used)
        await server.query(`drop schema if exists shouwang_${name} cascade`, database());
    },
  });
  const optionsOf = (partition: string): PostgresOptions => ({ ...server.optionsFor(database()), partition });
  return bed(nextPartition());
}

let partitions = 0;

/**
 * What a crash would leave: what another connection sees now, since only what is on the server's disk is seen. That it
 * is truly there is put to the proof by killing servers (records-postgres-away.test.ts).
 */
async function copySchema(server: Postgres, database: string, from: string, to: string): Promise<void> {
  const tables = await server.query(
    `select table_name as name from information_schema.tables where table_schema = '${from}'`,
    database,
  );
  const statements = tables.map(
    ({ name }) =>
      `create table ${to}.${String(name)} (like ${from}.${String(name)} including all);
       insert into ${to}.${String(name)} select * from ${from}.${String(name)};`,
  );
  await server.query(
    `begin isolation level repeatable read; create schema ${to}; ${statements.join('\n')} commit;`,
    database,
  );
}
