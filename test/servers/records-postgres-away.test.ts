import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CommitBatch,
  type CommitResult,
  type RecordStore,
  RecordsAway,
  RecordsTaken,
  type SubjectRow,
} from '../../src/ports/records.ts';
import type { PostgresOptions } from '../../src/store/postgres/client.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { aNotice, aRejection, rejectionEffect } from '../contracts/fixtures.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';
import { batchOf, expectWhole, insist, keepCommitting } from './postgres-batches.ts';
import { TcpProxy } from './tcp-proxy.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

/** In every statement that commits a batch, and in no other: its name. */
const COMMIT = '-jou';

describe.skipIf(missing !== undefined)('records in PostgreSQL', () => {
  let server: Postgres;
  let options: PostgresOptions;
  let proxy: TcpProxy;
  const opened: RecordStore[] = [];
  beforeAll(async () => {
    server = await Postgres.start();
  }, 60_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    options = { ...(await server.database()), statementMsMax: 1_500 };
    proxy = await TcpProxy.start(server.port);
  });
  afterEach(async () => {
    proxy.mend();
    for (const store of opened.splice(0)) await store.close();
    await proxy.stop();
  });

  const throughProxy = (): PostgresOptions => {
    const url = new URL(options.url);
    url.port = String(proxy.port);
    return { ...options, url: url.href };
  };

  async function open(of: PostgresOptions, taken?: (error: Error) => void): Promise<RecordStore> {
    const store = postgresRecords({ ...of, ...(taken ? { taken } : {}) });
    await store.open();
    opened.push(store);
    return store;
  }

  const database = (): string => new URL(options.url).pathname.slice(1);
  const ask = (text: string) => server.query(text, database());

  describe('when the connection dies', () => {
    it('a commit whose answer was lost is found again and not done twice', async () => {
      const store = await open(throughProxy());
      const told = [await store.commit(batchOf(1))];
      proxy.next('cut-after', COMMIT);
      await expect(store.commit(batchOf(2))).rejects.toThrow(RecordsAway);
      expect(proxy.fated).toBe(1);
      told.push(await insist(store, batchOf(2)));
      told.push(await insist(store, batchOf(3)));
      await expectWhole(store, told);
    });

    it('a commit that never arrived is done again', async () => {
      const store = await open(throughProxy());
      proxy.next('cut-before', COMMIT);
      await expect(store.commit(batchOf(1))).rejects.toThrow(RecordsAway);
      const told = [await insist(store, batchOf(1))];
      await expectWhole(store, told);
      expect(store.trouble()).toBeUndefined();
    });

    it('another batch under numbers that are taken is refused, also after an answer that was lost', async () => {
      const store = await open(throughProxy());
      proxy.next('cut-after', COMMIT);
      await expect(store.commit(batchOf(1))).rejects.toThrow(RecordsAway);
      const other = { ...batchOf(1), lastSeq: 2 };
      await expect(insist(store, other)).rejects.toThrow(/cannot follow/);
    });

    it('everything is there once, wherever and however often it dies', async () => {
      const step = fc.constantFrom('commit', 'commit', 'cut-before', 'cut-after', 'terminate', 'notice');
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
          const own = await server.database();
          const port = `:${proxy.port}/`;
          const store = postgresRecords({ ...own, url: own.url.replace(`:${server.port}/`, port) });
          await store.open();
          const told: CommitResult[] = [];
          for (const what of steps) {
            if (what === 'cut-before' || what === 'cut-after') proxy.next(what, COMMIT);
            if (what === 'terminate') await terminate(new URL(own.url).pathname.slice(1));
            if (what === 'notice' && told.length > 0)
              await store.saveNotice(aNotice({ id: 'n1', attempts: told.length })).catch(() => undefined);
            else told.push(await insist(store, batchOf(told.length + 1)));
          }
          await expectWhole(store, told);
          await store.close();
        }),
        { numRuns: 8 },
      );
    });

    it('one that hangs is given up, and what it still held is taken back from the server', async () => {
      const store = await open(throughProxy());
      const told = [await store.commit(batchOf(1))];
      proxy.hole();
      const hanging = store.commit(batchOf(2));
      await expect(hanging).rejects.toThrow(/away/);
      expect(store.trouble()).toMatch(/away/);
      proxy.mend();
      told.push(await insist(store, batchOf(2)));
      await expectWhole(store, told);
      expect(store.trouble()).toBeUndefined();
    });

    it('reads say that the server is away, and work when it is there again', async () => {
      const store = await open(throughProxy());
      proxy.close();
      await expect(store.users()).rejects.toThrow(RecordsAway);
      await expect(store.saveMeta('x', '1')).rejects.toThrow(RecordsAway);
      proxy.mend();
      expect(await store.users()).toEqual([]);
    });
  });

  const terminate = (name: string) =>
    server.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${name}' and pid <> pg_backend_pid()`);

  describe('when the server dies', () => {
    it.each(['SIGKILL', 'SIGQUIT', 'SIGINT'] as const)(
      'by %s under load, what was acknowledged is there, once, and the rest goes on',
      async (signal) => {
        const store = await open(options);
        const load = keepCommitting(store);
        const { told } = load;
        try {
          for (let round = 1; round <= 2; round++) {
            await expect.poll(() => told.length).toBeGreaterThan(round * 20);
            await server.pause(signal);
            const known = told.length;
            await expect.poll(() => store.trouble()).toMatch(/away/);
            // One answer may have been on its way.
            expect(told.length - known).toBeLessThanOrEqual(1);
            await server.resume();
            await expect.poll(() => told.length).toBeGreaterThan(known + 5);
          }
        } finally {
          await server.resume();
          await load.end();
        }
        await expectWhole(store, told);
      },
    );
  });

  describe('when another server has taken over', () => {
    const readOnly = (isOn: boolean) =>
      server.query(
        `alter database ${database()} ${isOn ? 'set default_transaction_read_only = on' : 'reset default_transaction_read_only'}`,
      );

    /** What is set at the server is so a moment later. */
    const untilRefused = async (store: RecordStore, told: CommitResult[]): Promise<void> => {
      for (;;) told.push(await store.commit(batchOf(told.length + 1)));
    };

    /** The server as it is set meanwhile, for all who are connected. */
    const withSetting = async (name: string, value: string, act: () => Promise<void>): Promise<void> => {
      try {
        await server.query(`alter system set ${name} = '${value}'`);
        await server.query('select pg_reload_conf()');
        await act();
      } finally {
        await server.query(`alter system reset ${name}`);
        await server.query('select pg_reload_conf()');
      }
    };

    it('a replica that only reads is left again for the one that writes', async () => {
      const store = await open(options);
      const told = [await store.commit(batchOf(1))];
      // As the address leads to the replica for some moments: this session would never write again.
      await readOnly(true);
      await terminate(database());
      await expect.poll(() => store.trouble()).toMatch(/it only reads/);
      await expect(store.commit(batchOf(2))).rejects.toThrow(RecordsAway);
      await readOnly(false);
      told.push(await insist(store, batchOf(2)));
      await expectWhole(store, told);
      expect(store.trouble()).toBeUndefined();
    });

    it('one that begins to read only, as on a full disk, is used again as soon as it writes', async () => {
      const store = await open(options);
      const told = [await store.commit(batchOf(1))];
      await withSetting('default_transaction_read_only', 'on', async () => {
        await expect(untilRefused(store, told)).rejects.toThrow(RecordsAway);
      });
      told.push(await insist(store, batchOf(told.length + 1)));
      await expectWhole(store, told);
    });

    it('a service that starts before it writes waits for it', async () => {
      await readOnly(true);
      await expect(open(options)).rejects.toThrow(RecordsAway);
      await readOnly(false);
      await open(options);
    });

    it('what a replica must have as well is not acknowledged before it has, also where the answer was lost', async () => {
      const store = await open(options);
      const told = [await store.commit(batchOf(1))];
      // A replica that must have everything, and is away: the server waits for it after it has written the batch itself.
      await withSetting('synchronous_standby_names', 'replica', async () => {
        await expect(untilRefused(store, told)).rejects.toThrow(RecordsAway);
        await expect(store.commit(batchOf(told.length + 1))).rejects.toThrow(RecordsAway);
      });
      told.push(await insist(store, batchOf(told.length + 1)));
      await expectWhole(store, told);
    });

    it('one that lacks only what was not acknowledged yet is written to as before', async () => {
      const heard: Error[] = [];
      const store = await open(throughProxy(), (error) => heard.push(error));
      const told = [await store.commit(batchOf(1))];
      await withSetting('synchronous_standby_names', 'replica', async () => {
        await expect(untilRefused(store, told)).rejects.toThrow(RecordsAway);
        // The server has it, and would tell of it only when its replica has it too.
        await expect(store.commit(batchOf(told.length + 1))).rejects.toThrow(RecordsAway);
        proxy.close();
      });
      // As that replica knows it, which takes over.
      await ask(`truncate shouwang_main.journal, shouwang_main.alerts, shouwang_main.cases, shouwang_main.notices;
        insert into shouwang_main.journal (first_seq, last_seq, bytes) values (1, ${told.length}, 'x')`);
      proxy.mend();
      await insist(store, batchOf(told.length + 1));
      expect(heard).toEqual([]);
    });

    it('one that knows less than was acknowledged ends the process: only a start can go on from there', async () => {
      const heard: Error[] = [];
      const store = await open(throughProxy(), (error) => heard.push(error));
      for (let n = 1; n <= 3; n++) await store.commit(batchOf(n));
      proxy.close();
      await ask('delete from shouwang_main.journal where first_seq > 2');
      proxy.mend();
      await expect
        .poll(() => heard.map(({ message }) => message))
        .toEqual([expect.stringMatching(/up to 2.* up to 3/)]);
      await expect(store.commit(batchOf(4))).rejects.toThrow(/up to 2/);
    });
  });

  it('takes one batch of nearly everything after another, whatever there is in each', async () => {
    const store = await open(options);
    const remove = (noun: 'home' | 'device' | 'resident', key: string) =>
      ({ type: 'registry-remove', noun, key }) as const;
    const all = (n: number) => [
      ...batchOf(n).effects,
      { type: 'registry-put', entry: { noun: 'home', id: `h${n}`, parent: 'hai/g1', name: '101' } } as const,
      rejectionEffect(aRejection()),
      remove('home', `h${n - 1}`),
      remove('device', `m${n}`),
    ];
    const subjects: SubjectRow[] = [
      { subject: 'h1', seq: 1, state: '{}' },
      { subject: 'h0', seq: 1, state: undefined },
    ];
    await store.commit({ ...batchOf(1), subjects, effects: all(1) });
    await store.commit({ ...batchOf(2), subjects, effects: [...all(2), remove('resident', 'r1')] });
    await store.commit({ ...batchOf(3), subjects, effects: all(3) });
    expect((await store.recover()).lastSeq).toBe(3);
  });

  describe('when somebody holds on to the rows', () => {
    it('a commit is given up in time, and done when it can be', async () => {
      const store = await open(options);
      await store.commit(batchOf(1));
      const blocker = server.query(
        'begin; select 1 from shouwang_main.owner for update; select pg_sleep(1.2)',
        database(),
      );
      await expect(
        (async () => {
          for (let tries = 0; tries < 20; tries++) {
            await pause(20);
            await store.commit({ ...batchOf(2), firstSeq: 2 + tries, lastSeq: 2 + tries });
          }
        })(),
      ).rejects.toThrow(/lock timeout/);
      await blocker;
      const { lastSeq } = await store.recover();
      await store.commit(batchOf(lastSeq + 1));
    });
  });

  describe('when the server is slower than a batch may take', () => {
    const slowJournal = (seconds: number) =>
      ask(`create or replace function shouwang_main.slow() returns trigger language plpgsql as
          $$ begin perform pg_sleep(${seconds}); return new; end $$;
        create or replace trigger slow before insert on shouwang_main.journal
          for each row execute function shouwang_main.slow()`);

    /** Tries as the loop does, with something else written in between. @returns why it was refused, each time */
    async function tried(store: RecordStore, batch: CommitBatch): Promise<string[]> {
      const refused: string[] = [];
      for (;;) {
        try {
          await store.commit(batch);
          return refused;
        } catch (error) {
          refused.push((error as Error).message);
          if (refused.length > 5) return refused;
          await store.saveNotice(aNotice({ id: 'n1', attempts: refused.length }));
        }
      }
    }

    it('each try may take twice as long as the one before, until it is through', async () => {
      options = { ...options, statementMsMax: 200 };
      const store = await open(options);
      const told = [await store.commit(batchOf(1))];
      await slowJournal(0.5);
      const refused = [
        'PostgreSQL did not write this batch within 0.2 s; the next try may take 0.4 s',
        'PostgreSQL did not write this batch within 0.4 s; the next try may take 0.8 s',
      ];
      expect(await tried(store, batchOf(2))).toEqual(refused);
      // What hangs is given up as soon as ever.
      expect(await tried(store, batchOf(3))).toEqual(refused);
      expect((await store.recover()).lastSeq).toBe(told.length + 2);
    });

    it('a network through which it comes too slowly is given as much time', async () => {
      options = { ...options, statementMsMax: 400 };
      const store = await open(throughProxy());
      await store.commit(batchOf(1));
      proxy.delay(1_000, COMMIT);
      const refused = await tried(store, batchOf(2));
      expect(new Set(refused)).toEqual(new Set(['PostgreSQL is away: Query read timeout']));
      expect(refused.length).toBeLessThan(4);
      expect((await store.recover()).lastSeq).toBe(2);
    });
  });

  describe('a partition', () => {
    let child: ChildProcess | undefined;
    afterEach(() => child?.kill('SIGKILL'));

    it('belongs to one process until that ends, however it ends', async () => {
      const module = new URL('../../src/store/records-postgres.ts', import.meta.url).href;
      const script = `const { postgresRecords } = await import(${JSON.stringify(module)});
        const store = postgresRecords(${JSON.stringify(options)});
        await store.open();
        console.log('open'); setInterval(() => store, 1000);`;
      child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const store = postgresRecords(options);
      const refused = await store.open().catch((error: unknown) => error as Error);
      expect(refused).toBeInstanceOf(RecordsTaken);
      expect(refused?.message).toMatch(new RegExp(`in use by shouwang main .*:${child.pid} since 2`));
      child.kill('SIGKILL');
      await once(child, 'exit');
      await store.open();
      await store.close();
    });

    it('has its own tables, numbers and owner', async () => {
      const one = await open(options);
      const other = await open({ ...options, partition: 'east' });
      await one.commit(batchOf(1));
      expect((await other.recover()).lastSeq).toBe(0);
      await other.commit(batchOf(1));
      expect((await other.case('c1'))?.number).toBe(1);
    });

    it('that another took over is closed to the process of before: nothing of it gets in', async () => {
      const heard: Error[] = [];
      const before = await open(throughProxy(), (error) => heard.push(error));
      await before.commit(batchOf(1));
      // The network between them is gone, the server lets go of the lock, and another takes the partition.
      proxy.hole();
      await terminate(database());
      const after = await open(options);
      const told = await after.commit(batchOf(2));
      proxy.mend();
      await expect(insist(before, batchOf(2))).rejects.toThrow(RecordsTaken);
      await expect(before.commit(batchOf(2))).rejects.toThrow(/taken over/);
      expect(heard).toHaveLength(1);
      expect(before.trouble()).toMatch(/must stop/);
      expect((await after.recover()).lastSeq).toBe(2);
      expect(told.events).toHaveLength(3);
    });

    it.each<[string, (store: RecordStore) => Promise<unknown>]>([
      ['a batch', (store) => store.commit(batchOf(2))],
      ['a notice', (store) => store.saveNotice(aNotice({ id: 'n1', attempts: 9 }))],
      ['a state', (store) => store.saveSubjects([{ subject: 'h1', seq: 9, state: '{"old":1}' }])],
      ['a checkpoint', (store) => store.completeCheckpoint({ seq: 1, shared: '{}' })],
      ['the end of a journal', (store) => store.trimJournal(0)],
      ['a small fact', (store) => store.saveMeta('x', 'old')],
    ])(
      'takes %s from no owner of an earlier epoch, even if that still has its connection',
      async (_what, write) => {
        const heard: Error[] = [];
        const store = await open(options, (error) => heard.push(error));
        await store.commit(batchOf(1));
        await ask('update shouwang_main.owner set epoch = epoch + 1');
        const before = await dump();
        await expect(write(store)).rejects.toThrow(RecordsTaken);
        expect(await dump()).toEqual(before);
        await expect(store.commit(batchOf(2))).rejects.toThrow(RecordsTaken);
        expect(heard).toHaveLength(1);
      },
    );

    const dump = async () =>
      Promise.all(
        ['journal', 'subjects', 'checkpoint', 'notices', 'events', 'meta', 'owner'].map((table) =>
          ask(`select * from shouwang_main.${table} order by 1`),
        ),
      );
  });

  it('names what is wrong with a database that it cannot use', async () => {
    const latin = `latin${Date.now()}`;
    await server.query(`create database ${latin} encoding 'SQL_ASCII' template template0`);
    await expect(postgresRecords(server.optionsFor(latin)).open()).rejects.toThrow(/UTF8.*SQL_ASCII/);
    await expect(postgresRecords(server.optionsFor('nobody')).open()).rejects.toThrow(/nobody/);
  });
});
