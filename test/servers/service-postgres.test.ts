import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { stringify } from 'yaml';
import { runCli } from '../../src/cli.ts';
import { community } from '../core.ts';
import { freePorts, ServiceProcess } from '../crash/child.ts';
import { seed, writeConfig } from '../crash/community.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

/** Back-off included. */
const HOMES = { h1: [{ id: 'wb1', model: 'wristband' }] };

describe.skipIf(missing !== undefined)('the whole service with its records in PostgreSQL', () => {
  let server: Postgres;
  let store: { records: string; postgres: Record<string, unknown> };
  let dir: string;
  const ends: (() => Promise<unknown> | unknown)[] = [];
  beforeAll(async () => {
    server = await Postgres.start();
  }, 60_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    const { url } = await server.database();
    store = { records: 'postgres', postgres: { url } };
    dir = mkdtempSync(join(tmpdir(), 'shouwang-service-postgres-'));
    ends.push(() => rmSync(dir, { recursive: true, force: true }));
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function start(over: Record<string, unknown> = {}): Promise<TestService> {
    const service = await testService({ entries: community(HOMES), dir, service: { store, ...over } });
    ends.push(() => service.stop());
    return service;
  }
  async function stop(service: TestService): Promise<void> {
    ends.pop();
    await service.stop();
  }

  const secret = async (service: TestService): Promise<string> => {
    const issued = await service.service.issueSecret({ noun: 'device', id: 'wb1' }, 'system');
    return (issued as { secret: string }).secret;
  };
  const band = async (service: TestService, password: string) => {
    const client = await connectAsync(service.mqttUrl, {
      clientId: 'wb1',
      username: 'wb1',
      password,
      reconnectPeriod: 0,
    });
    ends.push(() => client.endAsync(true));
    return client;
  };
  const casesOf = async (service: TestService) =>
    (await service.service.records.cases({ paths: [''] }, { limit: 10 })).items;
  const ready = async (service: TestService) => {
    const response = await fetch(`${service.url}/readyz`, { headers: { 'accept-language': 'en' } });
    const body = (await response.json()) as { checks: { records: { ok: boolean; detail: string } } };
    return { status: response.status, ...body.checks.records };
  };

  test('an SOS is a case after a restart too, and nothing of the records is in the data folder', async () => {
    const first = await start();
    const client = await band(first, await secret(first));
    await client.publishAsync('shouwang/wb1/telemetry', '{"event":"sos","pulse_bpm":90}', { qos: 1 });
    expect(await casesOf(first)).toMatchObject([{ home: 'h1', priority: 'P1', status: 'open', number: 1 }]);
    ends.pop();
    await client.endAsync(true);
    await stop(first);
    expect(existsSync(join(dir, 'data', 'records.db'))).toBe(false);
    const second = await start();
    expect(second.recovered).toMatchObject({ homes: 1, inputs: 0 });
    expect(await casesOf(second)).toMatchObject([{ number: 1, status: 'open' }]);
  });

  test('a server that goes away is told of, nothing is acknowledged meanwhile, and then all of it is', async () => {
    const service = await start();
    const client = await band(service, await secret(service));
    expect(await ready(service)).toMatchObject({ status: 200, ok: true });
    await server.crash();
    ends.push(() => server.resume());
    let isAcknowledged = false;
    const sos = client.publishAsync('shouwang/wb1/telemetry', '{"event":"sos"}', { qos: 1 }).then(() => {
      isAcknowledged = true;
    });
    await expect.poll(async () => (await ready(service)).status).toBe(503);
    expect((await ready(service)).detail).toMatch(/PostgreSQL is away/);
    await expect.poll(() => service.loop.counts.commitRetries).toBeGreaterThan(1);
    expect(isAcknowledged).toBe(false);
    ends.pop();
    await server.resume();
    await sos;
    expect(await casesOf(service)).toMatchObject([{ home: 'h1', priority: 'P1' }]);
    await expect.poll(async () => (await ready(service)).status).toBe(200);
    await expect.poll(() => service.printed.join('\n')).toMatch(/P1/);
  });

  test('the API says that it is not ready while the server is away, and does not take it for a defect', async () => {
    const service = await start();
    const cookie = await signIn(service.url);
    await server.pause();
    ends.push(() => server.resume());
    const answer = await fetch(`${service.url}/api/v1/cases`, { headers: { cookie } });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'NOT_READY' });
    const metrics = await fetch(`${service.url}/metrics`);
    expect(metrics.status).toBe(200);
    expect(await metrics.text()).toMatch(/^shouwang_commit_retries_total \d/m);
    ends.pop();
    await server.resume();
    await expect
      .poll(async () => (await fetch(`${service.url}/api/v1/cases`, { headers: { cookie } })).status)
      .toBe(200);
  });

  test('a service that starts before its server waits for it', async () => {
    await stop(await start());
    await server.pause();
    const starting = start();
    await server.resume();
    expect((await starting).core.registry.counts.homes).toBe(1);
  });

  test('a second service on the same records does not start', async () => {
    await start();
    const other = testService({ entries: community(HOMES), service: { store } });
    await expect(other).rejects.toThrow(/in use by shouwang main/);
  });

  test('a process whose records another took over ends, and says why', async () => {
    const [http = 0, mqtt = 0] = await freePorts(2);
    await writeConfig(dir, { http, mqtt, webhook: 1 }, store);
    await seed(dir);
    const process = new ServiceProcess(dir, { http, mqtt });
    process.spawn();
    ends.push(() => process.kill().catch(() => undefined));
    await process.ready();
    // Until it has handed over what it read of the journal, it ends for another reason: the answer waits for that.
    const headers = { cookie: await signIn(process.url) };
    const events = '/api/v1/devices/b1/events?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
    expect((await fetch(process.url + events, { headers })).status).toBe(200);
    await server.query(
      `update shouwang_main.owner set epoch = epoch + 1;
       select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      databaseOf(store),
    );
    await expect.poll(() => process.log).toMatch(/another process has taken over the partition/);
    await expect
      .poll(() =>
        fetch(`${process.url}/healthz`).then(
          () => 'up',
          () => 'gone',
        ),
      )
      .toBe('gone');
  });

  test('readings under numbers that a restored server gives again are not taken for known', async () => {
    const first = await start();
    const password = await secret(first);
    const client = await band(first, password);
    const say = (pulse: number) =>
      client.publishAsync('shouwang/wb1/telemetry', JSON.stringify({ pulse_bpm: pulse }), { qos: 1 });
    await say(70);
    await first.loop.drained();
    const [known] = await server.query(
      'select max(last_seq)::int as last_seq from shouwang_main.journal',
      databaseOf(store),
    );
    await say(71);
    ends.pop();
    await client.endAsync(true);
    await stop(first);
    // What a replica that was behind would know: the last input never came.
    const lastSeq = Number(known?.['last_seq']);
    await server.query(
      `delete from shouwang_main.journal where first_seq > ${lastSeq};
       delete from shouwang_main.meta where key = 'journal.trimmedSeq';
       update shouwang_main.subjects set seq = least(seq, ${lastSeq});
       update shouwang_main.checkpoint set seq = ${lastSeq}`,
      databaseOf(store),
    );
    const second = await start();
    const again = await band(second, password);
    await again.publishAsync('shouwang/wb1/telemetry', '{"pulse_bpm":72}', { qos: 1 });
    await expect
      .poll(async () => (await second.service.telemetry.last(['wb1'], ['pulse_bpm']))[0]?.value)
      .toBe(72);
  });

  describe('on the command line', () => {
    const said: string[] = [];
    beforeEach(() => {
      said.length = 0;
      for (const where of ['log', 'error'] as const)
        vi.spyOn(console, where).mockImplementation((line: unknown) => {
          said.push(String(line));
        });
      onTestFinished(() => {
        vi.restoreAllMocks();
      });
    });
    const run = (...args: string[]) => runCli([...args, '--config', dir]);
    const choose = async (records: string, over: Record<string, unknown> = {}): Promise<void> => {
      const service = { dataDir: join(dir, 'data'), store: { ...store, records }, ...over };
      await writeFile(join(dir, 'service.yaml'), stringify(service));
    };

    async function withOneCase(over: Record<string, unknown> = {}): Promise<void> {
      const service = await start(over);
      const client = await band(service, await secret(service));
      await client.publishAsync('shouwang/wb1/telemetry', '{"event":"sos"}', { qos: 1 });
      await service.loop.drained();
      ends.pop();
      await client.endAsync(true);
      await stop(service);
    }

    test('a backup is made of a service that runs or not, and restored into either engine', async () => {
      await withOneCase();
      const cold = join(dir, 'cold');
      await choose('postgres');
      expect(await run('backup', '--out', cold)).toBe(0);
      expect(await run('restore', '--from', cold)).toBe(1);
      expect(said.join()).toMatch(/--force/);
      rmSync(join(dir, 'data'), { recursive: true });
      expect(await run('restore', '--from', cold)).toBe(1);
      expect(said.join()).toMatch(/main" in PostgreSQL is not empty; --force/);
      said.length = 0;
      expect(await run('restore', '--from', cold, '--force')).toBe(0);
      expect(said.filter((line) => line.endsWith(' …'))).toEqual([
        'checking the backup …',
        expect.stringMatching(/^copying it into /),
        'checking the copy …',
        'writing the records into PostgreSQL …',
      ]);
      const running = await start();
      expect(await casesOf(running)).toMatchObject([{ number: 1 }]);
      const hot = join(dir, 'hot');
      expect(await run('backup', '--out', hot)).toBe(0);
      await stop(running);
      rmSync(join(dir, 'data'), { recursive: true });
      await choose('sqlite');
      expect(await run('restore', '--from', hot)).toBe(0);
      const onFile = await start({ store: { records: 'sqlite' } });
      expect(await casesOf(onFile)).toMatchObject([{ number: 1 }]);
    });

    test('records move from the file to the server and back, and those that stay behind do not start', async () => {
      await withOneCase({ store: { records: 'sqlite' } });
      const archive = { folder: join(dir, 'archive') };
      await choose('sqlite', { archive });
      expect(await run('migrate-records', '--to', 'postgres')).toBe(0);
      expect(said.join('\n')).toMatch(/cases\t1/);
      expect(said.filter((line) => line.endsWith(' …'))).toEqual([
        expect.stringMatching(/^copying .*records\.db …/),
        expect.stringMatching(/^writing postgres:.* …/),
      ]);
      expect(said.join('\n')).toMatch(
        /store\.records: postgres in service\.yaml, take the section archive out/,
      );
      await expect(start({ store: { records: 'sqlite' } })).rejects.toThrow(/were moved to postgres:/);
      expect(await run('backup', '--out', join(dir, 'left-behind'))).toBe(1);
      const there = await start();
      const [before] = await casesOf(there);
      expect(before).toMatchObject({ number: 1 });
      await stop(there);
      await choose('postgres');
      expect(await run('migrate-records', '--to', 'sqlite')).toBe(2);
      expect(await run('migrate-records', '--to', 'sqlite', '--force')).toBe(0);
      await expect(start()).rejects.toThrow(/were moved to .*records\.db/);
      const back = await start({ store: { records: 'sqlite' } });
      expect(await casesOf(back)).toEqual([before]);
    });

    test('the doctor looks into records on a server, and says of a server that is away what nobody can know', async () => {
      const doctor = async (): Promise<Map<string, { result: string }>> => {
        said.length = 0;
        await run('doctor', '--json', '--ntp', '127.0.0.1:9');
        const { checks } = JSON.parse(said.find((line) => line.startsWith('{')) ?? '') as {
          checks: { check: string; result: string }[];
        };
        return new Map(checks.map((each) => [each.check, each]));
      };
      await withOneCase();
      const there = await doctor();
      expect(there.get('records-server')).toMatchObject({ result: 'ok' });
      expect(there.get('schema')).toMatchObject({ result: 'ok' });

      const service = await start();
      await server.pause();
      ends.push(() => server.resume());
      const running = await doctor();
      expect(running.get('service')).toMatchObject({ result: 'ok' });
      expect(running.get('records-writing')).toMatchObject({ result: 'problem' });
      expect(running.get('service-unready')).toMatchObject({ result: 'problem' });
      ends.pop();
      await server.resume();
      await stop(service);

      await server.crash();
      ends.push(() => server.resume());
      const away = await doctor();
      expect(away.get('records-server')).toMatchObject({ result: 'problem' });
      expect(away.get('policy')).toMatchObject({ result: 'unknown' });
      expect(away.has('schema')).toBe(false);
    });

    test('accounts are kept without the service running', async () => {
      await withOneCase();
      await choose('postgres');
      expect(await runCli(['user', '--config', dir, 'add', 'li', '--role', 'viewer'])).toBe(0);
      expect(await runCli(['user', '--config', dir, 'list'])).toBe(0);
      expect(said.join('\n')).toMatch(/li\tli\tviewer/);
    });
  });
});

const databaseOf = ({ postgres }: { postgres: Record<string, unknown> }): string =>
  new URL(String(postgres['url'])).pathname.slice(1);
