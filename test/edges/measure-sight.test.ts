import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { community, T0 } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

const clock = new ManualClock(T0 + 10 * HOUR);
const PERIOD = `from=${T0}&to=${T0 + 20 * HOUR}`;
let service: TestService;
const tokens = new Map<string, string>();
const PICTURE = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]).toString('base64');

beforeAll(async () => {
  service = await testService({
    entries: community({ h1: [{ model: 'fhir-observation', id: 'cuff' }] }),
    clock,
  });
  for (const role of ['viewer', 'responder', 'operator'] as const)
    tokens.set(role, await tokenFor(service.service, role, { role, node: 'haitang' }));
  const cookie = await signIn(service.url);
  const headers = { cookie, origin: service.url, 'content-type': 'application/json' };
  const document = {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    effectiveDateTime: new Date(clock.now()).toISOString(),
    valueQuantity: { value: 64, code: '/min' },
  };
  await fetch(`${service.url}/api/v1/devices/cuff/documents`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': 'one' },
    body: JSON.stringify({ document }),
  });
});
afterAll(() => service.stop());

async function ask(role: string, path: string, body?: object) {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: {
      authorization: `Bearer ${tokens.get(role)}`,
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() } : {}),
    },
  });
  const text = await response.text();
  return { status: response.status, text };
}
const statuses = async (path: string) =>
  Promise.all(['viewer', 'responder', 'operator'].map(async (role) => (await ask(role, path)).status));

test('what a body says is told to those who may come to its door, and not to whoever only reads', async () => {
  expect(await statuses(`/devices/cuff/readings?metric=pulse_bpm&${PERIOD}`)).toEqual([403, 200, 200]);
  expect(await statuses(`/fhir/Observation?device=cuff&${PERIOD}`)).toEqual([403, 200, 200]);
  expect(await statuses(`/devices/cuff/readings?metric=battery_pct&${PERIOD}`)).toEqual([200, 200, 200]);
  for (const path of ['/homes/h1', '/devices/cuff', '/devices']) {
    expect((await ask('viewer', path)).text).not.toContain('pulse_bpm');
    expect((await ask('responder', path)).text).toContain('pulse_bpm');
  }
});

test('where somebody was is told beside an open call alone, and else to those who answer for the data', async () => {
  for (const metric of ['latitude_deg', 'longitude_deg'])
    expect(await statuses(`/devices/cuff/readings?metric=${metric}&${PERIOD}`)).toEqual([403, 403, 200]);
});

test('a photo is shown to those who handle the case', async () => {
  const asked = await ask('responder', '/homes/h1/help', { priority: 'P3', note: '漏水', from: '' });
  const { case: one } = JSON.parse(asked.text) as { case: { id: string } };
  const photos = `/cases/${one.id}/photos`;
  const said = await ask('responder', photos, { mediaType: 'image/jpeg', data: PICTURE, note: '' });
  expect(said.status).toBe(200);
  const entries = JSON.parse((await ask('viewer', `/cases/${one.id}`)).text) as {
    entries: { photo?: string }[];
  };
  const photo = entries.entries.find((line) => line.photo)?.photo;
  expect(await statuses(`${photos}/${photo}`)).toEqual([403, 200, 200]);
});

test('whoever has a case of the home sees what a body said there while they have it, and no position', async () => {
  const asked = await ask('responder', '/homes/h1/help', { priority: 'P2', note: '胸闷', from: '' });
  const { case: one } = JSON.parse(asked.text) as { case: { id: string } };
  // Their rights at the place were taken back after they had it.
  const keep = (role: 'viewer' | 'responder') =>
    tokenFor(service.service, 'chen', { role, node: 'haitang' }).then((token) => tokens.set('chen', token));
  await keep('responder');
  expect((await ask('chen', `/cases/${one.id}/acknowledge`, {})).status).toBe(200);
  await keep('viewer');
  const readings = async (metric: string) =>
    (await ask('chen', `/devices/cuff/readings?metric=${metric}&${PERIOD}`)).status;
  expect([await readings('pulse_bpm'), await readings('latitude_deg')]).toEqual([200, 403]);
  expect((await ask('responder', `/cases/${one.id}/acknowledge`, { takeOver: true })).status).toBe(200);
  expect(await readings('pulse_bpm')).toBe(403);
});
