import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community, T0 } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

/** Where other people are responsible. */
const NEXT_DOOR = [
  { noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' },
  { noun: 'home', id: 'h3', parent: 'haitang/g2', name: 'h3' },
];
const clock = new ManualClock(T0 + 10 * HOUR);
let service: TestService;
let ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  service = await testService({
    entries: [
      ...community({ h1: [{ model: 'fhir-observation', id: 'records' }], h2: [] }),
      ...NEXT_DOOR.map((entry) => registryEntrySchema.parse(entry)),
    ],
    clock,
  });
  const cookie = await signIn(service.url);
  ask = async (method, path, body) => {
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: service.url,
        'idempotency-key': crypto.randomUUID(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
});
afterAll(() => service.stop());

const pulse = (at: number, value: number): object => ({
  document: {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    effectiveDateTime: new Date(at).toISOString(),
    valueQuantity: { value, code: '/min' },
  },
});

/** The newest value that is shown of the devices of this home. */
async function shown(home: string): Promise<unknown> {
  const { body } = await ask('GET', `/homes/${home}`);
  return (body as { devices: { status: { last: unknown } }[] }).devices[0]?.status.last;
}

test('what a device measured in the home before is nothing of whoever lives where it is now', async () => {
  const before = clock.now() - 10 * MINUTE;
  const given = `/fhir/Observation?device=records&from=${T0}&to=${T0 + 20 * HOUR}`;
  await ask('POST', '/devices/records/documents', pulse(before, 71));
  expect((await ask('GET', given)).body).toMatchObject({
    entry: [{ resource: { subject: { reference: 'Patient/h1-r' }, valueQuantity: { value: 71 } } }],
  });
  const device = service.core.registry.device('records');
  expect((await ask('PUT', '/registry/device/records', { ...device, home: 'h2' })).status).toBe(200);
  expect((await ask('GET', given)).body).toMatchObject({ total: 0 });
  expect(await shown('h2')).toEqual({});
  clock.advance(MINUTE);
  await ask('POST', '/devices/records/documents', pulse(clock.now(), 82));
  expect((await ask('GET', given)).body).toMatchObject({
    total: 1,
    entry: [{ resource: { subject: { reference: 'Patient/h2-r' }, valueQuantity: { value: 82 } } }],
  });
  expect(await shown('h2')).toEqual({ pulse_bpm: { value: 82, at: clock.now() } });
});

test('and whoever may see only where it is now is not shown it, and is told so', async () => {
  const { body } = await ask('GET', '/registry/device/records');
  const { entry } = body as { entry: object };
  clock.advance(MINUTE);
  expect((await ask('PUT', '/registry/device/records', { ...entry, home: 'h3' })).status).toBe(200);
  const movedAt = clock.now();
  clock.advance(MINUTE);
  await ask('POST', '/devices/records/documents', pulse(clock.now(), 64));
  const of = (name: string, node: string) => as(name, node, `from=${T0}&to=${T0 + 20 * HOUR}`);
  const [near, both, all] = [
    await of('near', 'haitang/g2'),
    await of('both', 'haitang'),
    await of('all', ''),
  ];
  expect(near.readings).toMatchObject({
    from: T0,
    points: [{ value: 64 }],
    hidden: { from: T0, to: movedAt },
  });
  expect(near.events).toMatchObject({ items: [], hidden: { from: T0, to: movedAt } });
  for (const one of [both, all]) {
    expect(one.readings).toMatchObject({ points: [{ value: 71 }, { value: 82 }, { value: 64 }] });
    expect(one.readings).not.toHaveProperty('hidden');
  }
  // Who may only read the one, and goes to the door of the other, is told what was measured behind that door.
  const token = await tokenFor(
    service.service,
    'mixed',
    { role: 'responder', node: 'haitang/g2' },
    { role: 'viewer', node: 'haitang' },
  );
  tokens.set('mixed', token);
  expect((await of('mixed', 'haitang')).readings).toMatchObject({ points: [{ value: 64 }] });
  // Nor where it was.
  expect(JSON.stringify(near.device)).not.toContain('g1');
  const hourly = await as('near', 'haitang/g2', `from=${T0}&to=${T0 + 20 * HOUR}&step=${HOUR}`);
  const { hidden } = hourly.readings as { hidden: { to: number } };
  expect((hidden.to - T0) % HOUR).toBe(0);
  expect(hourly.readings).toMatchObject({ buckets: [] });
});

const tokens = new Map<string, string>();

/** What somebody with rights at this node alone is told of the device. */
async function as(name: string, node: string, period: string) {
  const token = tokens.get(name) ?? (await tokenFor(service.service, name, { role: 'responder', node }));
  tokens.set(name, token);
  const get = async (path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${service.url}/api/v1/devices/records${path}`, { headers })).json();
  };
  return {
    device: await get(''),
    readings: await get(`/readings?metric=pulse_bpm&${period}`),
    events: await get(`/events?${period.replace(/&step=.*/, '')}`),
  };
}
