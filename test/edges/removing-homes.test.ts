import { afterEach, beforeEach, expect, test } from 'vitest';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

let service: TestService;
let cookie: string;
beforeEach(async () => {
  service = await testService({ entries: community({ h1: [{ id: 'band', model: 'wristband' }] }) });
  cookie = await signIn(service.url);
});
afterEach(() => service.stop());

const ask = async (method: string, path: string, language = 'en') => {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: { cookie, origin: service.url, 'accept-language': language },
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
};
const says = async (what: object): Promise<void> => {
  await service.service.deliver({
    receivedAt: Date.now(),
    topic: 'shouwang/band/telemetry',
    payload: Buffer.from(JSON.stringify(what)),
  });
};
const readings = async () => (await ask('GET', '/devices/band/readings?metric=pulse_bpm')).body.points;

atLength(
  'a home with an open case is refused whole: everything that hinders is named, and no reading is lost',
  async () => {
    await says({ pulse_bpm: 70 });
    await says({ event: 'sos' });
    await soon(async () => expect((await ask('GET', '/cases?home=h1')).body.items).toHaveLength(1));
    const refused = await ask('DELETE', '/registry/home/h1');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'REGISTRY_IN_USE', details: { openCases: ['h1.c1'] } },
    });
    expect(refused.body.details.all).toContainEqual({ noun: 'device', key: 'band' });
    expect(refused.body.details.all).toContainEqual({ noun: 'resident', key: 'h1-r' });
    const whole = await ask('DELETE', '/registry/home/h1?withAll=true');
    expect(whole).toMatchObject({
      status: 409,
      body: { code: 'REGISTRY_OPEN_CASE', details: { noun: 'home', key: 'h1', openCases: ['h1.c1'] } },
    });
    expect(whole.body.title).toBe('A case about it is not over: it cannot be removed');
    expect((await ask('DELETE', '/registry/home/h1?withAll=true', 'zh')).body.title).toMatch(/未结的事项/);
    expect(await readings()).toHaveLength(1);
  },
);

atLength(
  'a device of a home stays while a case about its resident is not over, and keeps its readings',
  async () => {
    await says({ pulse_bpm: 70 });
    await says({ event: 'sos' });
    await soon(async () => expect((await ask('GET', '/cases?home=h1')).body.items).toHaveLength(1));
    const refused = await ask('DELETE', '/registry/device/band');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'REGISTRY_OPEN_CASE', details: { noun: 'device', key: 'band', openCases: ['h1.c1'] } },
    });
    expect((await ask('GET', '/registry/device')).body.items).toHaveLength(1);
    expect(await readings()).toHaveLength(1);
  },
);

test('a home goes with all that belongs to it in one request, and the readings of its devices with it', async () => {
  await says({ pulse_bpm: 70 });
  await soon(async () => expect(await readings()).toHaveLength(1));
  expect((await ask('DELETE', '/registry/home/h1?withAll=true')).status).toBe(204);
  expect((await ask('GET', '/registry/device')).body.items).toEqual([]);
  expect((await ask('GET', '/registry/resident')).body.items).toEqual([]);
  await soon(async () => expect(await service.telemetry.devices('', 10)).toEqual([]));
});
