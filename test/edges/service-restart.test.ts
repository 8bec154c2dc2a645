import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DAY, HOUR, ManualClock, MINUTE, wallClock } from '../../src/lib/clock.ts';
import { community, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

atLength('a service on a machine whose clock was set back does not call itself ready', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-clock-'));
  try {
    const before = await testService({ dir, clock: new ManualClock(T0 + DAY) });
    expect(before.service.health().checks['ruleClock']).toMatchObject({ ok: true });
    expect(await before.service.metrics.metrics()).toContain('shouwang_ready 1');
    await before.stop();

    const after = await testService({ dir, clock: new ManualClock(T0) });
    const { ready, checks } = after.service.health();
    const metrics = await after.service.metrics.metrics();
    await after.stop();
    expect(ready).toBe(false);
    expect(metrics).toContain('shouwang_ready 0');
    expect(metrics).toContain('shouwang_check_well{check="ruleClock"} 0');
    expect(metrics).toContain('shouwang_check_well{check="records"} 1');
    expect(checks['ruleClock']).toEqual({
      ok: false,
      detail: {
        zh: expect.stringMatching(/^比本机时钟快 24 小时.*NTP/),
        en: expect.stringMatching(/^24 h .*ahead of the machine/),
      },
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a service that starts after its clock was set back tells people of a call at once, and goes on from where it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-set-back-'));
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
  const ahead = () => Date.now() + HOUR;
  try {
    const before = await testService({ dir, entries, clock: wallClock(ahead) });
    const last = before.core.now;
    await before.stop();

    const after = await testService({ dir, clock: wallClock() });
    const message = {
      topic: 'shouwang/band/telemetry',
      payload: Buffer.from('{"event":"sos"}'),
      client: 'band',
    };
    after.loop.receive({ message: { ...message, receivedAt: Date.now() }, qos: 1, done: () => {} });
    await soon(() => expect(after.printed.join()).toContain('紧急呼叫'));
    const { checks, ready } = after.service.health();
    await after.stop();
    expect(after.core.now).toBeGreaterThanOrEqual(last);
    expect([ready, checks['ruleClock']?.ok]).toEqual([false, false]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const openAlerts = async (service: TestService): Promise<string[]> => {
  const { items } = await service.service.records.alerts({ paths: [''], open: true }, { limit: 9 });
  return items.map(({ rule }) => rule);
};

atLength('a service that restarts every night finds a band that has been silent for a day', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-nights-'));
  const clock = new ManualClock(T0);
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
  try {
    for (let night = 0; night < 2; night++) {
      const service = await testService({ dir, clock, entries });
      clock.advance(20 * HOUR);
      // By itself: that it listened is noted where it looks at the clock.
      await soon(() => expect(service.core.now).toBe(clock.now()));
      await service.stop();
      clock.advance(MINUTE);
    }
    const service = await testService({ dir, clock });
    const found = await openAlerts(service);
    await service.stop();
    expect(found).toEqual(['M1']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a service that was down for a day calls nobody silent for that', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-down-'));
  const clock = new ManualClock(T0);
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
  try {
    await (await testService({ dir, clock, entries })).stop();
    clock.advance(2 * DAY);
    const service = await testService({ dir, clock });
    const found = await openAlerts(service);
    await service.stop();
    expect(found).toEqual([]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

atLength(
  'a service that lacks a kind of rule which was in force starts without it, and finds all else',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shouwang-kind-'));
    const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
    const sos = { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } };
    const draw = { id: 'W3', kind: 'no-draw', params: { gapHours: 16, drawLitres: 1 } };
    const none = { home: 'h1', reason: '新装', author: '周' };
    try {
      const rules = [sos, draw, { ...sos, id: 'B3' }];
      const overrides = [
        { ...none, rule: 'W3', enabled: false },
        { ...none, rule: 'B3', enabled: false },
      ];
      await (await testService({ dir, entries, rules, overrides })).stop();
      const service = await testService({ dir, rules: [sos], withoutKinds: ['no-draw'] });
      const bytes = Buffer.from('{"event":"sos"}');
      const message = { topic: 'shouwang/band/telemetry', payload: bytes, client: 'band' };
      service.loop.receive({ message: { ...message, receivedAt: Date.now() }, qos: 1, done: () => {} });
      await service.loop.drained();
      const found = await openAlerts(service);
      await service.stop();
      expect(found).toEqual(['B1']);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
);

atLength(
  'who called for help and is in no registry is still there to be enrolled or dismissed after a restart',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shouwang-strangers-'));
    const clock = new ManualClock(T0);
    const calls = (service: TestService, address: string) => {
      const payload = Buffer.from('{"event":"sos"}');
      const message = {
        receivedAt: clock.now(),
        topic: `shouwang/${address}/telemetry`,
        payload,
        client: 'gw',
      };
      return service.service.deliver(message);
    };
    try {
      const before = await testService({ dir, clock, entries: community({ h1: [] }, ['gw']) });
      for (const address of ['button', 'pendant']) await calls(before, address);
      await soon(async () => expect(await openAlerts(before)).toHaveLength(2));
      await before.stop();

      clock.advance(MINUTE);
      const service = await testService({ dir, clock });
      const listed = () =>
        service.service.knocking().map(({ address, calls: { call = '' } = {} }) => [address, call]);
      expect(listed().sort()).toEqual([
        ['button', 'sos'],
        ['pendant', 'sos'],
      ]);
      const [first] = service.service.knocking();
      expect(Buffer.from(first?.payload ?? []).toString()).toBe('{"event":"sos"}');
      expect(first).toMatchObject({ from: 'gw', firstAt: T0 });
      // Heard again it stands there once.
      await calls(service, 'pendant');
      expect(listed()).toHaveLength(2);
      const headers = { cookie: await signIn(service.url), origin: service.url };
      const response = await fetch(`${service.url}/api/v1/knocking/dismiss`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'once' },
        body: JSON.stringify({ address: 'button', reason: '邻楼的按钮' }),
      });
      expect(response.status).toBe(200);
      expect(await openAlerts(service)).toEqual(['stranger-calls']);
      expect(listed()).toEqual([['pendant', 'sos']]);
      await service.stop();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
);

test('Prometheus hears of a check that is ok and warns, and of which', async () => {
  const service = await testService({ rules: [] });
  const { ready, checks } = service.service.health();
  const metrics = await service.service.metrics.metrics();
  await service.stop();
  expect([ready, checks['blindSpots']]).toEqual([true, expect.objectContaining({ ok: true, warning: true })]);
  expect(metrics).toContain('shouwang_check_well{check="blindSpots"} 1');
  expect(metrics).toContain('shouwang_check_warns{check="blindSpots"} 1');
  expect(metrics).toContain('shouwang_check_warns{check="records"} 0');
});

test('a service whose disk is nearly full works on, and says that it wants an operator', async () => {
  const service = await testService({ disk: { free: 0.4e9, total: 50e9 } });
  const { ready, checks } = service.service.health();
  const metrics = await service.service.metrics.metrics();
  await service.stop();
  expect(ready).toBe(true);
  expect(checks['disk']).toMatchObject({
    ok: false,
    detail: { en: expect.stringMatching(/^400 MB of 50\.0 GB are free at /) },
  });
  expect(metrics).toContain('shouwang_check_well{check="disk"} 0');
  expect(metrics).toContain('shouwang_disk_free_bytes 400000000');
});

test('a service starts after an upgrade that refuses what stands in the registry file of its first start', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-registry-file-'));
  const service = { files: { registry: ['homes.csv'] } };
  const list = (phone: string) =>
    writeFile(join(dir, 'homes.csv'), `社区,住户,姓名,电话\n海棠,501,张三,${phone}\n`);
  try {
    await list('13800000000');
    await (await testService({ dir, service })).stop();

    await list('问家属');
    const after = await testService({ dir, service });
    const [resident] = after.core.registry.residents('501');
    await after.stop();
    expect(resident?.phone).toBe('13800000000');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a service that knows no home yet does not start on a mistake in its registry file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-registry-file-'));
  try {
    await writeFile(join(dir, 'homes.csv'), '社区,住户,姓名,电话\n海棠,501,张三,问家属\n');
    const start = testService({ dir, service: { files: { registry: ['homes.csv'] } } });
    await expect(start).rejects.toThrow('expected a telephone number');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
