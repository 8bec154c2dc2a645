import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { tokenFor } from './api-service.ts';
import { WatchClient } from './watch-client.ts';

const secret = generateSecret();
let service: TestService;
beforeAll(async () => {
  const worn = (n: number) => ({ id: `w${n}`, model: 'watch-3g', address: `watch:880000000${n}` });
  const meter = { id: 'wm1', model: 'water-meter', gateway: 'two' };
  const entries = community({ h1: [meter, worn(1)], h2: [worn(2)] }, ['one', 'two']);
  const secretHash = hashSecret(secret);
  service = await testService({
    entries: entries.map((entry) => (entry.noun === 'gateway' ? { ...entry, secretHash } : entry)),
    service: {
      watches: { host: '127.0.0.1', port: 0 },
      limits: { connectionsPerAddressMax: 1, watchConnectionsPerAddressMax: 1 },
    },
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

test('so is an operator of watches that find no place', async () => {
  const one = await WatchClient.open(service.addresses.watches ?? '');
  one.say('[3G*8800000001*0002*LK]');
  await one.hears('*LK');
  expect(service.service.health().checks).not.toHaveProperty('watches');
  const two = await WatchClient.open(service.addresses.watches ?? '');
  await two.say('[3G*8800000002*0002*LK]').closed;
  expect(service.service.health().checks['watches']).toMatchObject({
    warning: true,
    detail: { en: expect.stringMatching(/refused once.* limits\.watchConnectionsPerAddressMax/) },
  });
  await one.end();
});
