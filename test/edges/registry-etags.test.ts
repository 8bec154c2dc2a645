import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';

const HOME = '/registry/home/h1';

let service: TestService;
let cookie: string;
beforeAll(async () => {
  service = await testService({
    entries: community({ h1: [{ id: 'm1', model: 'water-meter' }], h2: [] }),
  });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

interface Told {
  readonly status: number;
  readonly etag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: what is read of an answer is what the test is about
  readonly body: any;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Told> {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: { cookie, origin: service.url, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

test('who replaces a home by an older copy is told so, and the note of the other stays', async () => {
  const held = await ask('GET', HOME);
  const before = held.body.entry;
  const ifMatch = { 'if-match': held.etag ?? '' };
  const noted = await ask('PUT', HOME, { ...before, entryNote: '钥匙在402' }, ifMatch);
  expect(noted.status).toBe(200);
  const late = await ask('PUT', HOME, { ...before, name: '一号' }, { ...ifMatch, 'accept-language': 'en' });
  expect(late).toMatchObject({
    status: 412,
    body: {
      code: 'REGISTRY_ENTRY_CHANGED',
      title: 'The entry has changed since you saw it: nothing was saved',
      details: { noun: 'home', key: 'h1', etag: noted.etag },
    },
  });
  const now = await ask('GET', HOME);
  expect(now).toMatchObject({ etag: noted.etag, body: { entry: { entryNote: '钥匙在402' } } });
  const again = { ...now.body.entry, name: '一号' };
  expect((await ask('PUT', HOME, again, { 'if-match': `"other", ${now.etag}` })).status).toBe(200);
});

test('of two changes that are decided on the same copy at the same time only one is made', async () => {
  const { etag, body } = await ask('GET', HOME);
  const put = (name: string) => ask('PUT', HOME, { ...body.entry, name }, { 'if-match': etag ?? '' });
  const told = await Promise.all([put('甲'), put('乙'), put('丙')]);
  expect(told.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
});

test('the list says the tag of each of its entries, and without a precondition the last one wins as before', async () => {
  const { body: page } = await ask('GET', '/registry/home');
  const at = page.items.findIndex(({ id }: { id: string }) => id === 'h1');
  expect(page.etags).toHaveLength(page.items.length);
  expect(page.etags[at]).toBe((await ask('GET', HOME)).etag);
  expect((await ask('PUT', HOME, { ...page.items[at], name: '旧' })).status).toBe(200);
  expect((await ask('PUT', HOME, page.items[at])).etag).toBe(page.etags[at]);
});

test('an entry is only added where there is none, and a weak tag or a star for nothing does not match', async () => {
  const home = { noun: 'home', id: 'h9', parent: (await ask('GET', HOME)).body.entry.parent, name: '新' };
  const put = (headers: Record<string, string>) => ask('PUT', '/registry/home/h9', home, headers);
  expect((await put({ 'if-match': '*' })).body.code).toBe('REGISTRY_ENTRY_CHANGED');
  const added = await put({ 'if-none-match': '*' });
  expect(added.status).toBe(200);
  expect((await put({ 'if-none-match': '*' })).body).toMatchObject({
    code: 'REGISTRY_ENTRY_EXISTS',
    status: 412,
    details: { etag: added.etag },
  });
  expect((await put({ 'if-match': `W/${added.etag}` })).status).toBe(412);
  expect((await put({ 'if-match': '*' })).status).toBe(200);
  expect((await ask('DELETE', '/registry/home/h9', undefined, { 'if-match': '"other"' })).status).toBe(412);
  expect((await ask('DELETE', '/registry/home/h9', undefined, { 'if-match': added.etag ?? '' })).status).toBe(
    204,
  );
  // To remove what is not there is no use with or without a condition, so none is looked at (RFC 9110, 13.2.1).
  const gone = await ask('DELETE', '/registry/home/h9', undefined, { 'if-match': added.etag ?? '' });
  expect([gone.status, gone.body.code]).toEqual([404, 'NOT_FOUND']);
});

test('a period of absence is a change of the home, a new secret is none of the device', async () => {
  const device = await ask('GET', '/registry/device/m1');
  const issued = await ask('POST', '/devices/m1/secret', {}, { 'idempotency-key': 'one' });
  expect(issued.status).toBe(200);
  expect((await ask('GET', '/registry/device/m1')).etag).toBe(device.etag);
  const home = await ask('GET', HOME);
  const until = Date.now() + 24 * HOUR;
  const away = await ask(
    'POST',
    '/homes/h1/away',
    { from: Date.now(), until, kind: 'travel' },
    { 'idempotency-key': 'two' },
  );
  expect(away.status).toBe(200);
  const late = await ask('PUT', HOME, home.body.entry, { 'if-match': home.etag ?? '' });
  expect(late.status).toBe(412);
});

atLength('the document says the headers of the preconditions, and the tag of the answer', async () => {
  const { paths } = (await ask('GET', '/openapi.json')).body;
  const { get, put } = paths['/api/v1/registry/{noun}/{key}'];
  const named = put.parameters.filter((one: { in: string }) => one.in === 'header');
  expect(named.map(({ name }: { name: string }) => name)).toEqual(['if-match', 'if-none-match']);
  expect(get.responses['200'].headers).toHaveProperty('etag');
  expect(put.responses['200'].headers).toHaveProperty('etag');
});
