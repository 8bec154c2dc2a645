import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { hashPassword, setPasswordCost } from '../../src/lib/secrets.ts';
import { CHEAP_PASSWORD_COST } from '../setup.ts';
import {
  type Answer,
  type Ask,
  accountFor,
  apiFor,
  asking,
  cookieFor,
  PASSWORD,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

const HERE = { origin: 'http://localhost:8080', host: 'localhost:8080' };
const OTHER = 'another one 2026';
const VIEWER = { role: 'viewer', node: 'haitang' } as const;
const EVERYTHING = { role: 'administrator', node: '' } as const;

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let admin: Ask;
/** What happens when an account was looked up, before anything is made of it. */
const looks = new Map<string, () => unknown>();

beforeEach(async () => {
  service = await testService();
  // As slow as those of people are: what comes meanwhile comes meanwhile.
  setPasswordCost();
  const { records } = service;
  const user: TestService['records']['user'] = async (id) => {
    const found = await records.user(id);
    await looks.get(id)?.();
    return found;
  };
  const watched = new Proxy(records, {
    get: (_, name: keyof TestService['records']) => {
      const own = records[name];
      return name === 'user' ? user : typeof own === 'function' ? own.bind(records) : own;
    },
  });
  ({ app, close } = await apiFor({ ...service, records: watched }));
  admin = asking(app, await tokenFor(service, 'root', EVERYTHING));
});
afterEach(async () => {
  setPasswordCost(CHEAP_PASSWORD_COST);
  looks.clear();
  await close();
  await service.close();
});

const signIn = async (user: string, password: string): Promise<number> =>
  (await app.inject({ method: 'POST', url: '/api/v1/session', payload: { user, password }, headers: HERE }))
    .statusCode;
const bar = (id: string) => admin('PUT', `/users/${id}`, { name: id, roles: [VIEWER], disabled: true });
/** Resolves when the account was looked up so many times more. */
const lookedUp = (id: string, times: number): Promise<void> =>
  new Promise((done) => {
    let left = times;
    looks.set(id, () => {
      if (--left === 0) done();
    });
  });
/** A change of their own password that has begun: whoever asks was known, and their account was read. */
async function changesOwn(id: string): Promise<() => Promise<Answer>> {
  const cookie = await cookieFor(service, id);
  const begun = lookedUp(id, 2);
  const change = asking(app)(
    'POST',
    `/users/${id}/password`,
    { password: OTHER, current: PASSWORD },
    { ...HERE, cookie },
  );
  await begun;
  return () => change;
}

test('who is barred while they change their password stays barred', async () => {
  await accountFor(service, 'li', VIEWER);
  const change = await changesOwn('li');
  expect((await bar('li')).status).toBe(200);
  expect((await change()).status).toBe(401);
  expect(await service.records.user('li')).toMatchObject({ disabled: true });
  expect(await signIn('li', OTHER)).toBe(401);
});

test('who is removed while they change their password is gone', async () => {
  await accountFor(service, 'li', VIEWER);
  const change = await changesOwn('li');
  expect((await admin('DELETE', '/users/li')).status).toBe(204);
  expect((await change()).status).toBe(401);
  expect(await service.records.user('li')).toBeUndefined();
});

test('who gets other rights while an administrator gives them a password has those rights', async () => {
  await accountFor(service, 'li', EVERYTHING);
  const begun = lookedUp('li', 1);
  const change = admin('POST', '/users/li/password', { password: OTHER });
  await begun;
  await admin('PUT', '/users/li', { name: '李', roles: [VIEWER] });
  expect((await change).status).toBe(204);
  expect(await service.records.user('li')).toMatchObject({ name: '李', roles: [VIEWER] });
  expect(await signIn('li', OTHER)).toBe(200);
});

test('of two accounts under one id that are added at once one is refused', async () => {
  const add = (node: string) =>
    admin('POST', '/users', { id: 'li', name: '李', password: PASSWORD, roles: [{ role: 'viewer', node }] });
  const told = await Promise.all([add('haitang/g1'), add('haitang/g2')]);
  expect(told.map(({ status }) => status).sort()).toEqual([201, 409]);
});

test('the last two administrators cannot take each other away at once', async () => {
  await service.records.removeUser('root');
  const [one, two] = [await tokenFor(service, 'one', EVERYTHING), await tokenFor(service, 'two', EVERYTHING)];
  const told = await Promise.all([
    asking(app, one)('DELETE', '/users/two'),
    asking(app, two)('DELETE', '/users/one'),
  ]);
  expect(told.map(({ status }) => status).sort()).not.toEqual([204, 204]);
  expect(await service.records.users()).toHaveLength(1);
});

test('who is removed while they sign in leaves no session to whoever gets the id next', async () => {
  await accountFor(service, 'li', VIEWER);
  const user = await service.records.user('li');
  if (user) await service.records.saveUser({ ...user, passwordHash: await hashPassword(PASSWORD) });
  const begun = lookedUp('li', 1);
  const signing = signIn('li', PASSWORD);
  await begun;
  expect((await admin('DELETE', '/users/li')).status).toBe(204);
  expect(await signing).toBe(401);
  expect(await service.records.sessions('li')).toEqual([]);
});

test('who signs out while another request of theirs is answered is not signed in again by it', async () => {
  await accountFor(service, 'li', VIEWER);
  const hourAgo = Date.now() - HOUR;
  const cookie = await cookieFor(service, 'li', hourAgo);
  const one = asking(app);
  looks.set('li', async () => {
    looks.clear();
    for (const { tokenHash } of await service.records.sessions('li'))
      await service.records.removeSession(tokenHash);
  });
  expect((await one('GET', '/homes', undefined, { cookie })).status).toBe(200);
  expect((await one('GET', '/homes', undefined, { cookie })).status).toBe(401);
});
