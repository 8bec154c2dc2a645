import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, MINUTE } from '../../src/lib/clock.ts';
import type { StreamEvent } from '../../src/ports/records.ts';
import { community, publish } from '../browser/community.ts';
import { letPass, type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

const clock = new ManualClock(Date.UTC(2026, 2, 2, 2));
let service: TestService;
const tokens: Record<string, string> = {};
const told: StreamEvent[] = [];

beforeAll(async () => {
  service = await testService({ entries: community(clock.now()), clock });
  for (const [id, role, node] of [
    ['liu', 'responder', 'haitang/g1'],
    ['guest', 'viewer', 'haitang'],
    ['far', 'responder', 'haitang/g2'],
  ] as const)
    tokens[id] = await tokenFor(service.service, id, { role, node });
  service.service.subscribe({
    paths: ['haitang'],
    offer: (event) => told.push(event) > 0,
    flush: () => {},
    dropped: () => {},
  });
});
afterAll(() => service?.stop());

let asked = 0;
async function ask(who: string, method: 'GET' | 'POST', path: string, body?: unknown) {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      ...(method === 'POST' ? { 'idempotency-key': `asked-${++asked}` } : {}),
    },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what is read of an answer is what the test is about
  return { status: response.status, body: (await response.json()) as any };
}
const press = (home: string) => publish(service, `wb-${home}`, { at: clock.now(), event: 'sos' });
const cases = async (home: string) =>
  (await service.service.records.cases({ paths: [''], home }, { limit: 20 })).items.filter(
    ({ kind }) => kind === 'safety',
  );
const stateOf = async (device: string): Promise<string> =>
  (await ask('guest', 'GET', `/devices/${device}`)).body.callTests[0].state;

test('a responder of the place tests the call of a device, and sees at once that it came', async () => {
  expect((await ask('guest', 'POST', '/devices/wb-501/call-test')).body.code).toBe('NOT_ALLOWED');
  expect((await ask('far', 'POST', '/devices/wb-501/call-test')).body.code).toBe('DEVICE_NOT_FOUND');
  expect((await ask('liu', 'POST', '/devices/wb-501/call-test', { minutes: 16 })).body.code).toBe(
    'REQUEST_INVALID',
  );
  expect((await ask('liu', 'POST', '/devices/wm-501/call-test')).body.code).toBe('CALL_TEST_NOT_POSSIBLE');
  const began = await ask('liu', 'POST', '/devices/wb-501/call-test');
  expect(began).toMatchObject({
    status: 201,
    body: {
      callTest: {
        device: 'wb-501',
        call: 'sos',
        by: 'LIU',
        state: 'waiting',
        until: clock.now() + 5 * MINUTE,
      },
    },
  });
  expect((await ask('guest', 'GET', '/call-tests')).body.items).toMatchObject([
    { device: 'wb-501', home: '501', homeName: '501', by: 'LIU' },
  ]);
  expect((await ask('far', 'GET', '/call-tests')).body.items).toEqual([]);
  await press('501');
  expect(await stateOf('wb-501')).toBe('heard');
  expect(await cases('501')).toEqual([]);
  expect((await ask('guest', 'GET', '/call-tests')).body.items).toEqual([]);
  const home = await ask('guest', 'GET', '/homes/501');
  const band = home.body.devices.find(({ device }: { device: { id: string } }) => device.id === 'wb-501');
  expect(band.callTests).toMatchObject([{ by: 'LIU', heard: { at: clock.now(), way: 'report' } }]);
  const news = told.filter(({ type, data }) => type === 'device' && data.includes('"test":'));
  expect(news.map(({ data }) => JSON.parse(data).test.state)).toEqual(['waiting', 'heard']);
  const events = await ask(
    'guest',
    'GET',
    `/devices/wb-501/events?from=${clock.now() - MINUTE}&to=${clock.now() + 1}`,
  );
  expect(events.body.items).toEqual([{ event: 'sos', at: clock.now() }]);
});

test('with one word it was real, and people are called', async () => {
  expect((await ask('guest', 'POST', '/devices/wb-501/call-test/real')).body.code).toBe('NOT_ALLOWED');
  const { body } = await ask('liu', 'POST', '/devices/wb-501/call-test/real');
  expect(await cases('501')).toMatchObject([{ id: body.callTest.real.case, priority: 'P1', status: 'open' }]);
  expect((await ask('liu', 'POST', '/devices/wb-501/call-test')).body.code).toBe('CALL_TEST_HOME_IN_NEED');
});

test('a second press is real, and a test may be ended or runs out', async () => {
  await ask('liu', 'POST', '/devices/wb-502/call-test', { minutes: 15 });
  await press('502');
  await letPass(service, clock, MINUTE);
  await press('502');
  expect(await cases('502')).toMatchObject([{ priority: 'P1' }]);
  await ask('liu', 'POST', '/devices/wb-601/call-test');
  const ended = await ask('liu', 'POST', '/devices/wb-601/call-test/end');
  expect(ended.body.callTest).toMatchObject({ state: 'ended', endedBy: 'LIU' });
  await ask('liu', 'POST', '/devices/wb-602/call-test', { minutes: 1, call: 'fall' });
  await letPass(service, clock, 2 * MINUTE);
  expect(await stateOf('wb-602')).toBe('no-call');
  expect(await cases('602')).toEqual([]);
});

test('/metrics counts tests by what became of them', async () => {
  const text = await service.service.metrics.metrics();
  const counts = [...text.matchAll(/shouwang_call_tests_total\{state="([^"]+)"\} (\d+)/g)];
  expect(Object.fromEntries(counts.map(([, state, n]) => [state, Number(n)]))).toEqual({
    waiting: 4,
    heard: 2,
    real: 1,
    ended: 1,
    'no-call': 1,
  });
});

test('a test outlives the end of the service, and takes one call', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-call-test-'));
  const instant = new ManualClock(clock.now());
  const options = { entries: community(instant.now()), clock: instant, dir };
  const first = await testService(options);
  const begin = { type: 'call-test.begin', device: 'wb-501', home: '501', id: 't1', minutes: 15 } as const;
  expect(await first.loop.submit(begin, '老陈')).toEqual({ ok: true });
  await first.stop();
  instant.advance(MINUTE);
  const second = await testService(options);
  expect(second.service.runningCallTests()).toMatchObject([{ home: '501', test: { by: '老陈' } }]);
  await publish(second, 'wb-501', { at: instant.now(), event: 'sos' });
  expect(second.service.callTests('501')).toMatchObject([{ state: 'heard' }]);
  await second.stop();
  instant.advance(MINUTE);
  const third = await testService(options);
  expect(third.service.callTests('501')).toMatchObject([{ state: 'heard', by: '老陈' }]);
  expect(third.service.runningCallTests()).toEqual([]);
  await publish(third, 'wb-501', { at: instant.now(), event: 'sos' });
  const { items } = await third.service.records.cases({ paths: [''], home: '501' }, { limit: 20 });
  expect(items.filter(({ priority }) => priority === 'P1')).toHaveLength(1);
  await third.stop();
  await rm(dir, { recursive: true });
});
