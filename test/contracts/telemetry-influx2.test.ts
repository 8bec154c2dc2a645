import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { influx2 } from '../../src/store/outside/influx2.ts';
import { SLOW } from '../runs.ts';
import { Influx2StandIn, TOKEN } from '../stand-ins/influx2.ts';
import { type OutsideServer, outsideBed } from './outside-bed.ts';
import { telemetryContract } from './telemetry.ts';

let server: Influx2StandIn;
beforeAll(async () => {
  server = await new Influx2StandIn().start();
});
afterAll(() => server.stop());

const storeOn = (bucket: string, token = TOKEN, timeoutMs = 5_000) =>
  influx2({ url: server.url, org: 'city', bucket, token, timeoutMs });
const outside: OutsideServer = {
  store: (database) => storeOn(database),
  async prepare(database, from) {
    if (from !== undefined) server.copy(from, database);
  },
};
// In the fast suite the store of our own takes this exam alone.
if (SLOW)
  telemetryContract('the stand-in of InfluxDB 2, nothing kept here', () =>
    outsideBed(() => outside, -400 * DAY),
  );

describe('writing to InfluxDB 2', () => {
  const line = 'water_index_m3,device=m1 value=1 1772323200000\n';
  const write = async (fault?: (typeof server.faults)[number], token?: string) => {
    const store = storeOn('faults', token);
    server.faults = fault ? [fault] : [];
    try {
      return await store.write(line);
    } finally {
      store.close();
    }
  };

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { problem: 'busy', retryAfterMs: 7_000 }],
    ['503', { status: 503 }, { problem: 'busy' }],
    ['500', { status: 500, body: '{"message":"disk"}' }, { problem: 'failing', detail: '500 disk' }],
    [
      '500 of a full disk',
      { status: 500, body: '{"message":"write /data/wal/1: no space left on device"}' },
      { problem: 'disk-full' },
    ],
    ['413', { status: 413 }, { problem: 'too-large' }],
    ['404', { status: 404, body: '{"message":"bucket \\"x\\" not found"}' }, { problem: 'no-database' }],
    ['422', { status: 422, body: '{"message":"outside retention"}' }, { problem: 'refused' }],
  ])('answers %s by its name, at once and without a retry of the client', async (_, fault, expected) => {
    expect(await write(fault)).toMatchObject({ ok: false, ...expected });
  });

  it('says that the token is wrong, that a line is, that nobody answers, and that all is well', async () => {
    expect(await write(undefined, 'another')).toMatchObject({ problem: 'not-authorized' });
    const store = storeOn('faults');
    expect(await store.write('nonsense\n')).toMatchObject({ problem: 'refused' });
    expect(await store.write(line)).toEqual({ ok: true });
    store.close();
    const nobody = influx2({ url: 'http://127.0.0.1:9', org: 'o', bucket: 'b', token: 't', timeoutMs: 500 });
    expect(await nobody.write(line)).toMatchObject({ problem: 'away' });
    nobody.close();
  });
});
