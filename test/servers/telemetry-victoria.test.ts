import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { influx2 } from '../../src/store/outside/influx2.ts';
import { outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { T0 } from '../contracts/fixtures.ts';
import { QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport, settle } from '../contracts/telemetry.ts';
import { endProgram, freePort, startProgram, whyNo } from './program.ts';

const reason = whyNo('victoria-metrics');

/** Takes writes to the server behind it, and answers the question that is asked first as InfluxDB 2 does that has nothing. */
async function answering(behind: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if (!request.url?.startsWith('/api/v2/write')) return void response.end('\r\n');
    const { method = 'POST', url } = request;
    const encoding = request.headers['content-encoding'];
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
    const answer = await fetch(behind + url, { method, body, headers });
    response.writeHead(answer.status).end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

/** It takes what InfluxDB 2 takes for writing, in earnest; it answers neither Flux nor deletions. */
describe.skipIf(reason !== undefined)('VictoriaMetrics', () => {
  it('takes the writes of the InfluxDB 2 adapter, and is given none where it answers no question', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'shouwang-victoria-'));
    const port = await freePort();
    const args = [`-storageDataPath=${dir}/vm`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=100y'];
    const server = await startProgram('victoria-metrics', args, port);
    const url = `http://127.0.0.1:${port}`;
    const front = await answering(url);
    const through = (to: string) =>
      outsideTelemetry({
        near: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 1 }),
        outside: influx2({ url: to, org: 'city', bucket: 'shouwang', token: 'none' }),
        spoolDir: join(dir, 'spool'),
        keepMs: HOUR,
        ...ROOM,
        logger: QUIET,
      });
    let store = through(url);
    try {
      await store.open();
      const values = [0, 0.1, 123.4567, 9_999_999.9999, -0.5, 1e-7, 4e5];
      await store.append(
        values.map((value, i) =>
          aReport(
            i + 1,
            'm 1,=x',
            [{ metric: 'flow_m3_h', value, at: T0 + i * HOUR }],
            [{ event: 'leak', at: T0 }],
          ),
        ),
      );
      await settle(store, T0);
      await store.carriedOut();
      expect(store.outside()).toMatchObject({ trouble: { code: 'write-only' }, waiting: { points: 14 } });
      await store.close();
      store = through(front.url);
      await store.open();
      await settle(store, T0);
      await store.carriedOut();
      expect(store.outside()).toMatchObject({ waiting: { points: 0 }, setAside: {} });
      await fetch(`${url}/internal/force_flush`);
      const exported = await fetch(
        `${url}/api/v1/export?match[]={__name__=~"flow_m3_h_value|event_value"}&start=0&end=4102444800`,
      );
      const series = (await exported.text())
        .trim()
        .split('\n')
        .map(
          (one) =>
            JSON.parse(one) as { metric: Record<string, string>; values: number[]; timestamps: number[] },
        );
      const flow = series.find(({ metric }) => metric['__name__'] === 'flow_m3_h_value');
      expect(flow?.metric['device']).toBe('m 1,=x');
      expect(flow?.values).toEqual(values);
      expect(flow?.timestamps).toEqual(values.map((_, i) => T0 + i * HOUR));
      expect(series.find(({ metric }) => metric['event'] === 'leak')?.timestamps).toContain(T0);
    } finally {
      await store.close();
      front.close();
      await endProgram(server);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

if (reason !== undefined) test.skip(reason, () => undefined);
