import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unnamedProxy } from '../../src/app/doctor/examine.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { worked } from '../work.ts';
import { type Ask, apiFor, asking, NOW, type TestService, testService, tokenFor } from './api-service.ts';

/** What those who have no account can do to those who have one, and to everybody who waits for an SOS. */
let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let root: Ask;
let stranger: Ask;

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  root = asking(app, await tokenFor(service, 'root', { role: 'administrator', node: '' }));
  stranger = asking(app);
});
afterAll(async () => {
  await close();
  await service.close();
});

// --- bodies that are a lot of work

const MANY = 400_000;
const NESTED = `${'['.repeat(MANY)}${']'.repeat(MANY)}`;
const KEYS = Array.from({ length: 85_000 }, (_, n) => `"k${n}":1`).join();
const json = { 'content-type': 'application/json' };

test('who has not said who he is sends a name and a password, and no megabyte of anything', async () => {
  const before = worked();
  for (const body of [`{${KEYS}}`, `{"user":${NESTED}}`, NESTED])
    for (const [method, path] of [
      ['POST', '/session'],
      ['POST', '/nowhere'],
      ['PUT', '/session'],
    ] as const) {
      const { status, body: said } = await stranger(method, path, body, json);
      expect([path, status]).toEqual([path, 413]);
      expect(JSON.stringify(said).length).toBeLessThan(1000);
    }
  expect(worked() - before).toBeLessThan(300);
});

test('of a thousand things wrong with one request twenty are told, and all are counted', async () => {
  const listed = `{"name":"x","roles":[${'1,'.repeat(8000)}1]}`;
  const { status, body } = await root('PUT', '/users/root', listed, json);
  expect([status, body.issues.length, body.details]).toEqual([400, 20, { issues: 8001 }]);
  expect(body.issues[0]).toMatchObject({ pointer: '/roles/0', message: expect.stringMatching(/./) });

  const unknown = `{${KEYS.split(',').slice(0, 5000).join()}}`;
  const { body: said } = await root('PUT', '/users/root', unknown, { ...json, 'accept-language': 'en' });
  expect(said.issues.at(-1).message).toContain('"k19" (and 4980 more)');
  expect(JSON.stringify(said).length).toBeLessThan(3000);
});

test('a body is bounded in depth and in values before anything is made of it; a long text is one value', async () => {
  const before = worked();
  const sent = async (body: string) => {
    const { status, body: said } = await root('PUT', '/users/root', body, json);
    return [status, said.details];
  };
  expect(await sent(`{"roles":${NESTED}}`)).toEqual([413, { nestingMax: 64 }]);
  expect(await sent(`{"roles":[${'1,'.repeat(MANY)}1]}`)).toEqual([413, { valuesMax: 10_000 }]);
  expect(worked() - before).toBeLessThan(200);
  expect(await sent(`{"name":"${'[,\\"'.repeat(MANY / 4)}"}`)).toEqual([400, undefined]);
  expect(await sent(`{"name":"${'[,\\\\'.repeat(MANY / 8)}"}`)).toEqual([400, undefined]);
});

// --- proxies, connections, links

test('behind a proxy that is named each address has limits of its own, and one that is not is said', async () => {
  const wall = new ManualClock(NOW);
  const signIns = { perAccount: 9, perAddress: 2 };
  const behind = await apiFor(service, { wall, signIns, trustProxy: ['127.0.0.1', '10.0.0.0/8'] });
  const ask = (xForwardedFor: string, remoteAddress = '10.0.0.1') =>
    behind.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      remoteAddress,
      headers: { 'x-forwarded-for': xForwardedFor },
      payload: { user: 'nobody', password: 'x' },
    });
  for (let n = 0; n < 3; n++) await ask('192.0.2.1');
  expect((await ask('192.0.2.1')).statusCode).toBe(429);
  expect((await ask('192.0.2.2')).statusCode).toBe(401);
  // Whoever comes by themselves says nothing about where they come from.
  for (let n = 0; n < 3; n++) await ask(`192.0.2.${10 + n}`, '198.51.100.1');
  expect((await ask('192.0.2.20', '198.51.100.1')).statusCode).toBe(429);
  expect(await service.metrics.metrics()).toMatch(/shouwang_http_unnamed_proxy_total [4-9]/);
  await behind.close();
});

test('where a proxy stands on this machine, or nobody said where it stands, nobody reads metrics for being local', async () => {
  const local = { url: '/metrics', remoteAddress: '127.0.0.1' };
  const asked = async (options: object, more: Record<string, string> = {}) => {
    const own = await apiFor(service, { ...options, metricsToken: 'a-token-of-prometheus' });
    const [open, token, reasons] = [
      await own.app.inject({ ...local, headers: more }),
      await own.app.inject({ ...local, headers: { ...more, authorization: 'Bearer a-token-of-prometheus' } }),
      await own.app.inject({ ...local, url: '/readyz', headers: more }),
    ];
    await own.close();
    expect(token.statusCode).toBe(200);
    expect(reasons.body.includes('"detail"')).toBe(open.statusCode === 200);
    return open.statusCode;
  };
  const publicUrl = 'https://shouwang.example';
  expect(await asked({})).toBe(200);
  expect(await asked({ publicUrl })).toBe(401);
  expect(await asked({ publicUrl, trustProxy: ['127.0.0.0/8'] })).toBe(401);
  // The proxy is another machine: what comes from this one is from here.
  expect(await asked({ publicUrl, trustProxy: ['10.0.0.1', 'fd00::/8'] })).toBe(200);
  for (const mark of ['x-real-ip', 'x-forwarded-proto', 'via'])
    expect([mark, await asked({}, { [mark]: 'x' })]).toEqual([mark, 401]);
});

test('requests that are begun and never end leave room for those that are meant', async () => {
  const bounds = { max: 5, strangersPerAddressMax: 3 };
  const own = await apiFor(service, { connections: bounds });
  const url = new URL(await own.app.listen({ port: 0, host: '127.0.0.1' }));
  const ended: Promise<unknown>[] = [];
  const sockets: Socket[] = [];
  const begin = async (localAddress: string) => {
    const socket = connect({ port: Number(url.port), host: '127.0.0.1', localAddress });
    sockets.push(socket.resume().on('error', () => {}));
    ended.push(once(socket, 'close'));
    socket.write('POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
    await once(socket, 'connect');
  };
  const token = await tokenFor(service, 'listener', { role: 'viewer', node: '' });
  const stream = await fetch(`${url.origin}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  for (let n = 0; n < 4; n++) await begin('127.0.0.2');
  await ended[0];
  for (let n = 0; n < 6; n++) await begin(`127.0.1.${n + 1}`);
  // Of one address the oldest gave way, and of all those who said nothing; the stream of somebody known goes on.
  await Promise.all(ended.slice(0, 6));
  expect((await fetch(`${url.origin}/healthz`)).status).toBe(200);
  const event = stream.body?.getReader();
  expect(new TextDecoder().decode((await event?.read())?.value)).toContain('retry');
  const metrics = await service.metrics.metrics();
  expect(metrics).toMatch(/http_connections_dropped_total\{reason="of-address"\} 1/);
  expect(metrics).toMatch(/http_connections_dropped_total\{reason="of-all"\} [5-9]/);
  await event?.cancel();
  for (const socket of sockets) socket.destroy();
  await own.close();
});

test('a link has its own limit, whatever others ask for from the same address, and says it on a page', async () => {
  const post = (path: string, headers = {}) => app.inject({ method: 'POST', url: path, headers });
  for (let n = 0; n < LIMITS.noticePagesPerMinuteMax; n++) await post('/n/theirs');
  const often = await post('/n/theirs');
  expect([often.statusCode, often.headers['content-type']]).toEqual([429, 'text/html; charset=utf-8']);
  expect(often.body).toContain('操作过于频繁');
  expect(often.body).toContain('120');
  expect((await post('/n/theirs', { 'accept-language': 'en' })).body).toContain('try again in a minute');
  expect((await post('/n/mine')).statusCode).toBe(404);
  for (let n = 0; n < LIMITS.homeLinkPressesPerMinuteMax; n++) await post('/a/theirs/back');
  expect((await post('/a/theirs/back')).body).toContain('操作过于频繁');
  expect((await post('/a/mine/back')).statusCode).toBe(404);
  const long = await app.inject({ method: 'POST', url: '/a/mine/register', payload: 'x'.repeat(20_000) });
  expect([long.statusCode, long.body.includes('没有看懂')]).toEqual([413, true]);
});

test('what was typed behind a link that has ended meanwhile is shown, to be copied, and to nobody else', async () => {
  const typed = '水龙头滴水 <b>& 门锁</b>';
  const post = (headers = {}, note = typed) =>
    app.inject({
      method: 'POST',
      url: '/a/ended/request',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams({ category: 'house-repair', note }).toString(),
    });
  const ended = await post();
  expect([ended.statusCode, ended.headers['cache-control']]).toEqual([404, 'no-store']);
  expect(ended.body).toContain('您写的内容没有提交，可以复制');
  expect(ended.body).toMatch(/<textarea[^>]* readonly>水龙头滴水 &#60;b&#62;&#38; 门锁/);
  expect((await post({ 'accept-language': 'en' })).body).toContain('was not sent. You can copy it');
  expect((await post({ 'sec-fetch-site': 'same-origin' })).body).toContain('水龙头');
  // Nobody makes this page say something from theirs.
  expect((await post({ 'sec-fetch-site': 'cross-site' })).body).not.toContain('水龙头');
  expect((await post({}, ' ')).body).not.toContain('textarea');
});

test('where somebody else serves the console, doctor wants the proxy to be named', () => {
  const http = { host: '0.0.0.0', port: 8080, publicUrl: 'https://shouwang.example', trustedProxies: [] };
  expect(unnamedProxy(http)).toMatchObject([{ check: 'proxy', result: 'warning' }]);
  expect(unnamedProxy({ ...http, trustedProxies: ['127.0.0.1'] })).toEqual([]);
  expect(unnamedProxy({ ...http, tls: { certFile: 'a', keyFile: 'b' } })).toEqual([]);
});
