import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { issuesOf } from '../../src/api/issue-words.ts';
import type { Route, RouteFile } from '../../src/api/route.ts';
import { loadFolder } from '../../src/lib/folder-loader.ts';
import { type Ask, apiFor, asking, type TestService, testService, tokenFor } from './api-service.ts';

/** What somebody who writes a program against the API gets wrong, and is told so by name and place. */

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let root: Ask;
let token: string;

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service));
  token = await tokenFor(service, 'root', { role: 'administrator', node: '' });
  root = asking(app, token);
});
afterAll(async () => {
  await close();
  await service.close();
});

const ENGLISH = { 'accept-language': 'en' };
const told = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
  const [zh, en] = [await root(method, path, body), await root(method, path, body, ENGLISH)];
  expect([path, zh.status, en.status]).toEqual([path, 400, 400]);
  return { in: zh.body.in, zh: zh.body.issues, en: en.body.issues };
};

/** What the library that checks says by itself, and half Chinese. */
const LIBRARY =
  /invalid|too (?:big|small)|unrecognized|expected (?:string|number|int|object|array|boolean)|无效|期望|数值过|未知的键/i;
const MISTAKES = [
  undefined,
  null,
  true,
  5,
  -5,
  1.5,
  1_772_323_200,
  '',
  'x',
  '好',
  'x'.repeat(5000),
  [],
  [[]],
  {},
  { x: 1 },
];

test('whatever is wrong with a field of whatever body, it is said in words of our own, and in Chinese', async () => {
  const files = await loadFolder(join(import.meta.dirname, '../../src/api/routes'));
  const unsaid = new Set<string>();
  let looked = 0;
  for (const { path, body } of files.flatMap(({ definition }) => (definition as RouteFile).routes))
    for (const schema of body ? objectsOf(body) : [])
      for (const name of Object.keys(schema.shape))
        for (const mistake of MISTAKES) {
          const data = { ...fixed(schema), [name]: mistake };
          const issues = (body as z.ZodType).safeParse(data, { error: () => '' }).error?.issues ?? [];
          looked += issues.length;
          const [zh, en] = (['zh', 'en'] as const).map((locale) =>
            issuesOf(issues, body as z.ZodType, data, locale),
          );
          for (const [i, { message }] of (zh ?? []).entries())
            if (
              LIBRARY.test(message) ||
              LIBRARY.test(en?.[i]?.message ?? '') ||
              !/\p{Script=Han}/u.test(message)
            )
              unsaid.add(`${path} ${name}: ${message} / ${en?.[i]?.message}`);
        }
  expect([...unsaid]).toEqual([]);
  expect(looked).toBeGreaterThan(1000);
});

/** The forms that a body may have. */
function objectsOf(body: NonNullable<Route['body']>): z.ZodObject[] {
  if (body instanceof z.ZodObject) return [body];
  return body instanceof z.ZodDiscriminatedUnion ? (body.options as z.ZodObject[]) : [];
}

/** The word by which one form is known from the others. */
const fixed = (schema: z.ZodObject): object =>
  Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, one]) =>
      one instanceof z.ZodLiteral ? [[name, one.value]] : [],
    ),
  );

test('a field that is missing is called missing, also where it may be one of several things', async () => {
  expect(await told('PUT', '/registry/device/d1', { id: 'd1' })).toMatchObject({
    in: 'body',
    zh: [{ pointer: '/noun', message: expect.stringMatching(/^缺少 noun，应为以下之一：node、home、/) }],
    en: [{ pointer: '/noun', message: expect.stringMatching(/^noun is missing; it is one of node, home, /) }],
  });
  const device = { noun: 'device', id: 'd1', home: 'h1', model: 'water-meter' };
  const instant = 'an instant with its offset, as 2026-03-01T08:00:00+08:00, or epoch milliseconds';
  expect((await told('PUT', '/registry/device/d1', device)).en).toMatchObject([
    { pointer: '/enrolledAt', message: `enrolledAt is missing; it is ${instant}` },
  ]);
  expect((await told('POST', '/devices/m1/exchange', {})).zh).toMatchObject([
    { pointer: '/at', message: expect.stringMatching(/^缺少 at，应为带时区的时刻/) },
  ]);
  expect((await told('POST', '/devices/m1/exchange', { at: true })).en).toMatchObject([
    { pointer: '/at', message: `at cannot be "true"; it is ${instant}` },
  ]);
});

test('a field that there is not is told with those of this kind of entry', async () => {
  const contact = { noun: 'contact', id: 'k1', home: 'h1', name: '王小明', phones: '1' };
  const { zh, en } = await told('PUT', '/registry/contact/k1', contact);
  expect(zh[0].message).toMatch(/^没有 "phones" 这一项；可用：noun、id、home、/);
  expect(en[0].message).toMatch(/^there is no "phones"; there are noun, id, home, .*phone, /);
});

test('an entry that is not the one of the address is told by what differs', async () => {
  const home = { noun: 'home', id: 'h8', parent: 'haitang/g1', name: '801' };
  expect(await told('PUT', '/registry/home/h9', home)).toMatchObject({
    in: 'body',
    zh: [{ pointer: '/id', message: 'id 与地址不一致：地址中为 "h9"，正文中为 "h8"' }],
    en: [{ pointer: '/id', message: 'id is not that of the address: there it is "h9", in the body "h8"' }],
  });
  expect((await told('PUT', '/registry/resident/h8', home)).en).toMatchObject([{ pointer: '/noun' }]);
});

test('what an entry belongs to and is not there is named', async () => {
  const device = { noun: 'device', id: 'd1', home: 'h9', model: 'water-meter', enrolledAt: 1 };
  expect((await root('PUT', '/registry/device/d1', device)).body).toMatchObject({
    code: 'REGISTRY_PARENT_MISSING',
    details: { noun: 'device', key: 'd1', parent: { noun: 'home', key: 'h9' } },
  });
});

describe('a cursor', () => {
  const PLACE = {
    in: 'querystring',
    en: [{ pointer: '/cursor', message: expect.stringContaining('`next`') }],
  };
  const first = async (path: string) => encodeURIComponent((await root('GET', path)).body.next);

  test('of another list, of other filters, or that nobody gave, is refused and not taken for a key', async () => {
    const next = await first('/homes?limit=1');
    for (const path of [
      '/devices',
      '/watch',
      '/gateways',
      '/registry/home',
      '/cases',
      '/homes?path=haitang%2Fg2',
    ])
      expect(await told('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${next}`)).toMatchObject(
        PLACE,
      );
    for (const path of ['/homes', '/cases', '/notices'])
      expect(await told('GET', `${path}?cursor=junk`)).toMatchObject(PLACE);
    const nodes = await first('/registry/node?limit=1');
    expect(await told('GET', `/registry/home?cursor=${nodes}`)).toMatchObject(PLACE);
  });

  test('goes on with its own list, also with pages of another length', async () => {
    const next = await first('/registry/node?limit=1');
    const { body } = await root('GET', `/registry/node?limit=2&cursor=${next}`);
    expect(body.items.map(({ path }: { path: string }) => path)).toEqual(['haitang/g1', 'haitang/g2']);
  });
});

describe('a time', () => {
  test('in seconds is not taken for one of January 1970', async () => {
    const device = { noun: 'device', id: 'd1', home: 'h1', model: 'water-meter', enrolledAt: 1_772_323_200 };
    const { en } = await told('PUT', '/registry/device/d1', device);
    expect(en).toMatchObject([
      {
        pointer: '/enrolledAt',
        message: expect.stringMatching(/^enrolledAt cannot be "1772323200"; it is .* epoch milliseconds$/),
      },
    ]);
    const from = await told('GET', '/cases?from=1772323200');
    expect(from.zh).toMatchObject([
      { pointer: '/from', message: expect.stringMatching(/^from 不能是 "1772323200"/) },
    ]);
  });

  test('may be written either way in every body and query, but never without its zone', async () => {
    const until = new Date(service.clock.now() + 3_600_000).toISOString();
    const { status, body } = await root('POST', '/tokens', { label: 'a program', expiresAt: until });
    expect([status, body.expiresAt]).toEqual([201, Date.parse(until)]);
    const zoneless = until.slice(0, 19);
    const away = await told('POST', '/homes/h1/away', { from: until, until: zoneless });
    expect(away.en).toMatchObject([{ pointer: '/until' }]);
    const leave = { staff: 'li', from: zoneless, until: zoneless };
    const wrong = [{ pointer: '/from' }, { pointer: '/until' }];
    expect((await told('POST', '/rosters/duty/leave', leave)).en).toMatchObject(wrong);
    expect((await told('GET', `/rosters/duty/leave?${new URLSearchParams(leave)}`)).en).toMatchObject(wrong);
  });

  test('in an address may have its plus unescaped', async () => {
    expect((await root('GET', '/cases?from=2026-03-01T08:00:00+08:00')).status).toBe(200);
  });
});

test('a body in GBK is refused, and no name is kept as a row of question marks', async () => {
  const gbk = Buffer.from(
    '7b226e6f756e223a22686f6d65222c226964223a226838222c22706172656e74223a226861697467616e672f6731222c226e616d65223a22d5c5c8fd227d',
    'hex',
  );
  const put = (body: Buffer, type = 'application/json') =>
    app.inject({
      method: 'PUT',
      url: '/api/v1/registry/home/h8',
      headers: { authorization: `Bearer ${token}`, 'content-type': type, ...ENGLISH },
      payload: body,
    });
  for (const type of ['application/json', 'application/json; charset=gbk'])
    expect((await put(gbk, type)).json()).toMatchObject({ status: 400, code: 'BODY_NOT_UTF8' });
  expect(service.registry.home('h8')).toBeUndefined();
});

test('a token that is not known is called that, and no credentials are asked for', async () => {
  const { status, body, headers } = await asking(app, 'wrong')('GET', '/cases', undefined, ENGLISH);
  expect([status, body.code, body.title]).toEqual([
    401,
    'TOKEN_NOT_KNOWN',
    expect.stringContaining('token is not known'),
  ]);
  expect(headers['www-authenticate']).toMatch(/^Bearer /);
});
