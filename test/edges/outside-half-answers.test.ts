import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { influx2 } from '../../src/store/outside/influx2.ts';
import { outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport, settle } from '../contracts/telemetry.ts';

/** What becomes of an answer: its first half and the end of the connection, or nothing after it, or not even that. */
type Answer = 'whole' | 'cut' | 'stalls' | 'silent';
let answers: Answer = 'whole';
const asked: string[] = [];
let server: Server;
let url = '';

beforeEach(async () => {
  answers = 'whole';
  asked.length = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request as AsyncIterable<Buffer>) body += piece.toString();
    asked.push(body === '' ? decodeURIComponent(request.url ?? '') : body);
    const isWriting = request.url?.includes('write');
    const whole = request.url?.includes('/api/v2/') ? '\r\n' : '{"results":[{}]}';
    if (answers === 'whole') response.writeHead(isWriting ? 204 : 200).end(isWriting ? '' : whole);
    if (answers === 'whole' || answers === 'silent') return;
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"results":[{', () => {
      if (answers === 'cut') request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const stores = [
  ['InfluxDB 1', () => influx1({ url, database: 'shouwang', timeoutMs: 40 })],
  ['InfluxDB 2', () => influx2({ url, org: 'city', bucket: 'shouwang', token: 't', timeoutMs: 40 })],
] as const;
const QUERY = { device: 'm1', metric: 'water_index_m3', from: T0, to: T0 + HOUR } as const;

describe.each(stores)('%s', (_, make) => {
  test.each(['cut', 'stalls', 'silent'] as const)(
    'whose answer is %s is given up in time, and is asked as ever when it is well',
    async (how) => {
      const store = make();
      answers = how;
      // More often than there are connections to it.
      for (let i = 0; i < 10; i++) await expect(store.range(QUERY)).rejects.toThrow();
      answers = 'whole';
      // On a machine that has much else to do so short a patience may end before the answer: it is asked until it says one.
      await expect.poll(() => store.range(QUERY).catch(() => undefined)).toEqual([]);
      store.close();
    },
  );

  test('that says nothing to what it is sent is sent it again, and again, until it takes it', async () => {
    const store = make();
    answers = 'silent';
    const write = () => store.write('water_index_m3,device=m1 value=1 1772323200000\n');
    for (let i = 0; i < 10; i++) expect(await write()).toMatchObject({ ok: false });
    answers = 'whole';
    await expect.poll(write).toEqual({ ok: true });
    store.close();
  });
});

test('a store outside that dies while it deletes is told to be away, deletes when it is back, and gets what came since', async () => {
  const dir = tempFolder('half-answers');
  const clock = new ManualClock(T0);
  const timers = new ManualTimers(clock);
  const store = outsideTelemetry({
    near: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 1 }),
    outside: influx1({ url, database: 'shouwang', timeoutMs: 30_000 }),
    spoolDir: join(dir, 'spool'),
    keepMs: HOUR,
    ...ROOM,
    logger: QUIET,
    timers,
    now: () => clock.now(),
    random: () => 1,
  });
  try {
    await store.open();
    answers = 'cut';
    await store.removeDevice('m1');
    await store.settled();
    expect(store.outside().trouble?.code).toBe('away');
    answers = 'whole';
    await store.append([aReport(1, 'm2', [{ metric: 'water_index_m3', value: 1, at: T0 }])]);
    timers.advance(MINUTE);
    await settle(store, T0 + HOUR);
    await store.carriedOut();
    expect(asked.filter((one) => one.includes('DROP SERIES')).length).toBeGreaterThan(0);
    expect(asked.at(-1)).toContain('water_index_m3,device=m2');
    expect(store.outside()).toMatchObject({ waiting: { points: 0 } });
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
