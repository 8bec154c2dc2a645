import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import addImportReadings from '../../src/commands/import-readings.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

let service: TestService;
let ask: (path: string, body?: unknown) => Promise<{ status: number; type: string; body: unknown }>;

beforeAll(async () => {
  const entries = community({
    h1: [
      { model: 'fhir-observation', id: 'records' },
      { model: 'zigbee-leak', id: 'sink', address: 'topic:zigbee2mqtt/sink' },
    ],
  });
  service = await testService({ entries });
  const cookie = await signIn(service.url);
  ask = async (path, body) => {
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie,
        origin: service.url,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: (await response.json()) as unknown };
  };
});
afterAll(() => service.stop());

const coded = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] });
const pressure = (at: number, systolic: number, diastolic: number): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: coded('85354-9'),
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: new Date(at).toISOString(),
  component: [
    { code: coded('8480-6'), valueQuantity: { value: systolic, code: 'mm[Hg]' } },
    { code: coded('8462-4'), valueQuantity: { value: diastolic, code: 'mm[Hg]' } },
  ],
});

/** The command, on the data folder of this service; what it wrote to standard output. */
async function importReadings(...parameters: string[]): Promise<unknown> {
  const program = new Command();
  addImportReadings(program);
  const out = vi.spyOn(console, 'log').mockImplementation(() => {});
  const err = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await program.parseAsync(['import-readings', ...parameters], { from: 'user' });
    return JSON.parse(String(out.mock.calls[0]?.[0]));
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('a health document', () => {
  test('that is brought in is taken, and comes out again as FHIR', async () => {
    const at = Math.floor(Date.now() / 1000) * 1000 - HOUR;
    const brought = await ask('/devices/records/documents', { document: pressure(at, 131, 84) });
    expect(brought).toMatchObject({
      status: 200,
      body: { taken: [{ metric: 'systolic_mmhg', value: 131, at }, { value: 84 }], refused: [] },
    });
    const given = await ask('/fhir/Observation?device=records');
    expect(given.type).toContain('application/fhir+json');
    expect(given.body).toMatchObject({
      resourceType: 'Bundle',
      total: 1,
      entry: [
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { coding: [{ code: '85354-9' }] },
            subject: { reference: 'Patient/h1-r' },
            effectiveDateTime: new Date(at).toISOString(),
            component: [
              { code: { coding: [{ code: '8462-4' }] }, valueQuantity: { value: 84, code: 'mm[Hg]' } },
              { code: { coding: [{ code: '8480-6' }] }, valueQuantity: { value: 131, code: 'mm[Hg]' } },
            ],
          },
        },
      ],
    });
    const twice = await ask('/devices/records/documents', { document: pressure(at, 131, 84) });
    expect(twice.body).toMatchObject({ taken: [], refused: [{ code: 'duplicate' }] });
  });

  test('of long ago is refused by name, not told as of now', async () => {
    const old = pressure(Date.parse('2012-09-17T10:00:00Z'), 107, 60);
    expect((await ask('/devices/records/documents', { document: old })).body).toMatchObject({
      taken: [],
      refused: [{ code: 'clock-past' }, { code: 'clock-past' }],
    });
  });

  test('cannot be brought in for a device that speaks through a gateway, or for one that is not there', async () => {
    expect((await ask('/devices/sink/documents', { document: {} })).status).toBe(400);
    expect((await ask('/devices/nobody/documents', { document: {} })).status).toBe(404);
  });

  test('in a file is brought in by a command, which asks of whom it is', async () => {
    const at = Math.floor(Date.now() / 1000) * 1000 - 2 * HOUR;
    const file = join(service.dir, 'bundle.json');
    const other = { ...pressure(at + 60_000, 120, 80), subject: { reference: 'Patient/p2' } };
    const entry = [pressure(at, 128, 82), other].map((resource) => ({ resource }));
    await writeFile(file, JSON.stringify({ resourceType: 'Bundle', entry }));
    const options = [file, '--device', 'records', '--data', join(service.dir, 'data'), '--json'];
    await expect(importReadings(...options)).rejects.toThrow('the file speaks of 2 people');
    expect(await importReadings(...options, '--subject', 'Patient/p1')).toEqual({
      documents: 1,
      taken: 2,
      refused: {},
    });
  });
});
