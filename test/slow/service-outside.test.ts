import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaveOutside } from '../../src/app/stores.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { setLocalFrom } from '../../src/store/telemetry/local-from.ts';
import { tempFolder } from '../contracts/bed.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { Influx1Writes } from '../stand-ins/influx1-writes.ts';

test('a service whose readings go outside watches on while that store is away, and says what waits', async () => {
  const limits = { ...LIMITS };
  onTestFinished(() => void Object.assign(LIMITS, limits));
  Object.assign(LIMITS, { outsideBackoffMsFirst: 20, outsideBackoffMsMax: 40 });
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

/** A service on a folder that outlives it, its readings on this machine alone. */
const entries = community({ h1: [{ id: 'meter', model: 'water-meter' }] });
const serviceOn = (dir: string) => testService({ dir, entries });
interface Answer {
  readonly points: readonly { readonly value: number }[];
  readonly missing?: object;
  readonly status: { readonly lastSince?: number };
  readonly code?: string;
}
const says = ({ service }: TestService, value: number, at: number) =>
  service.deliver({
    receivedAt: Date.now(),
    topic: 'shouwang/meter/telemetry',
    payload: Buffer.from(JSON.stringify({ water_index_m3: value, at })),
  });

test('a service that goes back to its own store says which readings stayed outside, wherever one would miss them', async () => {
  const dir = tempFolder('left-outside');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const now = Date.now();
  const before = await serviceOn(dir);
  await says(before, 1, now - 3 * HOUR);
  await before.stop();
  const localFrom = now - 2 * HOUR;
  setLocalFrom(dataFiles(join(dir, 'data')).telemetry, localFrom);
  const service = await serviceOn(dir);
  const cookie = await signIn(service.url);
  const get = async (path: string) => {
    const response = await fetch(`${service.url}${path}`, { headers: { cookie, 'accept-language': 'en' } });
    return (await response.json()) as Answer;
  };
  try {
    await says(service, 2, now - HOUR);
    const from = now - 4 * HOUR;
    const asked = `/api/v1/devices/meter/readings?metric=water_index_m3&from=${from}&to=${now}`;
    await soon(async () => {
      const { points, missing } = await get(asked);
      expect(points.map(({ value }) => value)).toEqual([1, 2]);
      expect(missing).toEqual({ from, to: localFrom });
    });
    expect((await get(`${asked}&step=${HOUR}`)).missing).toEqual({ from, to: localFrom });
    expect((await get(`/api/v1/devices/meter/events?from=${from}`)).missing).toEqual({
      from,
      to: localFrom,
    });
    expect((await get(`/api/v1/devices/meter/events?from=${localFrom}`)).missing).toBeUndefined();
    expect((await get('/api/v1/devices/meter')).status.lastSince).toBe(localFrom);
    expect((await get(`/api/v1/fhir/Observation?device=meter&from=${from}`)).code).toBe('READINGS_AWAY');
    expect(await get('/readyz')).toMatchObject({
      status: 'ok',
      checks: {
        readings: {
          ok: true,
          warning: true,
          detail: `readings of before ${new Date(localFrom).toISOString()} are with a store outside, and the configuration names none`,
        },
      },
    });
    const said: object[] = [];
    const say = (what: object) => void said.push(what);
    leaveOutside(dir, service.telemetry, { warn: say, error: say });
    expect(said).toEqual([{ before: new Date(localFrom).toISOString() }]);
  } finally {
    await service.stop();
  }
});
