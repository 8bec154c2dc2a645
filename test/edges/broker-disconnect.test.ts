import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const secret = generateSecret();

describe('a connection', () => {
  let service: TestService;
  beforeAll(async () => {
    const entries = community({
      h1: [{ id: 'wm1', model: 'water-meter' }],
      h2: [{ id: 'wm2', model: 'water-meter' }],
      h3: [{ id: 'wm3', model: 'water-meter' }],
    });
    const known = entries.map((entry) =>
      entry.noun === 'device' ? { ...entry, secretHash: hashSecret(secret) } : entry,
    );
    service = await testService({ entries: known });
  });
  afterAll(() => service.stop());

  const connected = (id: string, password = secret) =>
    connectAsync(service.mqttUrl, {
      clientId: id,
      username: id,
      password,
      keepalive: 60,
      reconnectPeriod: 0,
    });

  test('is closed when its device is given another secret', async () => {
    const client = await connected('wm1');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect(await service.service.issueSecret({ noun: 'device', id: 'wm1' }, 'test')).toHaveProperty('secret');
    await closed;
    await expect(connected('wm1')).rejects.toThrow(/Not authorized|Bad username or password/i);
  });

  test('with a wrong secret is told at the device, until it comes with the right one', async () => {
    const cookie = await signIn(service.url);
    const refused = async (): Promise<unknown> => {
      const response = await fetch(`${service.url}/api/v1/devices/wm3`, { headers: { cookie } });
      return ((await response.json()) as { status: { refused?: unknown } }).status.refused;
    };
    expect(await refused()).toBeUndefined();
    for (let n = 0; n < 2; n++) await expect(connected('wm3', 'wrong')).rejects.toThrow();
    expect(await refused()).toEqual({ at: expect.any(Number), count: 2, why: 'wrong-secret' });
    const client = await connected('wm3');
    expect(await refused()).toBeUndefined();
    await client.endAsync();
  });

  test('is closed when its device is switched off, and another change leaves it open', async () => {
    const client = await connected('wm2');
    const device = service.service.registry.device('wm2');
    if (!device) throw new Error('wm2 is enrolled');
    await service.service.submit(
      { type: 'registry.apply', put: [{ ...device, expectedIntervalMs: 60_000 }], remove: [] },
      'test',
    );
    await client.publishAsync('shouwang/wm2/telemetry', '{"battery_pct":50}', { qos: 1 });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await service.service.submit(
      { type: 'registry.apply', put: [{ ...device, disabled: true }], remove: [] },
      'test',
    );
    await closed;
  });
});
