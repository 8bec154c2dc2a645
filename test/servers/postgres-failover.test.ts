import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RecordsWentBack } from '../../src/ports/records.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { freePorts, ServiceProcess } from '../crash/child.ts';
import { seed, writeConfig } from '../crash/community.ts';
import { signIn } from '../service.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';
import { batchOf, expectWhole, keepCommitting } from './postgres-batches.ts';
import { TcpProxy } from './tcp-proxy.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)('a server whose replica takes over', () => {
  let server: Postgres;
  let replica: Postgres;
  /** The address that the service knows; behind it stands whoever is the server. */
  let address: TcpProxy;
  let database: string;
  const ends: (() => Promise<unknown> | unknown)[] = [];
  beforeEach(async () => {
    server = await Postgres.start();
    ends.push(() => server.stop());
    database = new URL((await server.database()).url).pathname.slice(1);
    replica = await server.replica();
    ends.push(() => replica.stop());
    address = await TcpProxy.start(server.port);
    ends.push(() => address.stop());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** The server is gone at once, and the address leads to the replica, which only reads as yet. */
  async function fail(): Promise<void> {
    await server.crash();
    await replica.resume();
    address.turnTo(replica.port);
  }

  const ofReplica = (text: string) => replica.query(text, database);

  describe('for the records', () => {
    async function open() {
      const options = server.optionsFor(database, address.port);
      const heard: Error[] = [];
      const taken = (error: Error): void => {
        heard.push(error);
      };
      const store = postgresRecords({ ...options, statementMsMax: 1_500, taken });
      await store.open();
      ends.push(() => store.close());
      return { store, heard };
    }

    test('that every commit waited for has all that was acknowledged, once, and the work goes on there', async () => {
      await server.waitForReplica();
      const { store, heard } = await open();
      const load = keepCommitting(store);
      const { told } = load;
      await expect.poll(() => told.length).toBeGreaterThan(40);
      await fail();
      await expect.poll(() => store.trouble()).toMatch(/it only reads/);
      const known = told.length;
      await replica.promote();
      await expect.poll(() => told.length).toBeGreaterThan(known + 10);
      await load.end();
      await expectWhole(store, told);
      expect(store.trouble()).toBeUndefined();
      expect(heard).toEqual([]);
    });

    test('that lacks what was acknowledged ends the process, and the next one goes on from what is there', async () => {
      const { store, heard } = await open();
      const told = [await store.commit(batchOf(1))];
      await expect.poll(() => ofReplica('select 1 from shouwang_main.journal')).toHaveLength(1);
      await replica.pause();
      await store.commit(batchOf(2));
      await fail();
      await replica.promote();
      await expect.poll(() => heard).toEqual([expect.any(RecordsWentBack)]);
      const { store: next } = await open();
      while (told.length < 4) told.push(await next.commit(batchOf(told.length + 1)));
      await expectWhole(next, told);
    });
  });

  describe('for the whole service', () => {
    let service: ServiceProcess;
    let dir: string;
    beforeEach(async () => {
      dir = mkdtempSync(join(tmpdir(), 'shouwang-failover-'));
      ends.push(() => rmSync(dir, { recursive: true, force: true }));
      const [http = 0, mqtt = 0] = await freePorts(2);
      const postgres = { url: server.optionsFor(database, address.port).url };
      await writeConfig(dir, { http, mqtt, webhook: 1 }, { records: 'postgres', postgres });
      await seed(dir);
      service = new ServiceProcess(dir, { http, mqtt });
      ends.push(() => service.kill().catch(() => undefined));
      service.spawn();
      await service.ready();
    });

    /** SOS of a band, which says it until it is acknowledged. */
    async function sos(band: string): Promise<void> {
      const client = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`, {
        clientId: band,
        username: band,
        password: `secret of ${band}`,
      });
      ends.push(() => client.endAsync(true));
      await client.publishAsync(`shouwang/${band}/telemetry`, '{"event":"sos"}', { qos: 1 });
    }
    const caseHomes = async (): Promise<string[]> => {
      const headers = { cookie: await signIn(service.url) };
      const { items } = (await (await fetch(`${service.url}/api/v1/cases`, { headers })).json()) as {
        items: { home: string; priority: string }[];
      };
      return items
        .filter(({ priority }) => priority === 'P1')
        .map(({ home }) => home)
        .sort();
    };
    const detail = async (): Promise<string> => {
      const response = await fetch(`${service.url}/readyz`, { headers: { 'accept-language': 'en' } });
      return ((await response.json()) as { checks: { records: { detail: string } } }).checks.records.detail;
    };

    const retries = async (): Promise<number> => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^shouwang_commit_retries_total (\d+)/m.exec(metrics)?.[1] ?? 0);
    };

    test('an SOS of meanwhile is acknowledged when the replica writes, and no case is lost or doubled', async () => {
      await server.waitForReplica();
      await sos('b1');
      await fail();
      await expect.poll(detail).toMatch(/only reads/);
      let isAcknowledged = false;
      const second = sos('b2').then(() => {
        isAcknowledged = true;
      });
      await expect.poll(retries).toBeGreaterThan(1);
      expect(isAcknowledged).toBe(false);
      await replica.promote();
      await second;
      await service.ready();
      expect(await caseHomes()).toEqual(['h1', 'h2']);
      await service.kill();
      service.spawn();
      await service.ready();
      expect(await caseHomes()).toEqual(['h1', 'h2']);
    });

    test('one that was behind ends it with the reason, and started again it hears calls as before', async () => {
      await sos('b1');
      await expect.poll(() => ofReplica('select 1 from shouwang_main.cases')).toHaveLength(1);
      await replica.pause();
      await sos('b2');
      await fail();
      await replica.promote();
      await expect.poll(() => service.log).toMatch(/the records have forgotten what they had acknowledged/);
      await service.kill().catch(() => undefined);
      service.spawn();
      await service.ready();
      expect(await caseHomes()).toEqual(['h1']);
      await sos('b3');
      expect(await caseHomes()).toEqual(['h1', 'h3']);
    });
  });
});
