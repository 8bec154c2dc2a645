import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import addReplace from '../../src/commands/replace.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { run } from './command-line.ts';

let service: TestService;
let cookie: string;
beforeAll(async () => {
  service = await testService({
    entries: community({
      h1: [{ id: 'm1', model: 'water-meter' }],
      h2: [{ id: 'm2', model: 'water-meter' }],
      h3: [{ id: 'm3', model: 'water-meter', place: 'kitchen' }],
    }),
  });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

const device = (id: string) => service.core.registry.device(id);

async function put(id: string, home: string, replaces: string, path = 'device') {
  const response = await fetch(`${service.url}/api/v1/registry/${path}/${id}?replaces=${replaces}`, {
    method: 'PUT',
    headers: { cookie, origin: service.url, 'content-type': 'application/json' },
    body: JSON.stringify({
      noun: 'device',
      id,
      model: 'water-meter',
      home,
      enrolledAt: '2026-03-01T00:00:00Z',
    }),
  });
  return { status: response.status, body: (await response.json()) as { code?: string } };
}

test('a device that is replaced is stopped in the step in which the new one is enrolled', async () => {
  const { revision } = service.core.registry;
  expect(await put('m1b', 'h1', 'm1')).toMatchObject({ status: 200 });
  expect(device('m1b')).toMatchObject({ home: 'h1', disabled: false });
  expect(device('m1')).toMatchObject({ home: 'h1', disabled: true });
  expect(service.core.registry.revision).toBe(revision + 1);
});

test('where one of both cannot be, neither is', async () => {
  expect(await put('m2b', 'h1', 'm2')).toMatchObject({
    status: 422,
    body: { code: 'DEVICE_REPLACED_ELSEWHERE' },
  });
  expect(await put('m2b', 'h2', 'gone')).toMatchObject({ status: 404, body: { code: 'DEVICE_NOT_FOUND' } });
  expect(await put('m2', 'h2', 'm2')).toMatchObject({ body: { code: 'DEVICE_REPLACED_ELSEWHERE' } });
  expect(await put('m2b', 'nowhere', 'm2')).toMatchObject({ status: 422 });
  expect(device('m2b')).toBeUndefined();
  expect(device('m2')).toMatchObject({ disabled: false });
});

test('the command takes over what the old device had, and says where one of both is not as it should be', async () => {
  const replace = (...args: string[]) =>
    run(addReplace, 'replace', ...args, '--data', join(service.dir, 'data'));
  const { error, err } = await replace('m3', 'm3b');
  expect(error).toBeUndefined();
  expect(err).toEqual(['m3b is enrolled in home h3; m3 is stopped, and its readings stay']);
  expect(device('m3b')).toMatchObject({
    home: 'h3',
    model: 'water-meter',
    place: 'kitchen',
    disabled: false,
  });
  expect(device('m3')).toMatchObject({ disabled: true });
  expect((await replace('m3', 'm2')).error).toMatchObject({ message: expect.stringContaining('already') });
  expect((await replace('nix', 'm4')).error).toMatchObject({ message: 'there is no device nix' });
  expect((await replace('m2', 'm2')).error).toMatchObject({
    message: expect.stringContaining('an id of its own'),
  });
  expect(device('m2')).toMatchObject({ disabled: false });
});
