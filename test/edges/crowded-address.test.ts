import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';

const secret = generateSecret();
let service: TestService;
beforeAll(async () => {
  const entries = community({ h1: [{ id: 'wm1', model: 'water-meter', gateway: 'two' }] }, ['one', 'two']);
  const secretHash = hashSecret(secret);
  service = await testService({
    entries: entries.map((entry) => (entry.noun === 'gateway' ? { ...entry, secretHash } : entry)),
    service: { limits: { connectionsPerAddressMax: 1 } },
  });
});
afterAll(() => service.stop());

const connect = (id: string) => {
  const options = { clientId: id, username: id, password: secret, keepalive: 60, reconnectPeriod: 0 };
  return connectAsync(service.mqttUrl, options);
};

test('who is refused because its address has as many connections as it may is named, and an operator told what to do', async () => {
  const one = await connect('one');
  expect(service.service.health().checks['broker']).not.toHaveProperty('warning');
  await expect(connect('two')).rejects.toMatchObject({ code: 3 });
  const authorization = `Bearer ${await tokenFor(service.service, 'chen', { role: 'operator', node: '' })}`;
  const answer = await fetch(`${service.url}/api/v1/gateways/two`, { headers: { authorization } });
  expect(await answer.json()).toMatchObject({
    status: { refused: { why: 'address-full', count: 1, from: '127.0.0.1', known: true } },
  });
  expect(service.service.health().checks['broker']).toMatchObject({
    ok: true,
    warning: true,
    detail: { en: expect.stringMatching(/refused once.* 127\.0\.0\.1.* limits\.connectionsPerAddressMax/) },
  });
  await one.endAsync();
});
