import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { outsideAt } from '../../src/store/telemetry.ts';
import { tempFolder } from '../contracts/bed.ts';

const LINE = 'water_index_m3,device=m1 value=1 1772323200000\n';
const QUERY = { device: 'm1', metric: 'water_index_m3', from: 0, to: HOUR } as const;
const OUTSIDE = { keepDays: 3, spoolMegabytes: 1, localGigabytes: 1, diskFreeGigabytes: 1 };
const basic = (password: string): string => `Basic ${Buffer.from(`shouwang:${password}`).toString('base64')}`;

test.each([
  ['influx1', (secret: string) => [basic(secret)]],
  ['influx2', (secret: string) => [`Token ${secret}`]],
] as const)(
  'a secret of %s that is renewed in its file is taken without a restart, where the old one is refused',
  async (telemetry, headers) => {
    let secret = 'first';
    const server = createServer((request, response) => {
      request.resume();
      if (!headers(secret).includes(request.headers.authorization ?? ''))
        return response.writeHead(401).end('{"error":"authorization failed"}');
      if (request.url?.includes('write')) return response.writeHead(204).end();
      return response.writeHead(200).end(telemetry === 'influx1' ? '{"results":[{}]}' : '\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const dir = tempFolder('renewed-secret');
    const file = join(dir, 'secret');
    writeFileSync(file, 'first\n');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = await outsideAt({
      telemetry,
      influx1: { url, database: 'd', username: 'shouwang', password: 'first', passwordFile: file },
      influx2: { url, org: 'o', bucket: 'b', token: 'first', tokenFile: file },
      outside: OUTSIDE,
    });
    if (!store) throw new Error('it is configured');
    onTestFinished(() => {
      store.close();
      server.closeAllConnections();
      server.close();
      rmSync(dir, { recursive: true });
    });
    expect(await store.write(LINE)).toEqual({ ok: true });
    secret = 'second';
    expect(await store.write(LINE)).toMatchObject({ ok: false, problem: 'not-authorized' });
    writeFileSync(file, 'second\n');
    expect(await store.write(LINE)).toEqual({ ok: true });
    secret = 'third';
    await expect(store.range(QUERY)).rejects.toThrow();
    writeFileSync(file, 'third\n');
    expect(await store.range(QUERY)).toEqual([]);
  },
);
