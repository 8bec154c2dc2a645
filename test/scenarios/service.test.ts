import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { productRules } from './story.ts';

const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const HOUR_NOW = Math.floor(Date.now() / HOUR) * HOUR;

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A platform in the intranet of the community. */
const heard: Heard[] = [];
const platform = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  });
});

let service: TestService;
let cookie = '';
let client: MqttClient;
const told: string[] = [];
let stream: ReturnType<typeof httpGet> | undefined;

beforeAll(async () => {
  platform.listen(0, '127.0.0.1');
  await once(platform, 'listening');
  const address = platform.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const entries = community({
    h1: [{ id: 'meter', model: 'water-meter' }],
    h2: [
      { id: 'other', model: 'water-meter' },
      { id: 'band', model: 'wristband' },
    ],
  }).map((entry) =>
    entry.noun === 'device'
      ? { ...entry, enrolledAt: HOUR_NOW - 40 * DAY, secretHash: hashSecret(`secret of ${entry.id}`) }
      : entry,
  );
  service = await testService({
    entries,
    rules: productRules,
    channels: [
      { id: 'terminal', channel: 'terminal' },
      {
        id: 'platform',
        channel: 'webhook',
        config: { url: `http://127.0.0.1:${port}/hook`, secret: SECRET },
      },
    ],
    notify: { routes: [], always: ['terminal', 'platform'], fallback: { channels: ['terminal'] } },
  });
  cookie = await signIn(service.url);
  await listen();
  client = await connected('meter');
});

afterAll(async () => {
  stream?.destroy();
  await client.endAsync(true);
  await service.stop();
  platform.closeAllConnections();
  platform.close();
});

/** Opens the stream, as a console does. Resolves once it is there. */
async function listen(): Promise<void> {
  stream = httpGet(`${service.url}/api/v1/stream`, { headers: { cookie } });
  const [response] = await once(stream, 'response');
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    response.on('data', (text: string) => {
      told.push(text);
      resolve();
    });
  });
}

const connected = (id: string, password = `secret of ${id}`): Promise<MqttClient> =>
  mqtt.connectAsync(service.mqttUrl, {
    clientId: id,
    username: id,
    password,
    reconnectPeriod: 0,
    connectTimeout: 2_000,
  });

const publish = (topic: string, payload: string, by = client) => by.publishAsync(topic, payload, { qos: 1 });

let asked = 0;
async function api<T>(path: string, body?: unknown, language = 'en'): Promise<{ status: number; body: T }> {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      cookie,
      origin: service.url,
      'accept-language': language,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': `${path}-${++asked}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

interface Items {
  readonly items: readonly Record<string, unknown>[];
}

/** Waits until it holds; the story asks for a second. */

/** The newest rejection for a reason, as an operator sees it. */
const refused = async (reason: string): Promise<Record<string, unknown> | undefined> =>
  (await api<Items>(`/rejections?reason=${reason}`)).body.items[0];

describe('30 hours of hourly readings with no use in the last 25, at once', () => {
  test('are an alert in the API, on the stream and at the webhook', async () => {
    const readings = Array.from({ length: 30 }, (_, index) => ({
      at: new Date(HOUR_NOW - (29 - index) * HOUR).toISOString(),
      water_index_m3: index < 5 ? 100 + index * 0.02 : 100.1,
      battery_pct: 80,
    }));
    await publish('shouwang/meter/telemetry', JSON.stringify(readings));
    // Acknowledged is committed: the API knows it at once.
    const alerts = await api<Items>('/alerts?home=h1&open=true');
    expect(alerts.body.items).toMatchObject([{ id: 'h1.a1', rule: 'W1', about: 'person', priority: 'P2' }]);
    const cases = await api<Items>('/cases?home=h1&status=open');
    expect(cases.body.items).toMatchObject([{ id: 'h1.c1', kind: 'safety', number: 1 }]);
    await soon(() => expect(told.join('').includes('h1.a1') && heard.length > 0).toBe(true));
    expect(told.join('')).toMatch(/event: alert\ndata: .*"h1\.a1"|event: alert\n(.*\n)*?.*"h1\.a1"/);

    const [{ headers, body }] = heard as [Heard];
    const read = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    expect(read).toMatchObject({
      type: 'case.opened',
      data: { case: 'h1.c1', alert: 'h1.a1', priority: 'P2' },
    });
    const { body: kept } = await api<{ points: unknown[] }>(
      `/devices/meter/readings?metric=water_index_m3&from=${HOUR_NOW - 2 * DAY}`,
    );
    expect(kept.points).toHaveLength(30);
  });
});

describe('what cannot be taken gets its named answer', () => {
  test('malformed JSON', async () => {
    await publish('shouwang/meter/telemetry', '{"at":');
    expect(await refused('malformed-json')).toMatchObject({
      device: 'meter',
      payload: '{"at":',
      payloadBytes: 6,
    });
  });

  test('a megabyte at once; the others go on', async () => {
    const other = await connected('other');
    const large = await connected('band');
    large.on('error', () => undefined);
    const gone = new Promise<void>((resolve) => large.once('close', () => resolve()));
    large.publish('shouwang/band/telemetry', Buffer.alloc(1024 * 1024, 32), { qos: 1 }, () => undefined);
    await gone;
    await large.endAsync(true);
    await publish('shouwang/other/telemetry', JSON.stringify({ at: Date.now(), battery_pct: 50 }), other);
    await soon(async () => expect(await refused('too-large')).toBeDefined());
    await other.endAsync(true);
  });

  test('the topic of another device: acknowledged, diverted, shown', async () => {
    await publish('shouwang/other/telemetry', JSON.stringify({ water_index_m3: 9 }));
    await soon(async () =>
      expect(await refused('foreign-topic')).toMatchObject({
        from: 'meter',
        topic: 'shouwang/other/telemetry',
      }),
    );
    expect(client.connected).toBe(true);
  });

  test('a wrong password', async () => {
    await expect(connected('band', 'guess')).rejects.toThrow(/not authorized|bad user ?name or password/i);
    const { body } = await api<{ broker: { refused: Record<string, number> } }>('/status');
    expect(body.broker.refused['wrong-credentials']).toBe(1);
  });

  test('a clock in 2099, for a reading', async () => {
    await publish('shouwang/meter/telemetry', JSON.stringify({ at: '2099-01-01T00:00:00Z', battery_pct: 1 }));
    expect(await refused('clock-future')).toMatchObject({ device: 'meter' });
  });

  test('a clock in 2099, for an SOS: it is heard', async () => {
    const band = await connected('band');
    await publish(
      'shouwang/band/telemetry',
      JSON.stringify({ at: '2099-01-01T00:00:00Z', event: 'sos' }),
      band,
    );
    await band.endAsync(true);
    const { body } = await api<Items>('/alerts?home=h2&open=true');
    const [sos] = body.items.filter(({ rule }) => rule === 'B1');
    expect(sos).toMatchObject({ priority: 'P1' });
    await soon(() => expect(heard.some(({ body: text }) => text.includes(`"${sos?.id}"`))).toBe(true));
  });

  test('a negative step', async () => {
    await publish('shouwang/meter/telemetry', JSON.stringify({ at: Date.now(), water_index_m3: 99 }));
    expect(await refused('counter-backwards')).toMatchObject({ device: 'meter' });
    const { body } = await api<Items>('/alerts?home=h1&open=true');
    expect(body.items).toMatchObject([{ rule: 'W1' }]);
  });

  test('and every no is counted', async () => {
    const { body } = await api<Items>('/rejections/counts');
    const counts = Object.fromEntries(body.items.map(({ reason, count }) => [reason, count]));
    expect(counts).toEqual({
      'malformed-json': 1,
      'too-large': 1,
      'foreign-topic': 1,
      'clock-future': 1,
      'counter-backwards': 1,
    });
  });
});

describe('a rule file that changes on disk', () => {
  const write = (text: string) => writeFile(join(service.dir, 'rules.yaml'), text);
  const version = async (): Promise<string> => (await api<{ version: string }>('/rules')).body.version;

  test('is in force soon after', async () => {
    await write(stringify({ version: 'second', rules: productRules }));
    await soon(() => expect(service.core.ruleSet.version).toBe('second'));
    expect(await version()).toBe('second');
    const { body } = await api<Items>('/alerts?home=h1&open=true');
    expect(body.items).toMatchObject([
      { rule: 'W1', ruleSetVersion: 'test', ruleSetContent: expect.stringMatching(/^[0-9a-f]{8}$/) },
    ]);
  });

  atLength('and keeps its version: it is in force, and every answer says that it is another', async () => {
    const before = await api<{ content: string }>('/rules');
    await write(stringify({ version: 'second', rules: productRules.slice(0, -1) }));
    await soon(() => expect(service.service.earlierRules()).toBe(before.body.content));
    const health = async () => {
      const headers = { 'accept-language': 'en' };
      return (await fetch(`${service.url}/healthz`, { headers })).text();
    };
    expect(await health()).toContain(`without a new version; ${before.body.content}`);
    // Whoever was first to read it, and however often it is read.
    for (let n = 0; n < 2; n++)
      expect((await api('/rules/reload', {})).body).toMatchObject({
        version: 'second',
        change: 'same-version',
      });
    const { body: rules } = await api<{ earlierContent?: string }>('/rules');
    expect(rules.earlierContent).toBe(before.body.content);
    await write(stringify({ version: 'third', rules: productRules }));
    await soon(() => {
      expect(service.core.ruleSet.version).toBe('third');
      expect(service.service.earlierRules()).toBeUndefined();
    });
    expect(await health()).toContain(`rule set third (${before.body.content})`);
    expect((await api('/rules/reload', {})).body).toMatchObject({ version: 'third', change: 'none' });
    expect((await api('/rules')).body).not.toHaveProperty('earlierContent');
  });

  test('and is broken: the old rules stay in force, and it is said where the mistake is', async () => {
    const before = await version();
    await write(
      'version: fourth\nrules:\n  - id: W1\n    kind: low-consumption\n    params: { windowHours: none }\n',
    );
    const { status, body } = await api<{ code: string }>('/rules/reload', {});
    expect(status).toBe(422);
    expect(body.code).toBe('RULES_INVALID');
    expect(JSON.stringify(body)).toMatch(/rules\.yaml.*5.*windowHours/);
    const zh = await api('/rules/reload', {}, 'zh');
    expect(JSON.stringify(zh.body)).toMatch(
      /rules\.yaml:5:\d+ rules\[0\]\.params\.windowHours: .*应为.*数字/,
    );
    expect(await version()).toBe(before);
    const { body: alerts } = await api<Items>('/alerts?home=h1&open=true');
    expect(alerts.items).toHaveLength(1);
  });
});
