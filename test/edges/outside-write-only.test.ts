import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { influx2 } from '../../src/store/outside/influx2.ts';

interface Said {
  readonly status: number;
  readonly body: string;
}

/** A server that takes each writing, and says this to each question. */
async function server(question: Said): Promise<{ readonly url: string; readonly written: string[] }> {
  const written: string[] = [];
  const here = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request as AsyncIterable<Buffer>) body += piece.toString();
    if (!request.url?.includes('write')) return response.writeHead(question.status).end(question.body);
    written.push(body);
    return response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => here.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    here.closeAllConnections();
    here.close();
  });
  return { url: `http://127.0.0.1:${(here.address() as AddressInfo).port}`, written };
}

const LINE = 'water_index_m3,device=m1 value=1 1772323200000\n';
const first = (url: string) => influx1({ url, database: 'shouwang', timeoutMs: 5_000 });
const second = (url: string) =>
  influx2({ url, org: 'city', bucket: 'shouwang', token: 't', timeoutMs: 5_000 });

/** As VictoriaMetrics does: names of databases to whatever is asked of 1.x, and no such address for 2.x. */
const NAMES = '{"results":[{"name":"databases","series":[{"columns":["name"],"values":[["_internal"]]}]}]}';
const NO_ADDRESS = 'requestURI: /api/v2/query; unsupported path requested: "/api/v2/query"';

test.each([
  ['influx1', first, { status: 200, body: NAMES }],
  ['influx2', second, { status: 400, body: NO_ADDRESS }],
  ['influx2', second, { status: 404, body: 'Not Found' }],
])(
  'a server that takes what is written as %s, and answers no question as one, is given nothing, and named',
  async (_, make, question) => {
    const { url, written } = await server(question);
    const store = make(url);
    onTestFinished(() => store.close());
    expect(await store.write(LINE)).toMatchObject({ ok: false, problem: 'write-only' });
    expect(await store.askFirst()).toMatchObject({ ok: false, problem: 'write-only' });
    expect(written).toEqual([]);
  },
);

test.each([
  ['influx1', first, { status: 200, body: '{"results":[{"statement_id":0}]}' }],
  [
    'influx1',
    first,
    { status: 200, body: '{"results":[{"statement_id":0,"error":"database not found: shouwang"}]}' },
  ],
  ['influx1', first, { status: 401, body: '{"error":"authorization failed"}' }],
  ['influx2', second, { status: 200, body: '\r\n' }],
  ['influx2', second, { status: 404, body: '{"code":"not found","message":"could not find bucket"}' }],
])('one that says as %s that there is nothing, or who may ask, is written to', async (_, make, question) => {
  const { url, written } = await server(question);
  const store = make(url);
  onTestFinished(() => store.close());
  expect(await store.write(LINE)).toEqual({ ok: true });
  expect(written.join('')).toContain('water_index_m3,device=m1');
});
