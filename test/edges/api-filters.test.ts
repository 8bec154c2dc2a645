import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

let service: TestService;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const entries: RegistryEntry[] = [
    ...community({ h1: [], h2: [] }),
    registryEntrySchema.parse({ noun: 'node', path: 'elsewhere', level: 'community', name: '别处' }),
  ];
  service = await testService({ entries });
  tokens['here'] = await tokenFor(service.service, 'here', { role: 'operator', node: 'haitang' });
});
afterAll(() => service?.stop());

async function ask(path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${tokens['here']}`, 'content-type': 'application/json' };
  const answer = await fetch(`${service.url}/api/v1${path}`, { headers, ...init });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

it.each([
  ['/cases?path=haitang', 200, undefined],
  ['/cases?path=haitang/g1', 200, undefined],
  ['/cases?path=haitang/g1x', 422, 'PLACE_UNKNOWN'],
  // What a caller may not see does not exist for them.
  ['/cases?path=elsewhere', 422, 'PLACE_UNKNOWN'],
  // Whoever holds a role anywhere hears of the service: today it has no case, tomorrow it may.
  ['/cases?path=service~', 200, undefined],
  ['/cases?home=h1', 200, undefined],
  ['/cases?home=h11', 404, 'HOME_NOT_FOUND'],
  ['/visits?home=h11', 404, 'HOME_NOT_FOUND'],
  ['/visits?path=haitang/g1x', 422, 'PLACE_UNKNOWN'],
  ['/notices?case=h1.c99', 404, 'CASE_NOT_FOUND'],
  ['/cases?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 422, 'PERIOD_TOO_LONG'],
  ['/visits?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 422, 'PERIOD_TOO_LONG'],
] as const)('a list says where nothing can be in it, and why: %s', async (path, status, code) => {
  const answer = await ask(path);
  expect([answer.status, answer.body['code']]).toEqual([status, code]);
  if (status === 200) expect(answer.body['items']).toEqual([]);
});

it('whoever enters a person is told over which of their channels nobody will be', async () => {
  const staff = {
    noun: 'staff',
    id: 'sun',
    name: '孙伟',
    roles: [{ role: 'committee', node: 'haitang' }],
    channels: [
      { channel: 'terminal', address: 'sun' },
      { channel: 'wecomm', address: 'sun' },
    ],
  };
  const put = (entry: object) => ask('/registry/staff/sun', { method: 'PUT', body: JSON.stringify(entry) });
  expect(await put(staff)).toMatchObject({ status: 200, body: { unknownChannels: ['wecomm'] } });
  const known = await put({ ...staff, channels: staff.channels.slice(0, 1) });
  expect(known.status).toBe(200);
  expect(known.body).not.toHaveProperty('unknownChannels');
});
