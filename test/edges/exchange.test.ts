import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const NOW = Math.floor(Date.now() / HOUR) * HOUR;

let service: TestService;
let cookie: string;
beforeAll(async () => {
  const meter = { id: 'm1', model: 'water-meter', enrolledAt: NOW - 100 * HOUR };
  service = await testService({ entries: community({ h1: [meter] }) });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

async function ask(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
  const key = method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {};
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: { cookie, origin: service.url, 'content-type': 'application/json', ...key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

async function read(hoursAgo: number, value: number): Promise<void> {
  const at = NOW - hoursAgo * HOUR;
  await new Promise<void>((resolve) => {
    const payload = Buffer.from(JSON.stringify({ at, water_index_m3: value }));
    const message = { receivedAt: Date.now(), topic: 'shouwang/m1/telemetry', payload, client: 'm1' };
    service.loop.receive({ message, qos: 1, done: resolve });
  });
  await service.loop.drained();
}

test('an exchange shows what the old meter said last and the new one first', async () => {
  await read(5, 123.4);
  await read(4, 123.456);
  const at = NOW - 3 * HOUR;
  expect(await ask('/devices/m1/exchange', { at })).toMatchObject({
    status: 200,
    body: { exchange: { at, before: { at: NOW - 4 * HOUR, value: 123.456 } } },
  });
  expect((await ask('/devices/m1')).body).not.toHaveProperty('exchange.after');
  await read(2, 0.012);
  expect((await ask('/devices/m1')).body).toMatchObject({
    exchange: { at, before: { value: 123.456 }, after: { at: NOW - 2 * HOUR, value: 0.012 } },
  });
});

test('when a device was enrolled may be said in RFC 3339, and is said so beside the number', async () => {
  const device = { noun: 'device', id: 'm2', model: 'water-meter', home: 'h1' };
  const enrolledAt = '2026-03-01T08:00:00+08:00';
  const put = await ask('/registry/device/m2', { ...device, enrolledAt }, 'PUT');
  expect(put).toMatchObject({ status: 200, body: { entry: { enrolledAt: Date.UTC(2026, 2, 1) } } });
  expect((await ask('/devices/m2')).body).toMatchObject({
    device: { enrolledAt: Date.UTC(2026, 2, 1) },
    enrolledAtTime: '2026-03-01T00:00:00.000Z',
  });
  const wrong = await ask(
    '/registry/device/m3',
    { ...device, id: 'm3', enrolledAt: '2026-03-01 08:00' },
    'PUT',
  );
  expect(wrong.status).toBe(400);
});
