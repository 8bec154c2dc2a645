import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Ask,
  accountFor,
  apiFor,
  asking,
  opening,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
});
afterAll(async () => {
  await close();
  await service.close();
});

test('what changes nothing when it is told twice may bear a key, and need not', async () => {
  const root = await tokenFor(service, 'root', { role: 'administrator', node: '' });
  const stop = (headers: Record<string, string>, endpoint = 'https://push.example.org/a') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/web-push/stop',
      headers: { authorization: `Bearer ${root}`, ...headers },
      payload: { endpoint },
    });
  expect((await stop({})).statusCode).toBe(204);
  const key = { 'idempotency-key': 'stop' };
  expect((await stop(key)).statusCode).toBe(204);
  expect((await stop(key)).headers['idempotent-replayed']).toBe('true');
  expect((await stop(key, 'https://push.example.org/b')).statusCode).toBe(422);
});

test('who has lost rights since gets no answer of before; who has them, or more, does', async () => {
  await service.commit(...opening('h1', 101));
  const id = 'h1.c101';
  const key = { 'idempotency-key': 'moved' };
  const note = (ask: Ask) => ask('POST', `/cases/${id}/notes`, { text: '门卫说见过她' }, key);
  const ma = asking(app, await tokenFor(service, 'ma', { role: 'responder', node: 'haitang/g1' }));
  const first = await note(ma);
  expect(first.status).toBe(200);
  const roles = (held: { role: 'responder'; node: string }) => accountFor(service, 'ma', held);
  await roles({ role: 'responder', node: 'haitang' });
  expect((await note(ma)).body).toEqual(first.body);
  await roles({ role: 'responder', node: 'haitang/g2' });
  const refused = await note(ma);
  expect(refused.body).toMatchObject({ code: 'NOT_ALLOWED', details: { reason: 'rights-lost' } });
  expect(refused.body.case).toBeUndefined();
  // Of the same name, and somebody else.
  await service.records.removeUser('ma');
  const another = asking(app, await tokenFor(service, 'ma', { role: 'responder', node: 'haitang/g1' }));
  expect((await note(another)).headers['idempotent-replayed']).toBeUndefined();
});

test('the same key with another password is another request, and no fast hash of a password is kept', async () => {
  const root = asking(app, await tokenFor(service, 'root', { role: 'administrator', node: '' }));
  const key = { 'idempotency-key': 'new-user' };
  const user = { id: 'lin', name: '林', password: 'the first one', roles: [], locale: 'zh' };
  expect((await root('POST', '/users', user, key)).status).toBe(201);
  expect((await root('POST', '/users', { ...user, password: 'another one' }, key)).status).toBe(422);
  expect((await service.records.idempotent('root new-user'))?.fingerprint).toMatch(/^scrypt\$/);
});
