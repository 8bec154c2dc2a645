import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Compilable, type CompiledQuery, Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../src/model/notice.ts';
import { countOpen, listCases } from '../../src/store/records/findings.ts';
import { HOME_OF_PERSON, IS_PERSON } from '../../src/store/records/migrations.ts';
import { dueNotices, earliestNotice, findByProvider, listNotices } from '../../src/store/records/notices.ts';
import { retainRecords } from '../../src/store/records/retain.ts';
import type { RecordTables } from '../../src/store/records/schema.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { DEFAULT_RETENTION } from '../../src/store/retention.ts';
import { nodeSqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { Turn } from '../../src/store/sqlite/turn.ts';
import { layTables } from '../fresh-records.ts';
import { atLength, SLOW } from '../runs.ts';
import { fileBed, tempFolder } from './bed.ts';
import {
  aCase,
  alertEffect,
  aNotice,
  anAlert,
  anEntry,
  Committer,
  caseEffect,
  FIRST_PAGE,
  noticeEffect,
  T0,
} from './fixtures.ts';
import { recordsContract } from './records.ts';

const OWNERS = ['owner_account', 'owner_staff', 'assigned_account', 'assigned_staff'];

recordsContract('SQLite', async (kept) => {
  const bed = fileBed((file) => sqliteRecords({ file, kept }));
  // In the slow suite the store makes its tables itself; in the fast one that was a quarter of the work.
  if (!SLOW) await layTables(join(dirname(bed.backupFile), '../store.db'));
  return bed;
});

type Db = Kysely<RecordTables>;

/** Somebody who sees one grid. */
const GRID = { paths: ['hai/g1'] };
const KEPT_FOR = DEFAULT_RETENTION.records;

/** Pages that this adds to the write-ahead log of a file which nobody carries over. */
async function pagesOf(file: string, work: () => Promise<unknown>): Promise<number> {
  const bytes = (): number => statSync(`${file}-wal`).size;
  const before = bytes();
  await work();
  return (bytes() - before) / (4096 + 24);
}

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
      const store = sqliteRecords({ file: ${JSON.stringify(file)} });
      await store.open();
      // Held on to: a store that nobody refers to is collected, and its lock with it.
      console.log('open'); setInterval(() => store, 1000);`;
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
      caseEffect(aCase({ id: 'h3.c1', dueAt: T0 + 2, outcomeNote: 'on the\u0000 way \ud83d, "dueAt":1,' })),
      caseEffect(aCase({ id: 'h4.c1', dueAt: T0 + 1 })),
    ]);
    await store.close();
    const db = new DatabaseSync(file);
    db.exec(`drop table owner; drop table photos; drop table visits; alter table cases drop column assigned;
      ${OWNERS.map((column) => `alter table cases drop column ${column};`).join('')} alter table events drop column accounts;
      drop index notices_provider; alter table notices drop column provider_id; drop index registry_people;
      drop index cases_status; alter table cases drop column due_at;
      create index cases_status on cases (status, priority, opened_at, number);
      drop index notices_path; create index cases_urgency on cases (priority, opened_at, number);
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
    // Due dates stood in the documents alone.
    const open = await store.cases({ paths: [''], status: ['open'] }, { limit: 9 });
    expect(open.items.map(({ id }) => id)).toEqual(['h4.c1', 'h3.c1']);
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

  it('finds the most urgent of what waits without reading all of it, and what is due next', async () => {
    const file = join(dir, 'records.db');
    const store = sqliteRecords({ file });
    await store.open();
    await store.close();
    const db = new DatabaseSync(file);
    const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, new Turn()) });
    const plan = (ask: Compilable): string => {
      const { sql, parameters } = ask.compile();
      const steps = db.prepare(`explain query plan ${sql}`).all(...(parameters as number[]));
      return steps.map(({ detail }) => detail).join('; ');
    };
    const found = plan(dueNotices(kysely, T0, 10));
    expect(
      found.match(/SEARCH notices USING INDEX notices_due \(priority=\? AND next_attempt_at<\?\)/g),
    ).toHaveLength(4);
    expect(found).not.toContain('SCAN notices');
    const next = plan(earliestNotice(kysely));
    expect(next.match(/SEARCH notices USING COVERING INDEX notices_due \(priority=\?/g)).toHaveLength(4);
    await kysely.destroy();
    db.close();
  });

  it('takes few pages for an alert, and for what became of its notices no index of cases', async () => {
    const file = join(dir, 'records.db');
    const store = sqliteRecords({ file, archived: true });
    await store.open();
    const committer = new Committer(store);
    const told = ['wecom', 'sms'].map((channel, i) => aNotice({ id: `h1.c1.n${i}`, channel }));
    const raised = [alertEffect(anAlert()), caseEffect(aCase(), [anEntry(1)]), ...told.map(noticeEffect)];
    expect(await pagesOf(file, () => committer.commit(raised))).toBeLessThanOrEqual(21);
    const accepted = told.map((notice): Notice => ({ ...notice, state: 'accepted', acceptedAt: T0 }));
    expect(await pagesOf(file, () => store.saveNotices(accepted))).toBeLessThanOrEqual(5);
    const became = told.map((_, i) =>
      caseEffect(aCase({ version: 2 + i, entries: 2 + i }), [anEntry(2 + i)]),
    );
    expect(await pagesOf(file, () => committer.commit(became))).toBeLessThanOrEqual(6);
    expect(await store.case('h1.c1')).toMatchObject({ version: 3, entries: 3 });
    await store.close();
  });

  it.each([
    ['the work list', (db: Db) => listCases(db, GRID, FIRST_PAGE), ['cases_status (status=?)']],
    [
      'the cases of a home',
      (db: Db) => listCases(db, { ...GRID, home: 'h1', status: ['struck-off'] }, FIRST_PAGE),
      ['cases_home (home=?)'],
    ],
    [
      'the ledger',
      (db: Db) => listCases(db, { ...GRID, status: ['resolved', 'struck-off'], order: 'newest' }, FIRST_PAGE),
      ['cases_newest'],
    ],
    ['notices of a grid', (db: Db) => listNotices(db, GRID, FIRST_PAGE), ['notices_newest']],
    [
      'a receipt',
      (db: Db) => findByProvider(db, 'sms', 'p1'),
      ['notices_provider (provider_id=? AND channel=?)'],
    ],
    [
      'what a grid counts',
      (db: Db) => countOpen(db, GRID.paths),
      ['cases_status (status=?)', 'alerts_cleared', 'notices_path'],
    ],
    [
      'what may go',
      (db: Db) => retainRecords(db, KEPT_FOR, T0, async () => {}),
      ['cases_resolved (resolved_at<?)'],
    ],
  ])('looks for %s by an index, and not through years of cases', async (_what, ask, indexes) => {
    const file = join(dir, 'records.db');
    await layTables(file);
    const db = new DatabaseSync(file);
    const asked: CompiledQuery[] = [];
    const dialect = nodeSqliteDialect(db, new Turn());
    const kysely: Db = new Kysely({ dialect, log: ({ query }) => void asked.push(query) });
    await ask(kysely);
    const plans = asked.flatMap(({ sql, parameters }) =>
      db.prepare(`explain query plan ${sql}`).all(...(parameters as string[])),
    );
    const details = plans.map(({ detail }) => String(detail));
    for (const index of indexes) expect(details.join('\n')).toContain(`INDEX ${index}`);
    // A page of the newest ends when it is full; everything else that goes through all of them never does.
    const scans = details.filter((detail) => /^SCAN (cases|notices|alerts)/.test(detail));
    expect(scans.filter((scan) => !scan.endsWith('_newest'))).toEqual([]);
    await kysely.destroy();
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
