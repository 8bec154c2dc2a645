import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localeOf } from '../../src/api/problem.ts';
import { pageInMemory } from '../../src/api/query.ts';
import type { RouteFile } from '../../src/api/route.ts';
import { loadFolder } from '../../src/lib/folder-loader.ts';
import { ERRORS } from '../../src/model/errors.ts';
import { atLength } from '../runs.ts';
import {
  type Ask,
  apiFor,
  asking,
  NOW,
  opening,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

let service: TestService;
let app: FastifyInstance;
let close: () => Promise<void>;
let root: Ask;
let stranger: Ask;

beforeAll(async () => {
  service = await testService();
  ({ app, close } = await apiFor(service, {
    parseImport: (_format, text) =>
      text === 'wrong'
        ? { put: [], remove: [], problems: [{ line: 3, column: 7, message: 'no such model' }] }
        : {
            put: [{ noun: 'device', id: 'm1', model: text, home: 'h1', enrolledAt: NOW, disabled: false }],
            remove: [],
            problems: [],
          },
  }));
  root = asking(app, await tokenFor(service, 'root', { role: 'administrator', node: '' }));
  stranger = asking(app);
});
afterAll(async () => {
  await close();
  await service.close();
});

let cases = 100;
async function newCase(): Promise<string> {
  const n = ++cases;
  await service.commit(...opening('h1', n));
  return `h1.c${n}`;
}

// --- the OpenAPI document

interface Operation {
  operationId: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

async function document() {
  const { body } = await stranger('GET', '/openapi.json');
  return body as {
    openapi: string;
    info: { version: string };
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object> };
  };
}

/** Who signs in has no key yet, to decode is to read, and what platforms send has its own form. */
const CHANGE_NOTHING_HERE = ['/session', '/decode', '/push/:envelope', '/channel-replies/:channel'];

test('the OpenAPI document is 3.1 and holds every route of every file, each once, with its parameters', async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe('3.1.0');
  const files = await loadFolder(join(import.meta.dirname, '../../src/api/routes'));
  const routes = files.flatMap(({ definition }) => (definition as RouteFile).routes);
  expect(routes.length).toBeGreaterThan(40);
  for (const { method, path, idempotent, body } of routes) {
    const operation = paths[`/api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()];
    expect([path, operation !== undefined]).toEqual([path, true]);
    if (!operation) continue;
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
    expect(named).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
    const key = operation.parameters?.find((one) => one.name === 'idempotency-key');
    expect([path, key?.required ?? false]).toEqual([path, idempotent === true]);
    const bearsKey = method === 'POST' && !CHANGE_NOTHING_HERE.includes(path);
    expect([path, key !== undefined]).toEqual([path, bearsKey]);
    expect([path, operation.requestBody !== undefined]).toEqual([path, body !== undefined]);
    expect(operation.responses['default']?.content).toHaveProperty('application/problem+json');
  }
  for (const url of ['/healthz', '/readyz', '/metrics']) {
    expect(paths).toHaveProperty([url, 'get']);
    expect(paths).not.toHaveProperty([url, 'head']);
  }
  const ids = Object.values(paths).flatMap((one) => Object.values(one).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
});

test('the document says the media type that is sent, and the header that a stream resumes by', async () => {
  const { paths } = await document();
  const period = 'from=0&to=1';
  for (const [path, type] of [
    [`/ledger.csv?${period}`, 'text/csv'],
    [`/visits.csv?${period}`, 'text/csv'],
    [`/fhir/Observation?device=m1&${period}`, 'application/fhir+json'],
  ] as const) {
    const { status, headers } = await root('GET', path);
    expect([path, status, String(headers['content-type']).split(';')[0]]).toEqual([path, 200, type]);
    const said = paths[`/api/v1${path.split('?')[0]}`]?.['get']?.responses['200']?.content;
    expect(Object.keys(said ?? {})).toEqual([type]);
  }
  const photo = paths['/api/v1/cases/{id}/photos/{photo}']?.['get']?.responses['200']?.content;
  expect(Object.keys(photo ?? {})).toEqual(['image/jpeg', 'image/png', 'image/webp']);
  const named = paths['/api/v1/stream']?.['get']?.parameters?.map(
    ({ name, in: where }) => `${where} ${name}`,
  );
  expect(named).toEqual(expect.arrayContaining(['header last-event-id', 'query after']));
});

test('a method that an address does not know is refused with those that it knows', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/status', 'GET'],
    ['PUT', '/cases/h1.c1/notes', 'POST'],
    ['POST', '/registry/home/h1', 'DELETE, GET, PUT'],
    ['DELETE', '/openapi.json', 'GET'],
  ] as const) {
    const { status, headers, body } = await root(method, path, method === 'DELETE' ? undefined : {});
    expect([path, status, headers['allow']]).toEqual([path, 405, allow]);
    expect(body.code).toBe('METHOD_NOT_ALLOWED');
  }
  expect((await root('DELETE', '/nothing')).status).toBe(404);
});

test('every reference of the document leads somewhere', async () => {
  const doc = await document();
  const names = [...JSON.stringify(doc).matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
  expect(names.length).toBeGreaterThan(100);
  for (const [, name] of names) expect(doc.components.schemas).toHaveProperty(name as string);
});

atLength('every schema of the document compiles', async () => {
  const doc = await document();
  const ajv = new Ajv2020({ strict: false, formats: { base64: true, byte: true, 'date-time': true } });
  ajv.addSchema({ $id: 'doc', ...doc });
  let compiled = 0;
  for (const [path, operations] of Object.entries(doc.paths))
    for (const [method, { responses, requestBody }] of Object.entries(operations))
      for (const content of [...Object.values(responses).map((one) => one.content), requestBody?.content])
        for (const { schema } of Object.values(content ?? {})) {
          const inDocument = JSON.parse(
            JSON.stringify(schema).replaceAll('"#/components', '"doc#/components'),
          );
          expect(() => ajv.compile(inDocument), `${method} ${path}`).not.toThrow();
          compiled++;
        }
  expect(compiled).toBeGreaterThan(100);
});

atLength('what a route answers has the form that the document gives it', async () => {
  await newCase();
  const doc = await document();
  const ajv = new Ajv2020({ strict: false, formats: { base64: true, byte: true, 'date-time': true } });
  ajv.addSchema({ $id: 'doc', ...doc });
  const asked: [string, string][] = [
    ['/cases', '/cases'],
    ['/cases/{id}', `/cases/h1.c${cases}`],
    ['/alerts', '/alerts'],
    ['/homes', '/homes'],
    ['/homes/{id}', '/homes/h1'],
    ['/devices', '/devices'],
    ['/registry/{noun}', '/registry/staff'],
    ['/models', '/models'],
    ['/rules', '/rules'],
    ['/status', '/status'],
    ['/session', '/session'],
    ['/users', '/users'],
    ['/tokens', '/tokens'],
  ];
  for (const [path, url] of asked) {
    const { status, body } = await root('GET', url);
    expect([url, status]).toEqual([url, 200]);
    const schema =
      doc.paths[`/api/v1${path}`]?.['get']?.responses['200']?.content?.['application/json']?.schema;
    const check = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')),
    );
    expect([url, check(body), check.errors]).toEqual([url, true, null]);
  }
});

// --- problems

const PROBLEMS: [string, () => Promise<unknown>, string][] = [
  ['an unknown address', () => root('GET', '/nothing'), 'ADDRESS_UNKNOWN'],
  ['an address outside of the API', () => stranger('GET', '/api/nothing'), 'ADDRESS_UNKNOWN'],
  ['no credentials', () => stranger('GET', '/cases'), 'NOT_SIGNED_IN'],
  ['a wrong token', () => asking(app, 'wrong')('GET', '/cases'), 'TOKEN_NOT_KNOWN'],
  ['an unknown query key', () => root('GET', '/cases?prioriy=P1'), 'REQUEST_INVALID'],
  ['a cursor that nobody gave', () => root('GET', '/cases?cursor=abc'), 'REQUEST_INVALID'],
  [
    'JSON that does not parse',
    () => root('POST', '/decode', '{', { 'content-type': 'application/json' }),
    'BODY_NOT_JSON',
  ],
  [
    'an unsafe key in JSON',
    () => root('POST', '/decode', '{"__proto__":{}}', { 'content-type': 'application/json' }),
    'BODY_NOT_JSON',
  ],
  [
    'a body that is not JSON',
    () => root('POST', '/decode', 'x', { 'content-type': 'text/plain' }),
    'MEDIA_TYPE_UNKNOWN',
  ],
  [
    'a body above the limit',
    () => root('POST', '/decode', { model: 'x'.repeat(1_100_000) }),
    'PAYLOAD_TOO_LARGE',
  ],
  ['a channel that is not configured', () => root('POST', '/channels/smoke/test'), 'CHANNEL_NOT_FOUND'],
  [
    'a ledger that ends before it begins',
    () => root('GET', '/ledger?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z'),
    'PERIOD_TOO_LONG',
  ],
  [
    'the same as a table',
    () => root('GET', '/ledger.csv?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z'),
    'PERIOD_TOO_LONG',
  ],
  ['an address that is not one', () => root('GET', '/cases/%E0%A4%A'), 'REQUEST_INVALID'],
  [
    'no key for a change',
    () => root('POST', '/rules/reload', undefined, { 'idempotency-key': '' }),
    'IDEMPOTENCY_KEY_MISSING',
  ],
  ['a rule file that is wrong', () => root('POST', '/rules/reload'), 'RULES_INVALID'],
  ['a model that does not exist', () => root('POST', '/decode', { model: 'x' }), 'MODEL_UNKNOWN'],
  [
    'a step that asks for too much',
    () => root('GET', '/devices/m1/readings?metric=battery_pct&from=0&to=999999999999&step=1000'),
    'REQUEST_INVALID',
  ],
  [
    'an account that exists',
    () => root('POST', '/users', { id: 'root', name: 'x', password: 'long enough 1', roles: [] }),
    'USER_EXISTS',
  ],
  [
    'a parent that does not exist',
    () => root('PUT', '/registry/resident/r9', { noun: 'resident', id: 'r9', home: 'h9', name: '无' }),
    'REGISTRY_PARENT_MISSING',
  ],
  ['a parent that is still needed', () => root('DELETE', '/registry/home/h1'), 'REGISTRY_IN_USE'],
  [
    'a line that is wrong',
    () => root('POST', '/registry/import', { format: 'csv', text: 'wrong' }),
    'REGISTRY_INVALID',
  ],
];

test.each(PROBLEMS)('%s is answered with a problem that has a name', async (_, ask, code) => {
  const { status, headers, body } = (await ask()) as Awaited<ReturnType<Ask>>;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    code,
    status,
    type: `urn:shouwang:problem:${code.toLowerCase().replaceAll('_', '-')}`,
  });
  expect(status).toBe(ERRORS[code as keyof typeof ERRORS].status);
  expect(body.title).toBe(ERRORS[code as keyof typeof ERRORS].zh);
  expect(body.instance).toMatch(/^\/api\//);
  expect(body.instance).not.toContain('?');
});

test('an unexpected error says nothing of its inside, and gives the id under which it is in the log', async () => {
  const { cases: real } = service.records;
  service.records.cases = async () => {
    throw new Error('disk image /var/lib/secret.db is malformed');
  };
  const { status, body } = await root('GET', '/cases');
  service.records.cases = real;
  expect(status).toBe(500);
  expect(body).toMatchObject({ code: 'INTERNAL', title: '内部错误' });
  expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('what is wrong with a request is told in its language, with the place of each mistake', async () => {
  const wrong = { model: '', payloadBase64: '%', topik: 1 };
  const chinese = await root('POST', '/decode', wrong);
  const english = await root('POST', '/decode', wrong, { 'accept-language': 'en-GB,en;q=0.9' });
  expect(english.headers['content-language']).toBe('en');
  expect(english.body).toMatchObject({ title: ERRORS.REQUEST_INVALID.en, in: 'body' });
  const places = (answer: Awaited<ReturnType<Ask>>) =>
    answer.body.issues.map((issue: { pointer: string }) => issue.pointer);
  expect(places(english)).toEqual(['/model', '/payloadBase64', '']);
  expect(places(chinese)).toEqual(places(english));
  expect(english.body.issues[2].message).toContain('topik');
  expect(chinese.body.issues[0].message).toMatch(/\p{Script=Han}/u);
});

test('the language is the first of ours by weight, and Chinese when none is asked for', () => {
  expect(
    ['en', 'zh-CN,en;q=0.5', 'en;q=0.4, zh;q=0.5', 'fr, en;q=0.1', undefined, '*', 'en;q=0'].map(localeOf),
  ).toEqual(['en', 'zh', 'zh', 'en', 'zh', 'zh', 'zh']);
});

// --- once, and one at a time

test('a repeat with the same key gets the first answer and changes nothing', async () => {
  const id = await newCase();
  const key = { 'idempotency-key': 'take-1' };
  const first = await root('POST', `/cases/${id}/notes`, { text: '敲门无人应' }, key);
  const again = await root('POST', `/cases/${id}/notes`, { text: '敲门无人应' }, key);
  expect(first.status).toBe(200);
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect((await root('GET', `/cases/${id}`)).body.entries).toHaveLength(2);
});

test('the same key with another request is refused, and the same key of another account is another key', async () => {
  const id = await newCase();
  const key = { 'idempotency-key': 'shared' };
  expect((await root('POST', `/cases/${id}/notes`, { text: 'a' }, key)).status).toBe(200);
  expect((await root('POST', `/cases/${id}/notes`, { text: 'b' }, key)).body.code).toBe(
    'IDEMPOTENCY_KEY_REUSED',
  );
  const other = asking(app, await tokenFor(service, 'other', { role: 'responder', node: '' }));
  expect((await other('POST', `/cases/${id}/notes`, { text: 'b' }, key)).status).toBe(200);
});

test('of two requests with one key at the same time one is done', async () => {
  const id = await newCase();
  const key = { 'idempotency-key': 'both' };
  const { submit } = service;
  const gate = Promise.withResolvers<void>();
  service.submit = async (...args) => {
    await gate.promise;
    return submit(...args);
  };
  const note = () => root('POST', `/cases/${id}/notes`, { text: 'x' }, key);
  const both = [note(), note()];
  await Promise.race(both);
  gate.resolve();
  const answers = await Promise.all(both);
  service.submit = submit;
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
    code: 'IDEMPOTENCY_KEY_IN_USE',
    details: { reason: 'running' },
  });
});

test('a failure of the server is not kept: the same key succeeds later', async () => {
  const id = await newCase();
  const key = { 'idempotency-key': 'retry' };
  const { submit } = service;
  service.submit = async () => ({ ok: false, failure: { code: 'NOT_READY' } });
  expect((await root('POST', `/cases/${id}/notes`, { text: 'x' }, key)).status).toBe(503);
  service.submit = submit;
  expect((await root('POST', `/cases/${id}/notes`, { text: 'x' }, key)).status).toBe(200);
});

test('a secret is shown once: a repeat does not show it, and it is nowhere in the records', async () => {
  const key = { 'idempotency-key': 'secret' };
  const first = await root('POST', '/devices/m1/secret', undefined, key);
  expect(first.body.secret).toBeTruthy();
  const again = await root('POST', '/devices/m1/secret', undefined, key);
  expect(again.body).toMatchObject({
    code: 'IDEMPOTENCY_KEY_IN_USE',
    details: { reason: 'answer-shown-once' },
  });
  const kept = await service.records.idempotent('root secret');
  expect(JSON.stringify(kept)).not.toContain(first.body.secret);
});

test('two people reach for one case: the second learns who was first', async () => {
  const id = await newCase();
  const [zhang, li] = [
    asking(app, await tokenFor(service, 'zhang', { role: 'responder', node: 'haitang' })),
    asking(app, await tokenFor(service, 'li', { role: 'responder', node: 'haitang' })),
  ];
  const first = await zhang('POST', `/cases/${id}/acknowledge`, { expectedVersion: 1 });
  expect(first.body.case).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ZHANG', version: 2 });
  const second = await li('POST', `/cases/${id}/acknowledge`, { expectedVersion: 1 });
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({
    code: 'CASE_VERSION_CONFLICT',
    details: { acknowledgedBy: 'ZHANG', version: 2, status: 'acknowledged' },
  });
  expect((await li('POST', `/cases/${id}/acknowledge`)).body.code).toBe('CASE_ALREADY_ACKNOWLEDGED');
});

// --- lists and readings

test('the pages of a list hold everything once, whatever their length', async () => {
  await service.commit(...opening('h2', 1), ...opening('h2', 2), ...opening('h2', 3), ...opening('h2', 4));
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await root(
      'GET',
      `/cases?home=h2&order=newest&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    expect(body.items.length).toBeLessThanOrEqual(3);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next ?? '';
  } while (cursor);
  expect(seen).toEqual(['h2.c4', 'h2.c3', 'h2.c2', 'h2.c1']);
  const some = await root('GET', '/cases?status=open&status=acknowledged&priority=P2&home=h2');
  expect(some.body.items).toHaveLength(4);
  expect((await root('GET', '/cases?status=resolved&home=h2')).body.items).toEqual([]);
});

test('paging through what is in memory gives the sorted whole, each item once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ minLength: 1 })),
      fc.integer({ min: 1, max: 7 }),
      async (keys, limit) => {
        const seen: string[] = [];
        let next: string | undefined;
        do {
          const page = await pageInMemory(
            keys,
            (key) => key,
            { limit, ...(next === undefined ? {} : { cursor: next }) },
            (key) => key.length % 3 !== 0,
          );
          seen.push(...page.items);
          next = page.next;
        } while (next !== undefined);
        expect(seen).toEqual(keys.filter((key) => key.length % 3 !== 0).sort((a, b) => (a < b ? -1 : 1)));
      },
    ),
  );
});

test('readings come as points, or as buckets of the step that was asked for', async () => {
  const points = [0, 1, 2, 3].map((hour) => ({
    metric: 'water_index_m3' as const,
    value: 100 + hour / 10,
    at: NOW + hour * 3_600_000,
  }));
  const report = {
    kind: 'report' as const,
    receivedAt: NOW,
    device: 'm1',
    clock: 'device' as const,
    readings: points,
    events: [{ event: 'leak' as const, at: NOW }],
  };
  await service.telemetry.append([{ seq: 1, report }]);
  const url = `/devices/m1/readings?metric=water_index_m3&from=2026-11-22T08:00:00%2B08:00&to=${NOW + 4 * 3_600_000}`;
  const plain = await root('GET', url);
  expect(plain.body.points).toEqual(points.map(({ at, value }) => ({ at, value, clock: 'device' })));
  expect(plain.body).not.toHaveProperty('buckets');
  const buckets = await root('GET', `${url}&step=7200000`);
  expect(buckets.body).toMatchObject({
    stepMs: 7_200_000,
    buckets: [
      { from: NOW, count: 2 },
      { from: NOW + 7_200_000, count: 2 },
    ],
  });
  expect((await root('GET', `/devices/m1/events?from=${NOW}&to=${NOW + 1}`)).body).toEqual({
    items: [{ event: 'leak', at: NOW }],
  });
  expect(
    (await root('GET', '/devices/m1/readings?metric=water_index_m3&from=2026-11-22T08:00:00')).body.code,
  ).toBe('REQUEST_INVALID');
});

test('a payload can be tried as JSON, as text and as base64', async () => {
  const payloads = [
    { payload: { battery_pct: 88 } },
    { payload: '{"battery_pct":88}' },
    { payloadBase64: 'eyJhIjoxfQ==' },
  ];
  for (const payload of payloads)
    expect((await root('POST', '/decode', { model: 'water-meter', ...payload })).body).toMatchObject({
      ok: true,
      rejections: [],
    });
  expect((await root('POST', '/decode', { model: 'water-meter', payload: '{' })).body).toMatchObject({
    ok: false,
    code: 'malformed-json',
  });
});

test('an import says what it would do, then does it, and keeps the secrets of devices', async () => {
  const file = { format: 'csv', text: 'water-meter-2' };
  const before = service.registry.device('m1');
  const dry = await root('POST', '/registry/import', { ...file, dryRun: true });
  expect(dry.body).toEqual({ applied: false, put: 1, remove: 0, problems: [] });
  expect(service.registry.device('m1')).toBe(before);
  expect((await root('POST', '/registry/import', file)).body.applied).toBe(true);
  expect(service.registry.device('m1')).toMatchObject({
    model: 'water-meter-2',
    secretHash: before?.secretHash,
  });
  const wrong = await root('POST', '/registry/import', { format: 'csv', text: 'wrong', dryRun: true });
  expect(wrong.body).toMatchObject({ applied: false, problems: [{ line: 3, column: 7 }] });
});

// --- operations and console

test('health and readiness answer anybody, with reasons for those who may know them', async () => {
  const ask = (url: string, remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ url, remoteAddress, headers });
  expect((await ask('/readyz', '127.0.0.1')).json()).toEqual({
    status: 'ok',
    checks: { records: { ok: true, detail: '3 毫秒' } },
  });
  expect((await ask('/readyz', '127.0.0.1', { 'accept-language': 'en' })).json().checks).toEqual({
    records: { ok: true, detail: '3 ms' },
  });
  expect((await ask('/readyz', '10.0.0.9')).json()).toEqual({
    status: 'ok',
    checks: { records: { ok: true } },
  });
  const text = (word: string) => ({ zh: word, en: word });
  const records = { ok: true, detail: text('3') };
  const rules = { ok: false, detail: text('rules.yaml:3') };
  service.health_ = { live: true, ready: true, checks: { records, rules } };
  const degraded = await ask('/readyz', '10.0.0.9');
  expect([degraded.statusCode, degraded.json().status]).toEqual([200, 'degraded']);
  service.health_ = { live: true, ready: false, checks: { broker: { ok: false, detail: text('down') } } };
  expect((await ask('/readyz', '10.0.0.9')).statusCode).toBe(503);
  expect((await ask('/healthz', '10.0.0.9')).statusCode).toBe(200);
  // A monitor that only wants the status asks without the body.
  const head = async (url: string) => {
    const { statusCode, body } = await app.inject({ method: 'HEAD', url });
    return [statusCode, body];
  };
  expect([await head('/readyz'), await head('/healthz'), await head('/metrics')]).toEqual([
    [503, ''],
    [200, ''],
    [200, ''],
  ]);
});

test('metrics are open on the machine itself, and need a token from elsewhere and through a proxy', async () => {
  const open = await app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' });
  expect(open.statusCode).toBe(200);
  expect(open.body).toMatch(
    /shouwang_http_request_seconds_count\{method="GET",route="\/api\/v1\/cases",status="200"\} \d+/,
  );
  expect(open.body).toContain('shouwang_stream_readers 0');
  expect((await app.inject({ url: '/metrics', remoteAddress: '10.0.0.9' })).statusCode).toBe(401);
  expect(
    (
      await app.inject({
        url: '/metrics',
        remoteAddress: '127.0.0.1',
        headers: { 'x-forwarded-for': '10.0.0.9' },
      })
    ).statusCode,
  ).toBe(401);
  const authorization = `Bearer ${await tokenFor(service, 'prometheus', { role: 'viewer', node: '' })}`;
  expect(
    (await app.inject({ url: '/metrics', remoteAddress: '10.0.0.9', headers: { authorization } })).statusCode,
  ).toBe(200);
});

test('without a build the console says how to make one; with one every page address gives the console', async () => {
  const html = { accept: 'text/html' };
  const missing = await app.inject({ url: '/cases/h1.c1', headers: html });
  expect(missing.statusCode).toBe(503);
  expect(missing.body).toContain('npm run build');

  // Whoever builds it while the service runs reloads the page, and need not start the service again.
  const webRoot = join(await mkdtemp(join(tmpdir(), 'shouwang-web-')), 'web');
  const built = await apiFor(service, { webRoot });
  expect((await built.app.inject({ url: '/', headers: html })).statusCode).toBe(503);
  await mkdir(join(webRoot, 'assets'), { recursive: true });
  await writeFile(join(webRoot, 'index.html'), '<title>守望</title>');
  await writeFile(join(webRoot, 'assets', 'app-1a2b.js'), 'run()');
  const page = await built.app.inject({ url: '/cases/h1.c1', headers: html });
  expect([page.statusCode, page.body]).toEqual([200, '<title>守望</title>']);
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  expect(page.headers['cache-control']).toBe('no-cache');
  expect((await built.app.inject({ url: '/', headers: html })).statusCode).toBe(200);
  const script = await built.app.inject('/assets/app-1a2b.js');
  expect(script.headers['cache-control']).toContain('immutable');
  expect((await built.app.inject({ url: '/assets/app-0000.js', headers: html })).statusCode).toBe(404);
  expect((await built.app.inject({ url: '/api/v1/nothing', headers: html })).statusCode).toBe(404);
  await built.close();
  await rm(join(webRoot, '..'), { recursive: true });
});
