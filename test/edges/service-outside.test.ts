import { expect, test } from 'vitest';
import { community } from '../core.ts';
import { signIn, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { Influx1Writes } from '../stand-ins/influx1-writes.ts';

test('a service whose readings go outside watches on while that store is away, and says what waits', async () => {
  const influx = new Influx1Writes();
  await influx.start();
  await influx.stop();
  const service = await testService({
    entries: community({ h1: [{ id: 'meter', model: 'water-meter' }] }),
    service: { store: { telemetry: 'influx1', influx1: { url: influx.url } } },
  });
  const cookie = await signIn(service.url);
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${service.url}${path}`, { headers: { cookie } });
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return response.headers.get('content-type')?.includes('json') ? response.json() : response.text();
  };
  const publish = async (value: number): Promise<void> => {
    const payload = Buffer.from(JSON.stringify({ water_index_m3: value }));
    const answer = await service.service.deliver({
      receivedAt: Date.now(),
      topic: 'shouwang/meter/telemetry',
      payload,
    });
    expect(answer).toMatchObject({ refusals: [] });
  };
  try {
    await publish(1);
    await soon(async () => {
      await service.telemetry.maintain(Date.now());
      expect(service.telemetry.outside?.().trouble?.code).toBe('away');
    });
    const { points } = (await get('/api/v1/devices/meter/readings?metric=water_index_m3')) as {
      points: { value: number }[];
    };
    expect(points.map(({ value }) => value)).toEqual([1]);
    expect(await get('/api/v1/status')).toMatchObject({
      outside: {
        kind: 'influx1',
        trouble: { code: 'away' },
        waiting: { points: 1 },
        setAside: {},
        givenUp: {},
      },
    });
    const ready = (await get('/readyz')) as { status: string; checks: Record<string, { ok: boolean }> };
    expect(ready).toMatchObject({ status: 'degraded', checks: { readings: { ok: false } } });
    const metrics = (await get('/metrics')) as string;
    expect(metrics).toMatch(/shouwang_outside_well 0/);
    expect(metrics).toMatch(/shouwang_outside_waiting_readings 1/);
    await influx.start();
    await publish(1.001);
    await soon(() => expect(influx.points.size).toBe(2));
    expect((await get('/readyz')) as object).toMatchObject({ status: 'ok' });
  } finally {
    await service.stop();
    await influx.stop();
  }
});
