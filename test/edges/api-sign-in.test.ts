import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSameOrigin } from '../../src/api/access.ts';
import { ensureAdministrator } from '../../src/api/accounts.ts';
import { CheckLine } from '../../src/api/check-line.ts';
import { askService, runningService, writeControl } from '../../src/api/control.ts';
import { SESSION_COOKIE } from '../../src/api/session-cookie.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { generateSecret, hashPassword, hashToken, verifyPassword } from '../../src/lib/secrets.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { User } from '../../src/ports/records.ts';
import {
  accountFor,
  apiFor,
  asking,
  cookieFor,
  NOW,
  PASSWORD,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

const HERE = { origin: 'http://localhost:8080', host: 'localhost:8080' };
const CONTROL = generateSecret();

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
/** The time of people, apart from the service's clock. */
const wall = new ManualClock(NOW);

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service, {
    wall,
    controlToken: CONTROL,
    demo: true,
    simulatedStaff: true,
    signIns: { perAccount: 2, perAddress: 3 },
  }));
  await accountFor(service, 'zhang', { role: 'responder', node: 'haitang' });
});
afterAll(async () => {
  await close();
  await service.close();
});

const signIn = (user: string, password: string, more: object = {}) =>
  app.inject({ method: 'POST', url: '/api/v1/session', payload: { user, password }, headers: HERE, ...more });
const who = (cookie: string) => app.inject({ url: '/api/v1/session', headers: { cookie } });
const cookieOf = (reply: Awaited<ReturnType<typeof signIn>>) =>
  `${SESSION_COOKIE}=${reply.cookies[0]?.value}`;

test('signing in gives a cookie that no script can read, and signing out ends it at once', async () => {
  const reply = await signIn(' Zhang ', PASSWORD);
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toEqual({
    user: { id: 'zhang', name: 'ZHANG', roles: [{ role: 'responder', node: 'haitang' }], locale: 'zh' },
  });
  expect(reply.cookies[0]).toMatchObject({
    name: SESSION_COOKIE,
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
  });
  expect(reply.cookies[0]).not.toHaveProperty('secure');
  const cookie = cookieOf(reply);
  expect((await who(cookie)).json()).toMatchObject({
    user: { id: 'zhang' },
    service: { version: '0.0.0-test', now: NOW, speed: 1, demo: true, simulatedStaff: true },
  });
  // What is stored does not let anybody in.
  const stored = await service.records.sessions('zhang');
  expect((await who(`${SESSION_COOKIE}=${stored[0]?.tokenHash}`)).statusCode).toBe(401);
  expect(
    (await app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { ...HERE, cookie } })).statusCode,
  ).toBe(204);
  expect((await who(cookie)).statusCode).toBe(401);
});

test('over TLS, and behind a proxy with TLS, the cookie is secure', async () => {
  const secure = await apiFor(service, { wall, publicUrl: 'https://shouwang.example' });
  const reply = await secure.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { user: 'zhang', password: PASSWORD },
    headers: { origin: 'https://shouwang.example', host: '127.0.0.1:8080' },
  });
  expect(reply.cookies[0]).toMatchObject({ secure: true });
  expect(reply.headers['strict-transport-security']).toBeTruthy();
  await secure.close();
});

test('wrong names and wrong passwords look the same, and after some of them that address has to wait for the account', async () => {
  const address = { remoteAddress: '10.1.1.1' };
  const unknown = (await signIn('nobody', 'x'.repeat(12), address)).json();
  const wrong = (await signIn('zhang', 'x'.repeat(12), address)).json();
  expect(unknown.code).toBe('WRONG_CREDENTIALS');
  expect({ ...wrong, requestId: '' }).toEqual({ ...unknown, requestId: '' });
  await signIn('zhang', 'x'.repeat(12), address);
  const limited = await signIn('zhang', PASSWORD, address);
  expect(limited.json().code).toBe('TOO_MANY_REQUESTS');
  expect(Number(limited.headers['retry-after'])).toBe(30);
  // Nobody is shut out for it: one try in a while is left, here and now elsewhere.
  expect((await signIn('zhang', PASSWORD, { remoteAddress: '10.1.1.3' })).statusCode).toBe(200);
  wall.advance(30_000);
  expect((await signIn('zhang', PASSWORD, address)).statusCode).toBe(200);
});

test('guesses from everywhere keep nobody out who was here before, with their device or from their address', async () => {
  await accountFor(service, 'wanted', { role: 'administrator', node: '' });
  const office = { remoteAddress: '10.3.0.1' };
  const mark = (await signIn('wanted', PASSWORD, office)).cookies.find(
    ({ path }) => path === '/api/v1/session',
  );
  expect(mark).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  const phone = { headers: { ...HERE, cookie: `${mark?.name}=${mark?.value}` } };
  const guess = (remoteAddress: string, more = {}) =>
    signIn('wanted', 'x'.repeat(12), { remoteAddress, ...more });
  const codes: string[] = [];
  for (let n = 1; n <= 8; n++) codes.push((await guess(`10.3.1.${n}`)).json().code);
  // Of one account from everywhere: six, and then one in a while.
  expect(codes.filter((code) => code === 'WRONG_CREDENTIALS').length).toBe(6);
  expect((await signIn('wanted', PASSWORD, { remoteAddress: '10.3.2.1' })).statusCode).toBe(429);
  expect((await signIn('wanted', PASSWORD, office)).statusCode).toBe(200);
  // Also where the guesses come from their own address, as behind one proxy for the whole city.
  for (let n = 0; n < 4; n++) await guess(office.remoteAddress);
  expect((await signIn('wanted', PASSWORD, office)).statusCode).toBe(429);
  expect((await signIn('wanted', PASSWORD, { ...office, ...phone })).statusCode).toBe(200);
  // The mark is of this account and its password, and its holder may not guess without end either.
  expect((await signIn('zhang', PASSWORD, { ...office, ...phone })).statusCode).toBe(200);
  for (let n = 0; n < 2; n++) await guess('10.3.4.1', phone);
  expect((await guess('10.3.4.1', phone)).json().code).toBe('TOO_MANY_REQUESTS');
  const user = (await service.records.user('wanted')) as User;
  await service.records.saveUser({ ...user, passwordHash: await hashPassword('another password') });
  wall.advance(60_000);
  for (let n = 0; n < 8; n++) await guess(`10.3.5.${n}`);
  expect(
    (await signIn('wanted', 'another password', { remoteAddress: '10.3.6.1', ...phone })).statusCode,
  ).toBe(429);
  expect(
    (await service.metrics.metrics()).match(/sign_ins_refused_total\{of="people",reason="name"\} \d+/),
  ).toBeTruthy();
});

test('an address that guesses at many accounts has to wait too, and others do not', async () => {
  const address = { remoteAddress: '10.2.2.2' };
  for (const n of [1, 2, 3]) await signIn(`guess${n}`, 'x'.repeat(12), address);
  expect((await signIn('guess7', 'x'.repeat(12), address)).json().code).toBe('TOO_MANY_REQUESTS');
  expect((await signIn('guess8', 'x'.repeat(12), { remoteAddress: '10.2.2.3' })).json().code).toBe(
    'WRONG_CREDENTIALS',
  );
  // Of IPv6 a household has a whole /64.
  for (const n of [1, 2, 3])
    await signIn(`guess${n}`, 'x'.repeat(12), { remoteAddress: `2001:db8:0:7::${n}` });
  const [near, far] = ['2001:db8:0:7:9::1', '2001:db8:0:8::1'].map((remoteAddress) => ({ remoteAddress }));
  expect((await signIn('guess9', 'x'.repeat(12), near)).statusCode).toBe(429);
  expect((await signIn('guess9', 'x'.repeat(12), far)).statusCode).toBe(401);
});

test('more sign-ins at once than passwords are checked at once wait in line, those who were here before first', async () => {
  const line = new CheckLine(1, 2);
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const run = (lane: 'known' | 'stranger', name: string, until = Promise.resolve()) =>
    line.run(lane, async () => {
      await until;
      done.push(name);
      return name;
    });
  const all = [run('stranger', 'first', first.promise), run('stranger', 'second'), run('stranger', 'third')];
  expect(await run('stranger', 'fourth')).toBeUndefined();
  all.push(run('known', 'of the house'));
  first.resolve();
  await Promise.all(all);
  expect(done).toEqual(['first', 'of the house', 'second', 'third']);
  expect(await run('stranger', 'later')).toBe('later');
});

test('a barred account neither signs in nor goes on', async () => {
  await tokenFor(service, 'barred', { role: 'viewer', node: '' });
  const cookie = await cookieFor(service, 'barred', wall.now());
  expect((await who(cookie)).statusCode).toBe(200);
  const user = (await service.records.user('barred')) as User;
  await service.records.saveUser({ ...user, disabled: true });
  expect((await who(cookie)).statusCode).toBe(401);
});

test('a session slides with use, ends when it was not used, and ends for good at its greatest age', async () => {
  await tokenFor(service, 'slow', { role: 'viewer', node: '' });
  const token = generateSecret();
  const born = wall.now();
  const session = {
    tokenHash: hashToken(token),
    user: 'slow',
    kind: 'session' as const,
    label: '',
    createdAt: born,
    lastUsedAt: born,
  };
  await service.records.saveSession({ ...session, expiresAt: born + LIMITS.sessionIdleMsMax });
  const cookie = `${SESSION_COOKIE}=${token}`;
  const expiresIn = async () => ((await service.records.session(session.tokenHash))?.expiresAt ?? 0) - born;
  wall.advance(60_000);
  expect((await who(cookie)).statusCode).toBe(200);
  expect(await expiresIn()).toBe(LIMITS.sessionIdleMsMax);
  wall.advance(600_000);
  expect((await who(cookie)).statusCode).toBe(200);
  expect(await expiresIn()).toBe(LIMITS.sessionIdleMsMax + 660_000);
  while (wall.now() - born < LIMITS.sessionAgeMsMax - LIMITS.sessionIdleMsMax) {
    wall.advance(LIMITS.sessionIdleMsMax - 1);
    expect((await who(cookie)).statusCode).toBe(200);
  }
  expect(await expiresIn()).toBe(LIMITS.sessionAgeMsMax);
  wall.set(born + LIMITS.sessionAgeMsMax);
  expect((await who(cookie)).statusCode).toBe(401);
  expect(await service.records.session(session.tokenHash)).toBeUndefined();
});

test('a page of another site cannot write with the cookie, and a program with a token may come from anywhere', async () => {
  await tokenFor(service, 'csrf', { role: 'administrator', node: '' });
  const cookie = await cookieFor(service, 'csrf', wall.now());
  const write = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/api/v1/decode', payload: { model: 'water-meter' }, headers });
  expect((await write({ cookie, ...HERE })).statusCode).toBe(200);
  expect((await write({ cookie, 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
  for (const foreign of [
    {},
    { origin: 'http://evil.example', host: 'localhost:8080' },
    { origin: 'null', host: 'localhost:8080' },
    { ...HERE, 'sec-fetch-site': 'cross-site' },
    { ...HERE, 'sec-fetch-site': 'same-site' },
  ])
    expect([foreign, (await write({ cookie, ...foreign })).json().code]).toEqual([foreign, 'CROSS_ORIGIN']);
  const authorization = `Bearer ${await tokenFor(service, 'program', { role: 'viewer', node: '' })}`;
  expect((await write({ authorization, origin: 'http://evil.example' })).statusCode).toBe(200);
  expect((await signIn('zhang', PASSWORD, { headers: { origin: 'http://evil.example' } })).json().code).toBe(
    'CROSS_ORIGIN',
  );
  expect(isSameOrigin({ origin: 'https://a.example', host: 'a.example' })).toBe(true);
});

test('a wrong token is not made good by a cookie, and a session is no token', async () => {
  await tokenFor(service, 'two', { role: 'viewer', node: '' });
  const cookie = await cookieFor(service, 'two', wall.now());
  const token = cookie.split('=')[1] as string;
  expect(
    (await app.inject({ url: '/api/v1/cases', headers: { cookie, authorization: 'Bearer wrong' } }))
      .statusCode,
  ).toBe(401);
  expect(
    (await app.inject({ url: '/api/v1/cases', headers: { authorization: `Bearer ${token}` } })).statusCode,
  ).toBe(401);
});

test('a new password ends the other sessions; its owner has to know the current one', async () => {
  await accountFor(service, 'chen', { role: 'viewer', node: '' });
  const [mine, other] = [
    await cookieFor(service, 'chen', wall.now()),
    await cookieFor(service, 'chen', wall.now()),
  ];
  const change = (current: string, key: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/users/chen/password',
      payload: { password: 'the new password', current },
      headers: { ...HERE, cookie: mine, 'idempotency-key': key },
    });
  const inOther = { headers: { ...HERE, cookie: other, 'idempotency-key': 'k0' } };
  const url = '/api/v1/users/chen/password';
  for (const n of [1, 2, 3]) {
    const payload = { password: 'the new password', current: 'a guess' };
    inOther.headers['idempotency-key'] = `o${n}`;
    // A session that somebody stole is no way to guess the password, and its guesses are nobody else's.
    const { statusCode } = await app.inject({ method: 'POST', url, payload, ...inOther });
    expect(statusCode).toBe(n === 3 ? 429 : 403);
  }
  expect((await change('not it at all', 'k1')).json()).toMatchObject({
    code: 'NOT_ALLOWED',
    details: { current: 'wrong' },
  });
  expect((await change(PASSWORD, 'k2')).statusCode).toBe(204);
  expect((await who(mine)).statusCode).toBe(200);
  expect((await who(other)).statusCode).toBe(401);
  const user = (await service.records.user('chen')) as User;
  expect(await verifyPassword('the new password', user.passwordHash)).toBe(true);
});

test('a token is made, listed without itself, and revoked', async () => {
  const root = asking(app, CONTROL);
  await tokenFor(service, 'bridge', { role: 'viewer', node: 'haitang' });
  const made = await root('POST', '/tokens', { label: '大屏', user: 'bridge', expiresAt: wall.now() + 1000 });
  expect(made.status).toBe(201);
  const screen = asking(app, made.body.token);
  expect((await screen('GET', '/session')).body.user.id).toBe('bridge');
  const { items } = (await root('GET', '/tokens')).body;
  expect(JSON.stringify(items)).not.toContain(made.body.token);
  expect(items).toContainEqual(expect.objectContaining({ label: '大屏', hash: made.body.hash }));
  wall.advance(1000);
  expect((await screen('GET', '/session')).status).toBe(401);
  const second = await root('POST', '/tokens', { label: '二', user: 'bridge' });
  expect((await root('DELETE', `/tokens/${second.body.hash}`)).status).toBe(204);
  expect((await asking(app, second.body.token)('GET', '/session')).status).toBe(401);
});

test('the first administrator is made once, with the password of the environment or one that is told once', async () => {
  const fresh = await testService();
  const made = await ensureAdministrator(fresh.records, { env: {}, now: NOW });
  expect(made).toMatchObject({ created: true, user: 'admin' });
  const user = (await fresh.records.user('admin')) as User;
  expect(await verifyPassword(made.password as string, user.passwordHash)).toBe(true);
  expect(await ensureAdministrator(fresh.records, { env: {}, now: NOW })).toEqual({
    created: false,
    user: 'admin',
  });
  await fresh.records.saveUser({ ...user, disabled: true });
  const env = { SHOUWANG_ADMIN_PASSWORD: 'from the environment' };
  const again = await ensureAdministrator(fresh.records, { env, now: NOW });
  expect(again).toEqual({ created: true, user: 'admin' });
  const now = (await fresh.records.user('admin')) as User;
  expect([now.disabled, await verifyPassword('from the environment', now.passwordHash)]).toEqual([
    false,
    true,
  ]);
  await fresh.records.removeUser('admin');
  const short = { SHOUWANG_ADMIN_PASSWORD: 'short' };
  await expect(ensureAdministrator(fresh.records, { env: short, now: NOW })).rejects.toThrow(
    'SHOUWANG_ADMIN_PASSWORD',
  );
  await fresh.close();
});

test('the command line finds a running service by its control file, and not one that has died', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-control-'));
  expect(await runningService(folder)).toBeUndefined();
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await writeControl(folder, { pid: process.pid, url, token: CONTROL });
  expect((await stat(join(folder, 'control.json'))).mode & 0o777).toBe(0o600);
  const control = await runningService(folder);
  if (!control) throw new Error('not found');
  const added = { id: 'wu', name: '吴', password: 'long enough 1', roles: [], locale: 'zh' };
  await askService(control, 'POST', '/users', added);
  expect((await askService<{ items: User[] }>(control, 'GET', '/users')).items).toContainEqual(
    expect.objectContaining({ id: 'wu' }),
  );
  await expect(askService(control, 'POST', '/users', added)).rejects.toThrow(
    'There is an account with this id already',
  );
  await writeControl(folder, { ...control, pid: 2 ** 22 - 1 });
  expect(await runningService(folder)).toBeUndefined();
  await writeFile(join(folder, 'control.json'), '{');
  expect(await runningService(folder)).toBeUndefined();
  await rm(folder, { recursive: true });
});

test('a browser is pushed to no more when its session is signed out, when a new password ends it, and when the account is gone', async () => {
  const { webPush } = service;
  const pushTo = async (name: string): Promise<string> => {
    const cookie = await cookieFor(service, 'pushed', wall.now());
    const endpoint = `https://push.example.org/${name}`;
    const body = { endpoint, keys: { p256dh: 'BPoint', auth: 'secret' } };
    const headers = { cookie, ...HERE };
    const put = await app.inject({ method: 'PUT', url: '/api/v1/web-push', payload: body, headers });
    expect(put.statusCode).toBe(204);
    return cookie;
  };
  const left = async () =>
    (await webPush.of('pushed')).map(({ endpoint }) => endpoint.split('/').at(-1)).sort();
  await accountFor(service, 'pushed', { role: 'responder', node: 'haitang' });
  const [lent, own] = [await pushTo('lent'), await pushTo('own')];
  await pushTo('stolen');
  await app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie: lent, ...HERE } });
  expect(await left()).toEqual(['own', 'stolen']);
  const changed = await app.inject({
    method: 'POST',
    url: '/api/v1/users/pushed/password',
    payload: { password: 'a new one 2026', current: PASSWORD },
    headers: { cookie: own, ...HERE, 'idempotency-key': 'pushed' },
  });
  expect(changed.statusCode).toBe(204);
  expect(await left()).toEqual(['own']);
  const admin = asking(app, await tokenFor(service, 'chief', { role: 'administrator', node: '' }));
  expect((await admin('DELETE', '/users/pushed')).status).toBe(204);
  const again = { id: 'pushed', name: '新来的', password: 'another one 2026', roles: [] };
  expect((await admin('POST', '/users', again)).status).toBe(201);
  expect(await left()).toEqual([]);
});
