import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { community, T0 } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const clock = new ManualClock(T0 + 10 * HOUR);
let service: TestService;
let ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  service = await testService({
    entries: community({ h1: [{ model: 'fhir-observation', id: 'records' }], h2: [] }),
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
