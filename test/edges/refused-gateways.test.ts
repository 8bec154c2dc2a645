import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleOnNode } from '../../src/api/access.ts';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

const secret = generateSecret();
let service: TestService;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  const entries = community({ h1: [{ id: 'wm1', model: 'water-meter', gateway: 'gw' }] }, ['gw', 'fine']);
  const other = {
    noun: 'node',
    path: 'yulan',
    level: 'community',
    name: '玉兰社区',
    timeZone: 'Asia/Shanghai',
  };
  service = await testService({
    entries: [
      ...entries.map((entry) =>
        entry.noun === 'gateway' ? { ...entry, secretHash: hashSecret(secret) } : entry,
      ),
      registryEntrySchema.parse(other),
    ],
  });
  const account = (id: string, role: RoleOnNode) => tokenFor(service.service, id, role);
  tokens['all'] = await account('chen', { role: 'operator', node: '' });
  tokens['here'] = await account('wu', { role: 'operator', node: 'haitang' });
  tokens['there'] = await account('eve', { role: 'operator', node: 'yulan' });
});
afterAll(() => service.stop());

const connect = (id: string, options: IClientOptions = {}) =>
  connectAsync(service.mqttUrl, {
    clientId: id,
    username: id,
    password: secret,
    keepalive: 60,
    reconnectPeriod: 0,
    ...options,
  });

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what is tried here
async function ask(who: string, path: string): Promise<any> {
  const headers = { authorization: `Bearer ${tokens[who]}` };
  const response = await fetch(`${service.url}/api/v1/${path}`, { headers });
  return response.ok ? response.json() : response.status;
}

test('a gateway that is refused is named with reason and time, at itself and at the devices behind it', async () => {
  expect(await ask('all', 'gateways?refused=true')).toEqual({ items: [] });
  await expect(connect('gw', { password: 'wrong' })).rejects.toThrow();
  await expect(connect('gw', { keepalive: 0 })).rejects.toThrow();
  const refused = {
    at: expect.any(Number),
    since: expect.any(Number),
    count: 2,
    why: 'keep-alive',
    from: '127.0.0.1',
    known: false,
  };
  const { items } = await ask('here', 'gateways?refused=true');
  expect(items).toMatchObject([{ gateway: { id: 'gw' }, status: { refused, devices: 1, connected: false } }]);
  expect(JSON.stringify(items)).not.toContain('secretHash');
  expect(await ask('here', 'gateways/gw')).toEqual(items[0]);
  expect((await ask('here', 'gateways')).items).toHaveLength(2);
  expect((await ask('here', 'devices/wm1')).status).toMatchObject({
    gatewayRefused: { ...refused, gateway: 'gw' },
  });
  expect((await ask('here', 'devices?trouble=true')).items).toMatchObject([{ device: { id: 'wm1' } }]);

  const client = await connect('gw');
  expect((await ask('all', 'gateways/gw')).status).toMatchObject({ connected: true });
  expect((await ask('all', 'gateways/gw')).status.refused).toBeUndefined();
  expect((await ask('all', 'devices/wm1')).status.gatewayRefused).toBeUndefined();
  await client.endAsync();
});

test('who tries under a name that nobody enrolled is shown to those who operate everywhere, and to no others', async () => {
  await expect(connect('chirpstack')).rejects.toThrow();
  await expect(connect('zigbee2mqtt', { protocolVersion: 5 })).rejects.toThrow();
  const { refused } = await ask('all', 'knocking');
  expect(refused).toMatchObject([
    { name: 'zigbee2mqtt', why: 'protocol-version', count: 1, from: '127.0.0.1' },
    { name: 'chirpstack', why: 'not-enrolled', count: 1, from: '127.0.0.1' },
  ]);
  expect((await ask('here', 'knocking')).refused).toEqual([]);
  const { refusedLogins } = await ask('all', 'rejections/counts');
  expect(refusedLogins).toEqual({ count: 4, lastAt: expect.any(Number) });
});

test('an operator of one community sees the gateways of another neither listed nor by name', async () => {
  await expect(connect('gw', { password: 'wrong' })).rejects.toThrow();
  expect(await ask('there', 'gateways')).toEqual({ items: [] });
  expect(await ask('there', 'gateways?refused=true')).toEqual({ items: [] });
  expect(await ask('there', 'gateways/gw')).toBe(404);
});
