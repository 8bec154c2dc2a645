import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { issuesOf } from '../../src/api/issue-words.ts';
import type { RouteFile } from '../../src/api/route.ts';
import { loadFolder } from '../../src/lib/folder-loader.ts';
import { type Ask, apiFor, asking, type TestService, testService, tokenFor } from './api-service.ts';

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let root: Ask;

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  root = asking(app, await tokenFor(service, 'root', { role: 'administrator', node: '' }));
});
afterAll(async () => {
  await close();
  await service.close();
});

const ENGLISH = { 'accept-language': 'en' };
const messages = async (path: string, headers = {}): Promise<string[]> => {
  const { status, body } = await root('GET', path, undefined, headers);
  expect([path, status]).toEqual([path, 400]);
  return body.issues.map(({ message }: { message: string }) => message);
};

test('a word that is not of the list is told with its parameter, what came, and the whole list', async () => {
  expect(await messages('/cases?status=all')).toEqual([
    'status 不能是 "all"，应为以下之一：open、acknowledged、resolved、struck-off',
  ]);
  expect(await messages('/cases?status=all', ENGLISH)).toEqual([
    'status cannot be "all"; it is one of open, acknowledged, resolved, struck-off',
  ]);
  const [second] = await messages('/cases?status=open&status=all', ENGLISH);
  expect(second).toBe('status cannot be "all"; it is one of open, acknowledged, resolved, struck-off');
});

test('so is a number or an instant that is none, and a parameter that there is not', async () => {
  expect(await messages('/cases?limit=many', ENGLISH)).toEqual(['limit cannot be "many"; it is a number']);
  expect(await messages('/cases?limit=0')).toEqual(['limit 不能是 "0"，应为不小于 1 的数']);
  expect(await messages('/alerts?raisedFrom=yesterday', ENGLISH)).toEqual([
    'raisedFrom cannot be "yesterday"; it is an instant with its offset, as 2026-03-01T08:00:00+08:00, or epoch milliseconds',
  ]);
  const [unknown] = await messages('/alerts?raisedAfter=yesterday');
  expect(unknown).toMatch(/^没有 "raisedAfter" 这一项；可用：open、path、/);
});

test('every listed word of every parameter of every route is told when another one comes', async () => {
  const files = await loadFolder(join(import.meta.dirname, '../../src/api/routes'));
  let listed = 0;
  for (const { query } of files.flatMap(({ definition }) => (definition as RouteFile).routes))
    for (const [name, one] of Object.entries(query instanceof z.ZodObject ? query.shape : {})) {
      const values = wordsOf(z.toJSONSchema(one as z.ZodType, { io: 'input', unrepresentable: 'any' }));
      if (values.length === 0) continue;
      listed++;
      const data = { [name]: 'none-of-these' };
      const found = query?.safeParse(data).error?.issues ?? [];
      const told = issuesOf(found, query as z.ZodType, data, 'zh').find(
        ({ pointer }) => pointer === `/${name}`,
      );
      expect(told?.message).toBe(`${name} 不能是 "none-of-these"，应为以下之一：${values.join('、')}`);
    }
  expect(listed).toBeGreaterThan(8);
});

const wordsOf = (schema: { enum?: unknown[]; anyOf?: object[] }): unknown[] =>
  schema.enum ?? schema.anyOf?.flatMap((one) => wordsOf(one as never)).filter((one) => one !== '') ?? [];

test('what came is told of a body where it is one of a list, and nothing of a password', async () => {
  const outcome = await root('POST', '/cases/h1.c1/resolve', { outcome: 'fine', version: 1 }, ENGLISH);
  const unsaid = await root('POST', '/cases/h1.c1/resolve', {}, ENGLISH);
  expect(unsaid.body.issues[0].message).toContain('outcome is missing; it is one of true-emergency, ');
  const nobody = await root('POST', '/homes/h1/links', {});
  expect(nobody.body.issues).toMatchObject([{ pointer: '/visitor', message: '缺少 visitor' }]);
  expect(outcome.body.issues[0].message).toContain('outcome cannot be "fine"; it is one of true-emergency, ');
  const secret = await root('POST', '/session', { name: 'root', password: 7_654_321 });
  expect(secret.status).toBe(400);
  expect(JSON.stringify(secret.body)).not.toContain('7654321');
});
