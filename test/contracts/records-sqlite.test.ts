import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOME_OF_PERSON, IS_PERSON } from '../../src/store/records/migrations.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { layTables } from '../fresh-records.ts';
import { atLength, SLOW } from '../runs.ts';
import { fileBed, tempFolder } from './bed.ts';
import { aCase, Committer, caseEffect, T0 } from './fixtures.ts';
import { recordsContract } from './records.ts';

const OWNERS = ['owner_account', 'owner_staff', 'assigned_account', 'assigned_staff'];

recordsContract('SQLite', async (kept) => {
  const bed = fileBed((file) => sqliteRecords({ file, kept }));
  // In the slow suite the store makes its tables itself; in the fast one that was a quarter of the work.
  if (!SLOW) await layTables(join(dirname(bed.backupFile), '../store.db'));
  return bed;
});

describe('the file of the records', () => {
  let dir: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    dir = tempFolder('lock');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  it('belongs to whoever has opened it, until that closes it', async () => {
    const file = join(dir, 'records.db');
    const [one, other] = [sqliteRecords({ file }), sqliteRecords({ file })];
    await one.open();
    await expect(other.open()).rejects.toThrow(StoreLocked);
    await expect(other.open()).rejects.toThrow(/already running/);
    await one.close();
    await other.open();
    await other.close();
  });

  atLength('belongs to one process until that ends, however it ends', async () => {
    const file = join(dir, 'records.db');
    const module = new URL('../../src/store/records-sqlite.ts', import.meta.url).href;
    const script = `const { sqliteRecords } = await import(${JSON.stringify(module)});
      await sqliteRecords({ file: ${JSON.stringify(file)} }).open();
      console.log('open'); setInterval(() => {}, 1000);`;
    child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const store = sqliteRecords({ file });
    await expect(store.open()).rejects.toThrow(StoreLocked);
    await expect(store.open()).rejects.toThrow(/already running/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await store.open();
    await expect(sqliteRecords({ file }).open()).rejects.toThrow(StoreLocked);
    await store.close();
  });

  it('of a later version is refused, for what that has put there would be lost', async () => {
    const file = join(dir, 'records.db');
    const store = sqliteRecords({ file });
    await store.open();
    await store.close();
    const db = new DatabaseSync(file);
    db.prepare('insert into kysely_migration (name, timestamp) values (?, ?)').run(
      '9999-later',
      '2099-01-01',
    );
    db.close();
    await expect(sqliteRecords({ file }).open()).rejects.toThrow('9999-later');
  });

  it('of an earlier version is brought up to date: what was resolved then is over', async () => {
    const file = join(dir, 'records.db');
    const store = sqliteRecords({ file });
    await store.open();
    await new Committer(store).commit([
      caseEffect(
        aCase({
          id: 'h1.c1',
          status: 'resolved',
          resolvedAt: T0,
          title: { zh: '"status":"resolved"', en: '' },
        }),
      ),
      caseEffect(aCase({ id: 'h2.c1', status: 'acknowledged', acknowledgedBy: '周敏' })),
    ]);
    await store.close();
    const db = new DatabaseSync(file);
    db.exec(`drop table owner; drop table photos; drop table visits; alter table cases drop column assigned;
      ${OWNERS.map((column) => `alter table cases drop column ${column};`).join('')} alter table events drop column accounts;
      drop index notices_provider; alter table notices drop column provider_id; drop index registry_people;
      delete from kysely_migration where name >= '0004'`);
    db.close();
    await store.open();
    expect(await store.case('h1.c1')).toMatchObject({
      status: 'struck-off',
      resolvedAt: T0,
      title: { zh: '"status":"resolved"' },
    });
    expect((await store.cases({ paths: [''], owner: '周敏' }, { limit: 9 })).items).toMatchObject([
      { id: 'h2.c1', status: 'acknowledged' },
    ]);
    await store.close();
  });

  it('finds the people of one home without looking through those of all', async () => {
    const file = join(dir, 'records.db');
    const store = sqliteRecords({ file });
    await store.open();
    await store.close();
    const db = new DatabaseSync(file);
    const [plan] = db
      .prepare(`explain query plan select doc from registry where ${IS_PERSON} and ${HOME_OF_PERSON} = ?`)
      .all('h1');
    expect(plan?.['detail']).toContain('SEARCH registry USING INDEX registry_people');
    db.close();
  });

  it('says so when it is not open', async () => {
    const store = sqliteRecords({ file: join(dir, 'records.db') });
    await expect((async () => store.users())()).rejects.toThrow(/not open/);
    await store.open();
    await expect(store.open()).rejects.toThrow(/open already/);
    await store.close();
    await store.close();
  });
});
