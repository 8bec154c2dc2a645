import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isCovered, nodesWith } from '../../src/api/access.ts';
import {
  type Ask,
  apiFor,
  asking,
  NOW,
  opening,
  SECRET_HASH,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
const as: Record<string, Ask> = {};

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  await service.commit(...opening('h1'), ...opening('h2'));
  const roles = {
    root: ['administrator', ''],
    admin1: ['administrator', 'haitang/g1'],
    operator1: ['operator', 'haitang/g1'],
    operator: ['operator', ''],
    responder1: ['responder', 'haitang/g1'],
    viewer1: ['viewer', 'haitang/g1'],
    viewer2: ['viewer', 'haitang/g2'],
  } as const;
  for (const [id, [role, node]] of Object.entries(roles))
    as[id] = asking(app, await tokenFor(service, id, { role, node }));
  as['nobody'] = asking(app, await tokenFor(service, 'nobody'));
  as['stranger'] = asking(app);
});
afterAll(async () => {
  await close();
  await service.close();
});

const ask = (who: string): Ask => as[who] as Ask;

test('a role includes the lesser roles, and a node covers what is below it and nothing beside it', () => {
  const roles = [
    { role: 'operator', node: 'haitang/g1' },
    { role: 'viewer', node: 'haitang' },
  ] as const;
  expect(nodesWith(roles, 'responder')).toEqual(['haitang/g1']);
  expect(nodesWith(roles, 'viewer')).toEqual(['haitang']);
  expect(nodesWith(roles, 'administrator')).toEqual([]);
  expect(isCovered(['haitang/g1'], 'haitang/g1/h1')).toBe(true);
  expect(isCovered(['haitang/g1'], 'haitang/g10/h1')).toBe(false);
});

test('a part of the tree may be asked for, and gives no more than the caller may see', async () => {
  const idsOf = async (who: string, path: string): Promise<string[]> => {
    const { body } = await ask(who)('GET', `/cases?path=${encodeURIComponent(path)}`);
    return (body as { items: { id: string }[] }).items.map(({ id }) => id);
  };
  expect(await idsOf('operator', 'haitang/g1')).toEqual(['h1.c1']);
  expect(await idsOf('viewer1', 'haitang')).toEqual(['h1.c1']);
  // What they may not see does not exist for them.
  for (const path of ['haitang/g2', 'haitang/g9'])
    expect(await ask('viewer1')('GET', `/cases?path=${encodeURIComponent(path)}`)).toMatchObject({
      status: 422,
      body: { code: 'PLACE_UNKNOWN' },
    });
});

const LISTS = [
  ['/cases', 'h1.c1', 'h2.c1'],
  ['/alerts', 'h1.a1', 'h2.a1'],
  ['/notices', 'h1.c1.n1', 'h2.c1.n1'],
  ['/homes', 'h1', 'h2'],
  ['/devices', 'm1', 'm2'],
  ['/registry/node', 'haitang/g1', 'haitang/g2'],
  ['/registry/home', 'h1', 'h2'],
  ['/registry/resident', 'r1', 'r2'],
  ['/registry/device', 'm1', 'm2'],
] as const;

test.each(LISTS)('a viewer of one grid finds in %s only what is in his grid', async (path, mine, foreign) => {
  const names = async (who: string) => {
    const { status, body } = await ask(who)('GET', path);
    expect(status).toBe(200);
    return (body.items as Record<string, Record<string, string>>[]).map(
      (item) => item['id'] ?? item['path' as 'id'] ?? item['home']?.['id'] ?? item['device']?.['id'],
    );
  };
  const homesOrDevices = async (who: string) => {
    const { body } = await ask(who)('GET', path);
    return (body.items as { home: { id: string }; device: { id: string } }[]).map(
      (item) => (path === '/homes' ? item.home : item.device).id,
    );
  };
  const list = path === '/homes' || path === '/devices' ? homesOrDevices : names;
  expect(await list('viewer1')).toEqual([mine]);
  expect(await list('viewer2')).toEqual([foreign]);
  expect(await list('root')).toEqual(expect.arrayContaining([mine, foreign]));
});

const SINGLES = [
  '/cases/h1.c1',
  '/alerts/h1.a1',
  '/homes/h1',
  '/devices/m1',
  '/devices/m1/readings?metric=battery_pct',
  '/devices/m1/events',
];

test.each(SINGLES)('%s exists for those who may see it, and for nobody else', async (path) => {
  expect((await ask('viewer1')('GET', path)).status).toBe(200);
  const foreign = await ask('viewer2')('GET', path);
  expect(foreign.status).toBe(404);
  const missing = await ask('viewer2')('GET', path.replace('h1', 'h9').replace('m1', 'm9'));
  expect(missing.status).toBe(404);
  expect(foreign.body.code).toBe(missing.body.code);
  expect((await ask('stranger')('GET', path)).body.code).toBe('NOT_SIGNED_IN');
  expect((await ask('nobody')('GET', path)).body.code).toBe('NOT_ALLOWED');
});

const WRITES: [string, string, unknown, Record<string, number>][] = [
  [
    'POST',
    '/cases/h1.c1/notes',
    { text: '已致电' },
    { viewer1: 403, viewer2: 403, responder1: 200, operator1: 200 },
  ],
  ['POST', '/devices/m1/secret', undefined, { responder1: 403, operator1: 200, root: 200 }],
  ['POST', '/devices/m2/secret', undefined, { operator1: 404, root: 200 }],
  ['POST', '/gateways/gw1/secret', undefined, { responder1: 403, operator1: 200 }],
  ['POST', '/devices/m1/exchange', { at: NOW }, { responder1: 403, operator1: 200 }],
  ['POST', '/rules/reload', undefined, { operator1: 403, operator: 422 }],
  ['POST', '/channels/duty/test', {}, { operator1: 403, operator: 200 }],
  ['POST', '/backup', { dir: '/tmp/x' }, { operator: 403, admin1: 403, root: 200 }],
  ['GET', '/rejections', undefined, { responder1: 403, operator1: 200 }],
  ['GET', '/channels', undefined, { responder1: 403, operator1: 200 }],
  ['GET', '/users', undefined, { operator: 403, admin1: 200 }],
  ['GET', '/tokens', undefined, { operator: 403, admin1: 200 }],
];

test.each(WRITES)('%s %s needs its role', async (method, path, body, expected) => {
  for (const [who, status] of Object.entries(expected))
    expect([who, (await ask(who)(method as 'GET', path, body)).status]).toEqual([who, status]);
});

test('who may see a case but not handle it is told so; who may not see it is told that there is none', async () => {
  const mixed = asking(
    app,
    await tokenFor(
      service,
      'mixed',
      { role: 'viewer', node: 'haitang/g1' },
      { role: 'responder', node: 'haitang/g2' },
    ),
  );
  expect((await mixed('POST', '/cases/h1.c1/notes', { text: 'x' })).body.code).toBe('NOT_ALLOWED');
  expect((await mixed('POST', '/cases/h2.c1/notes', { text: 'x' })).status).toBe(200);
  expect((await ask('responder1')('POST', '/cases/h2.c1/notes', { text: 'x' })).body.code).toBe(
    'CASE_NOT_FOUND',
  );
});

test('an operator changes the registry of his grid only, wherever the entry is or shall be', async () => {
  const resident = (id: string, home: string) => ({ noun: 'resident', id, home, name: '陈' });
  const put = (who: string, entry: { noun: string; id: string }) =>
    ask(who)('PUT', `/registry/${entry.noun}/${entry.id}`, entry);
  expect((await put('operator1', resident('new1', 'h1'))).status).toBe(200);
  expect((await put('operator1', resident('new2', 'h2'))).body.code).toBe('REGISTRY_PARENT_MISSING');
  expect((await put('operator1', resident('r2', 'h1'))).body.code).toBe('NOT_FOUND');
  expect((await put('responder1', resident('new3', 'h1'))).body.code).toBe('NOT_ALLOWED');
  expect((await ask('operator1')('DELETE', '/registry/resident/r2')).status).toBe(404);
  expect((await ask('operator1')('DELETE', '/registry/resident/new1')).status).toBe(204);
  const staff = { noun: 'staff', id: 's9', name: '赵', roles: [{ role: 'volunteer', node: 'haitang/g2' }] };
  expect((await put('operator1', staff)).status).toBe(422);
  expect((await put('operator', staff)).status).toBe(200);
});

test('hashes of secrets and passwords never leave, and a change of a device keeps its secret', async () => {
  const seen: string[] = [];
  for (const path of [
    '/devices',
    '/devices/m1',
    '/homes/h1',
    '/cases/h1.c1',
    '/registry/device',
    '/registry/gateway',
    '/users',
    '/tokens',
  ])
    seen.push(JSON.stringify((await ask('root')('GET', path)).body));
  expect(seen.join()).toContain('m1');
  expect(seen.join()).not.toMatch(/secretHash|passwordHash|scrypt|sha256\$/);

  const { items } = (await ask('root')('GET', '/registry/device')).body;
  const changed = { ...items[0], expectedIntervalMs: 900_000 };
  const answer = await ask('root')('PUT', '/registry/device/m1', changed);
  expect(answer.body).toEqual({ entry: changed });
  expect(service.registry.device('m1')).toMatchObject({
    secretHash: SECRET_HASH,
    expectedIntervalMs: 900_000,
  });
  // The one of the step: another may be issued while the change waits for its turn.
  const { command } = service.submitted.at(-1) ?? {};
  expect(command).toMatchObject({ type: 'registry.apply', put: [{ id: 'm1' }] });
  expect(JSON.stringify(command)).not.toContain('secretHash');
  const smuggled = await ask('root')('PUT', '/registry/device/m1', { ...changed, secretHash: 'mine' });
  expect(smuggled.body.code).toBe('REQUEST_INVALID');
});

test('rules are seen with the overrides of visible homes only', async () => {
  const { body } = await ask('viewer1')('GET', '/rules');
  expect(body.overrides.map(({ home }: { home: string }) => home)).toEqual(['h1']);
});

test('counts of the status are those of what the caller may see', async () => {
  expect((await ask('viewer2')('GET', '/status')).body).toMatchObject({
    homes: 1,
    devices: 1,
    gateways: 0,
    silentDevices: 1,
    openCases: { P2: 1 },
  });
  expect((await ask('root')('GET', '/status')).body).toMatchObject({
    homes: 2,
    devices: 2,
    gateways: 1,
    openCases: { P2: 2 },
    notices: { queued: 2 },
  });
});

test('an operator of a grid sees rejections of its devices; what nobody knows is seen by who sees everything', async () => {
  const rejection = (device: string | undefined, n: number) => ({
    type: 'rejection' as const,
    rejection: {
      at: NOW + n,
      reason: 'malformed-json' as const,
      topic: 't',
      from: 'c',
      ...(device ? { device } : {}),
      payload: Buffer.from('{'),
      payloadBytes: 1,
    },
  });
  await service.commit(rejection('m1', 1), rejection('m2', 2), rejection(undefined, 3));
  const devices = async (who: string) =>
    (await ask(who)('GET', '/rejections')).body.items.map(({ device }: { device?: string }) => device ?? '?');
  expect(await devices('operator1')).toEqual(['m1']);
  expect(await devices('operator')).toEqual(['?', 'm2', 'm1']);
  expect((await ask('operator1')('GET', '/rejections/counts')).body.items).toMatchObject([
    { reason: 'malformed-json', count: 3 },
  ]);
});

test('an administrator of a grid manages accounts of that grid and can give nobody more', async () => {
  const user = (id: string, role: string, node: string) => ({
    id,
    name: id,
    password: 'long enough 1',
    roles: [{ role, node }],
  });
  expect((await ask('admin1')('POST', '/users', user('a1', 'responder', 'haitang/g1'))).status).toBe(201);
  expect((await ask('admin1')('POST', '/users', user('a2', 'viewer', 'haitang/g2'))).body.code).toBe(
    'NOT_ALLOWED',
  );
  expect((await ask('admin1')('POST', '/users', user('a3', 'viewer', ''))).body.code).toBe('NOT_ALLOWED');
  const raised = { name: 'a1', roles: [{ role: 'administrator', node: '' }] };
  expect((await ask('admin1')('PUT', '/users/a1', raised)).body.code).toBe('NOT_ALLOWED');
  expect((await ask('admin1')('DELETE', '/users/viewer2')).status).toBe(404);
  expect((await ask('admin1')('POST', '/tokens', { label: 'x', user: 'root' })).status).toBe(404);
  expect((await ask('admin1')('DELETE', '/users/a1')).status).toBe(204);
});

test('the last account that may do everything cannot be taken away', async () => {
  const last = { code: 'LAST_ADMINISTRATOR' };
  expect((await ask('root')('DELETE', '/users/root')).body).toMatchObject(last);
  const lesser = { name: 'ROOT', roles: [{ role: 'viewer', node: '' }] };
  expect((await ask('root')('PUT', '/users/root', lesser)).body).toMatchObject(last);
});
