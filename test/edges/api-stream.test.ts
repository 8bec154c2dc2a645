import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { StreamHub } from '../../src/api/stream.ts';
import { EventFanOut } from '../../src/app/event-fan-out.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { hashToken } from '../../src/lib/secrets.ts';
import type { Effect } from '../../src/model/effect.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { StreamEvent } from '../../src/ports/records.ts';
import { atLength, someOf } from '../runs.ts';
import {
  type Answer,
  type Ask,
  apiFor,
  asking,
  cookieFor,
  NOW,
  opening,
  SECRET_HASH,
  type TestService,
  testService,
  tokenFor,
} from './api-service.ts';

interface Told {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A reader as a program would write one: reads the socket, keeps what it was told. */
class Reader {
  readonly told: Told[] = [];
  readonly comments: string[] = [];
  readonly response: IncomingMessage;
  readonly ended: Promise<void>;
  #rest = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    response.on('error', () => {});
    this.ended = new Promise((resolve) => response.on('close', resolve));
  }

  /** Resolves as soon as this is true of what was told. */
  async until(done: (reader: this) => boolean): Promise<void> {
    while (!done(this)) await new Promise((resolve) => setImmediate(resolve));
  }

  ids(): number[] {
    return this.told.filter(({ event }) => event !== 'hello').map(({ id }) => id);
  }

  close(): void {
    this.response.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block);
  }

  #block(block: string): void {
    const field = (name: string) =>
      block
        .split('\n')
        .filter((line) => line.startsWith(`${name}: `))
        .map((line) => line.slice(name.length + 2))
        .join('\n');
    if (block.startsWith(':')) this.comments.push(block);
    else if (field('event'))
      this.told.push({ id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) });
  }
}

let running:
  | { service: TestService; app: FastifyInstance; url: string; close: () => Promise<void> }
  | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await running?.close();
  running = undefined;
});

async function start(
  options: {
    heartbeatMs?: number;
    queueMax?: number;
    stallMsMax?: number;
    readersMax?: number;
    readersPerAccountMax?: number;
  } = {},
  kept?: { rejections: number; events: number },
) {
  const service = await testService(kept);
  const wall = new ManualClock(Date.now());
  const { app } = await apiFor(service, { stream: options, wall });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const close = async () => {
    await app.close();
    await service.close();
  };
  running = { service, app, url, close };
  return { service, app, url, wall };
}

async function read(
  url: string,
  token: string | undefined,
  query = '',
  headers: Record<string, string> = {},
): Promise<Reader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(
      `${url}/api/v1/stream${query}`,
      { headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers }, agent: false },
      resolve,
    ).on('error', reject),
  );
  return new Reader(response);
}

const everywhere = (service: TestService, id = 'root') =>
  tokenFor(service, id, { role: 'administrator', node: '' });
const hello = (reader: Reader) => reader.until(({ told }) => told.some(({ event }) => event === 'hello'));

/** An event for the stream: a device of this home was heard. */
const heard = (home: 'h1' | 'h2', at: number): Effect => ({
  type: 'device-heard',
  device: `m${home.slice(1)}`,
  home,
  path: `haitang/g${home.slice(1)}/${home}`,
  at,
});

test('a reader is told what is committed from now on, as server-sent events that no proxy holds back', async () => {
  const { service, url } = await start();
  const reader = await read(url, await everywhere(service));
  expect(reader.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
    'cache-control': 'no-cache, no-transform',
  });
  await hello(reader);
  await reader.until(() => service.readers.size === 1);
  const events = await service.commit(...opening('h1'));
  await reader.until(({ told }) => told.length === 4);
  expect(reader.told.slice(1).map(({ event }) => event)).toEqual(['alert', 'case', 'notice']);
  expect(reader.ids()).toEqual(events.map(({ id }) => id));
  expect(reader.told[2]?.data).toMatchObject({ change: 'opened', case: { id: 'h1.c1', number: 1 } });
  reader.close();
});

test('what a commit found has left us before anything else follows from it; what is offered leaves when that is done', async () => {
  const { service, app, url } = await start();
  const connections: Socket[] = [];
  app.server.on('connection', (socket) => connections.push(socket));
  const reader = await read(url, await everywhere(service));
  await hello(reader);
  await reader.until(() => service.readers.size === 1);
  const [first] = await service.commit(heard('h1', NOW));
  await reader.until(({ told }) => told.length === 2);
  const fanOut = new EventFanOut();
  for (const one of service.readers) fanOut.subscribe(one);
  const later = (by: number) => ({ ...(first as StreamEvent), id: (first?.id ?? 0) + by });
  const written = () => connections.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  const before = written();
  fanOut.publish([later(1), later(2)]);
  const told = written();
  expect(told).toBeGreaterThan(before);
  expect(connections.every(({ writableLength }) => writableLength === 0)).toBe(true);
  fanOut.offer(later(3));
  expect(written()).toBe(told);
  await reader.until(({ told: seen }) => seen.length === 5);
  expect(reader.ids()).toEqual([first?.id, later(1).id, later(2).id, later(3).id]);
  reader.close();
});

test('a reader that comes back with its last id gets what it missed, and nothing twice, while more is committed', async () => {
  const { service, url } = await start();
  const token = await everywhere(service);
  const first = await read(url, token);
  await hello(first);
  const after = first.told[0]?.id as number;
  first.close();
  const all: number[] = [];
  const commit = async () =>
    all.push(...(await service.commit(heard('h1', NOW), heard('h2', NOW))).map(({ id }) => id));
  // More than one page of replay, so that live events fall into every moment of the hand-over.
  for (let i = 0; i < 300; i++) await commit();
  const opened = read(url, token, '', { 'last-event-id': String(after) });
  for (let i = 0; i < 100; i++) await commit();
  const reader = await opened;
  for (let i = 0; i < 100; i++) await commit();
  await reader.until(({ told }) => told.at(-1)?.id === all.at(-1));
  expect(reader.ids()).toEqual(all);
  const half = all[300] as number;
  const resumed = await read(url, token, `?after=${half}`);
  await resumed.until(({ told }) => told.at(-1)?.id === all.at(-1));
  expect(resumed.ids()).toEqual(all.filter((id) => id > half));
  reader.close();
  resumed.close();
});

test('an event that is committed between replay and subscription is neither lost nor doubled', async () => {
  const { service, url } = await start();
  const token = await everywhere(service);
  const { last } = await service.records.eventSpan();
  const { subscribe } = service;
  const { events } = service.records;
  const told: number[] = [];
  // At each seam of the hand-over something is committed: after a page was read, and before and after subscribing.
  const commit = async () => told.push(...(await service.commit(heard('h1', NOW))).map(({ id }) => id));
  let seams = 0;
  service.records.events = async (...args) => {
    const page = await events.apply(service.records, args);
    if (seams++ < 2) await commit();
    return page;
  };
  service.subscribe = (reader) => {
    const leave = subscribe(reader);
    void commit();
    return leave;
  };
  const reader = await read(url, token, `?after=${last}`);
  await reader.until(({ told: seen }) => service.readers.size === 1 && seen.length === 3);
  await commit();
  await reader.until(({ told: seen }) => seen.at(-1)?.id === told.at(-1));
  expect(reader.ids()).toEqual([...told].sort((a, b) => a - b));
  reader.close();
});

test('an id that is no longer kept, or never was, is answered with a reset and a place from which to go on', async () => {
  const { service, url } = await start({}, { rejections: 10, events: 20 });
  const token = await everywhere(service);
  for (let i = 0; i < 60; i++) await service.commit(heard('h1', NOW));
  const { last } = await service.records.eventSpan();
  for (const after of [1, last + 1000]) {
    const reader = await read(url, token, `?after=${after}`);
    await reader.until(({ told }) => told.length === 1);
    expect(reader.told[0]).toMatchObject({ event: 'reset', id: (await service.records.eventSpan()).last });
    await reader.until(() => service.readers.size === 1);
    const [event] = await service.commit(heard('h1', NOW));
    await reader.until(({ told }) => told.length === 2);
    expect(reader.told[1]?.id).toBe(event?.id);
    reader.close();
    await reader.ended;
    await reader.until(() => service.readers.size === 0);
  }
});

test('a Last-Event-ID that is no id is answered with a reset, so that nobody skips events unawares', async () => {
  const { service, url } = await start();
  const token = await everywhere(service);
  for (const broken of ['h1.c1', '-1', '99999999999999999999']) {
    const reader = await read(url, token, '?after=0', { 'last-event-id': broken });
    await reader.until(({ told }) => told.length > 0);
    expect(reader.told[0]).toMatchObject({ event: 'reset', id: (await service.records.eventSpan()).last });
    reader.close();
  }
});

test('a reader is told of his nodes only, in the replay and live', async () => {
  const { service, url } = await start();
  const token = await tokenFor(service, 'viewer2', { role: 'viewer', node: 'haitang/g2' });
  const { last } = await service.records.eventSpan();
  await service.commit(heard('h1', NOW), heard('h2', NOW));
  const reader = await read(url, token, `?after=${last}`);
  await reader.until(({ told }) => told.length === 1 && service.readers.size === 1);
  await service.commit(heard('h1', NOW + 1), heard('h2', NOW + 1));
  await reader.until(({ told }) => told.length === 2);
  expect(reader.told.map(({ data }) => data['home'])).toEqual(['h2', 'h2']);
  reader.close();
});

test('what a note of a home says is on the streams of those who may go there, live and when it is replayed', async () => {
  const { service, url } = await start();
  const viewer = await tokenFor(service, 'reads', { role: 'viewer', node: 'haitang' });
  const responder = await tokenFor(service, 'goes', { role: 'responder', node: 'haitang' });
  const home = { ...service.registry.home('h1'), entryNote: '门禁码 1234#' };
  const put = { type: 'registry-put', entry: home } as Effect;
  const { last } = await service.records.eventSpan();
  await service.commit(put);
  const readers = [await read(url, viewer, `?after=${last}`), await read(url, responder, `?after=${last}`)];
  for (const reader of readers) await reader.until(({ told }) => told.length === 1);
  await readers[0]?.until(() => service.readers.size === 2);
  await service.commit(put);
  for (const reader of readers) await reader.until(({ told }) => told.length === 2);
  const noted = readers.map(({ told }) =>
    told.map(({ data }) => (data['entry'] as { entryNote?: string }).entryNote),
  );
  expect(noted).toEqual([
    [undefined, undefined],
    ['门禁码 1234#', '门禁码 1234#'],
  ]);
  for (const reader of readers) reader.close();
});

test('no hash of a secret is on the stream', async () => {
  const { service, url } = await start();
  const reader = await read(url, await everywhere(service));
  await reader.until(() => service.readers.size === 1);
  const entry = { ...service.registry.device('m1'), secretHash: SECRET_HASH } as Extract<
    Effect,
    { type: 'registry-put' }
  >['entry'];
  const [stored] = await service.commit({ type: 'registry-put', entry });
  // Even from a store that would keep it in its events.
  const event = { ...stored, id: (stored?.id ?? 0) + 1, data: JSON.stringify({ entry }) } as Parameters<
    Parameters<TestService['subscribe']>[0]['offer']
  >[0];
  for (const one of service.readers) one.offer(event);
  await reader.until(({ told }) => told.filter(({ event: name }) => name === 'registry').length === 2);
  expect(reader.told.at(-1)?.data).toMatchObject({ entry: { id: 'm1' } });
  expect(JSON.stringify(reader.told)).not.toContain('secretHash');
  reader.close();
});

atLength(
  'a reader that never reads is dropped and counted; the others get everything and nothing piles up',
  async () => {
    const { service, app, url } = await start({ queueMax: 40 });
    const token = await everywhere(service);
    const good = await read(url, token);
    await stalledReader(url, token);
    await good.until(() => service.readers.size === 2);
    const [note] = opening('h1');
    const large = {
      ...note,
      alert: { ...(note as { alert: object }).alert, title: { zh: '长'.repeat(60_000), en: '' } },
    } as Effect;
    const sent: number[] = [];
    for (let i = 0; service.readers.size > 1; i++) {
      if (i > 2_000) throw new Error('the stalled reader was never dropped');
      const version = { ...(large as { alert: object }).alert, version: i + 1 };
      sent.push(...(await service.commit({ ...large, alert: version } as Effect)).map(({ id }) => id));
      await good.until(({ told }) => told.at(-1)?.id === sent.at(-1));
    }
    expect(good.ids()).toEqual(sent);
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('shouwang_stream_readers_dropped_total{reason="slow-reader"} 1');
    expect(metrics).toContain('shouwang_stream_readers 1');
    good.close();
  },
);

atLength(
  'a reader that reads is not dropped for commits as large as they get, in which every message brings an event',
  async () => {
    const { service, app, url } = await start();
    const reader = await read(url, await everywhere(service));
    await reader.until(() => service.readers.size === 1);
    const full = Array.from({ length: LIMITS.batchLengthMax }, (_, i) =>
      heard(i % 2 === 0 ? 'h1' : 'h2', NOW + i),
    );
    const events = await service.commit(...full, ...full, ...full);
    expect(service.readers.size).toBe(1);
    await reader.until(({ told }) => told.at(-1)?.id === events.at(-1)?.id);
    expect(reader.ids()).toEqual(events.map(({ id }) => id));
    expect((await app.inject('/metrics')).body).not.toContain('reason="slow-reader"} 1');
    reader.close();
  },
);

atLength(
  'a reader that stalls while it is shown the past is dropped after a while, without many new events',
  async () => {
    const { service, app, url, wall } = await start({ heartbeatMs: 5, stallMsMax: 30_000 });
    const token = await everywhere(service);
    const { last } = await service.records.eventSpan();
    const [note] = opening('h1');
    const large = { ...(note as { alert: object }).alert, title: { zh: '长'.repeat(200_000), en: '' } };
    for (let i = 0; i < 40; i++)
      await service.commit({ ...note, alert: { ...large, version: i + 1 } } as Effect);
    await stalledReader(url, token, `?after=${last}`);
    const dropped = /dropped_total\{reason="slow-reader"\} 1/;
    while (!dropped.test((await app.inject('/metrics')).body)) {
      wall.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(service.readers.size).toBe(0);
  },
);

test('a comment comes again and again, so that nobody closes a quiet stream', async () => {
  const { service, url } = await start({ heartbeatMs: 5 });
  const reader = await read(url, await everywhere(service));
  await reader.until(({ comments }) => comments.length >= 2);
  reader.close();
});

test('a stream ends when its account is barred or loses its rights', async () => {
  const { service, url } = await start({ heartbeatMs: 5 });
  const reader = await read(url, await everywhere(service, 'leaving'));
  await hello(reader);
  const user = await service.records.user('leaving');
  if (user) await service.records.saveUser({ ...user, roles: [{ role: 'viewer', node: 'haitang/g1' }] });
  await reader.ended;
  await reader.until(() => service.readers.size === 0);
});

const CHANGES: readonly [string, (ask: Ask, token: string) => Promise<Answer>][] = [
  [
    'its rights are narrowed',
    (ask) => ask('PUT', '/users/leaving', { name: '陈', roles: [{ role: 'viewer', node: 'haitang/g1' }] }),
  ],
  [
    'it is barred',
    (ask) =>
      ask('PUT', '/users/leaving', {
        name: '陈',
        roles: [{ role: 'administrator', node: '' }],
        disabled: true,
      }),
  ],
  ['it is removed', (ask) => ask('DELETE', '/users/leaving')],
  ['its token is revoked', (ask, token) => ask('DELETE', `/tokens/${encodeURIComponent(hashToken(token))}`)],
];
test.each(someOf(CHANGES, 2))(
  'a stream ends with the answer to whoever changed its account: %s',
  async (_, change) => {
    const { service, app, url } = await start();
    const staying = await read(url, await everywhere(service));
    const token = await everywhere(service, 'leaving');
    const leaving = await read(url, token);
    await Promise.all([hello(staying), hello(leaving)]);
    await staying.until(() => service.readers.size === 2);
    const root = asking(app, await everywhere(service, 'other'));
    expect((await change(root, token)).status).toBeLessThan(300);
    expect(service.readers.size).toBe(1);
    await leaving.ended;
    const [event] = await service.commit(heard('h2', NOW));
    await staying.until(({ told }) => told.at(-1)?.id === event?.id);
    expect(leaving.ids()).toEqual([]);
    staying.close();
  },
);

test('a stream of a session ends when its bearer signs out, or is given a new password', async () => {
  const { service, app, url } = await start();
  await everywhere(service, 'zhou');
  const watched = async (cookie: string) => {
    const reader = await read(url, undefined, '', { cookie });
    await hello(reader);
    return reader;
  };
  const [first, second] = [await cookieFor(service, 'zhou'), await cookieFor(service, 'zhou')];
  const [one, two] = [await watched(first), await watched(second)];
  const own = { origin: url, host: new URL(url).host };
  const out = await asking(app)('DELETE', '/session', undefined, { ...own, cookie: first });
  expect(out.status).toBe(204);
  await one.ended;
  expect(service.readers.size).toBe(1);
  const root = asking(app, await everywhere(service, 'other'));
  expect((await root('POST', '/users/zhou/password', { password: 'long enough 1' })).status).toBe(204);
  await two.ended;
  expect(service.readers.size).toBe(0);
});

test("of one account the oldest stream gives way, and nobody else's does", async () => {
  const { service, url } = await start({ readersPerAccountMax: 2 });
  const [token, other] = [await everywhere(service), await everywhere(service, 'other')];
  const theirs = await read(url, other);
  await hello(theirs);
  const own: Reader[] = [];
  for (let n = 0; n < 3; n++) {
    const reader = await read(url, token);
    await hello(reader);
    own.push(reader);
  }
  await own[0]?.ended;
  await service.commit(...opening('h1', 1));
  for (const reader of [theirs, ...own.slice(1)]) await reader.until(({ told }) => told.length > 1);
  expect(service.readers.size).toBe(3);
  expect(await service.metrics.metrics()).toContain(
    'shouwang_stream_readers_dropped_total{reason="gave-way"} 1',
  );
});

test('however many catch up, one page is read at a time and other work is done in between', async () => {
  const { service, url } = await start();
  for (let n = 1; n <= 150; n++) await service.commit(...opening('h1', n));
  const { last } = await service.records.eventSpan();
  const { events } = service.records;
  let [turns, pages, atOnce] = [0, 0, 0];
  const sincePage: number[] = [];
  let turnOfPage = -1;
  const beat = () => {
    turns++;
    loop = setImmediate(beat);
  };
  let loop = setImmediate(beat);
  service.records.events = async (...asked) => {
    pages++;
    sincePage.push(turns - turnOfPage);
    turnOfPage = turns;
    atOnce++;
    expect(atOnce).toBe(1);
    const page = await events.apply(service.records, asked);
    atOnce--;
    expect(page.length).toBeLessThanOrEqual(200);
    return page;
  };
  const token = await everywhere(service);
  const readers = await Promise.all(Array.from({ length: 8 }, () => read(url, token, '?after=1')));
  for (const reader of readers) await reader.until(({ told }) => told.at(-1)?.id === last);
  clearImmediate(loop);
  expect(pages).toBeGreaterThanOrEqual(8 * Math.ceil((last - 1) / 200));
  expect(Math.min(...sincePage)).toBeGreaterThan(0);
});

test('closing the service ends its streams cleanly, and a stream that is full says when to come back', async () => {
  const { service, app, url } = await start({ readersMax: 1 });
  const token = await everywhere(service);
  const reader = await read(url, token);
  await hello(reader);
  const second = await fetch(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '5']);
  await second.body?.cancel();
  await app.close();
  await reader.ended;
  expect(reader.response.complete).toBe(true);
  expect(service.readers.size).toBe(0);
});

test('a reader that leaves before it is let in is not kept', async () => {
  const { service, app, url } = await start();
  const token = await everywhere(service);
  const { session } = service.records;
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  service.records.session = async (hash) => {
    asked.resolve();
    await left.promise;
    return session.call(service.records, hash);
  };
  const socket = await unreadRequest(url, token);
  await asked.promise;
  const gone = new Promise((resolve) => app.server.once('connection', resolve));
  socket.destroy();
  // A later connection is answered after the end of the first was noticed.
  const later = await unreadRequest(url, token);
  await gone;
  left.resolve();
  await new Promise((resolve) => later.once('readable', resolve));
  expect((await app.inject('/metrics')).body).toContain('shouwang_stream_readers 1');
});

test('a hub without readers keeps no timer', async () => {
  const { service } = await start();
  const hub = new StreamHub(service, new ManualClock(0));
  expect([hub.readers, hub.full]).toEqual([0, false]);
  hub.close();
  expect(hub.full).toBe(true);
});

/** Asks for the stream and then never reads: its buffers fill, and the service's with them. */
async function stalledReader(url: string, token: string, query = ''): Promise<Socket> {
  const socket = await unreadRequest(url, token, query);
  await new Promise((resolve) => socket.once('readable', resolve));
  return socket;
}

async function unreadRequest(url: string, token: string, query = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`GET /api/v1/stream${query} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}
