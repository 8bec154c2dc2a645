import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { SLOW } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

const secret = generateSecret();

describe('a connection', () => {
  /** What may come of a device in a minute takes a third of a second to send. */
  const { deviceBytesPerMinuteMax } = LIMITS;
  let service: TestService;
  let cookie: string;
  beforeAll(async () => {
    const entries = community({
      h4: [{ id: 'band', model: 'wristband' }],
      h7: [{ id: 'band7', model: 'wristband' }],
      h6: [{ id: 'band6', model: 'wristband' }],
      h5: [{ id: 'wm5', model: 'water-meter' }],
      h1: [{ id: 'wm1', model: 'water-meter' }],
      h2: [{ id: 'wm2', model: 'water-meter' }],
      h3: [{ id: 'wm3', model: 'water-meter' }],
    });
    const known = entries.map((entry) =>
      entry.noun === 'device' ? { ...entry, secretHash: hashSecret(secret) } : entry,
    );
    if (!SLOW) Object.assign(LIMITS, { deviceBytesPerMinuteMax: deviceBytesPerMinuteMax / 8 });
    service = await testService({ entries: known });
    cookie = await signIn(service.url);
  });
  afterAll(async () => {
    await service.stop();
    Object.assign(LIMITS, { deviceBytesPerMinuteMax });
  });

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
    const refused = async (): Promise<unknown> => {
      const response = await fetch(`${service.url}/api/v1/devices/wm3`, { headers: { cookie } });
      return ((await response.json()) as { status: { refused?: unknown } }).status.refused;
    };
    expect(await refused()).toBeUndefined();
    for (let n = 0; n < 2; n++) await expect(connected('wm3', 'wrong')).rejects.toThrow();
    const [at, since] = [expect.any(Number), expect.any(Number)];
    const told = { at, since, count: 2, why: 'wrong-secret', from: '127.0.0.1', known: false };
    expect(await refused()).toEqual(told);
    const client = await connected('wm3');
    expect(await refused()).toBeUndefined();
    await client.endAsync();
    await expect(connected('wm3', 'wrong')).rejects.toThrow();
    expect(await refused()).toMatchObject({ count: 1, known: true });
  });

  const ask = async (path: string): Promise<unknown> => {
    return (await fetch(`${service.url}/api/v1/${path}`, { headers: { cookie } })).json();
  };
  /** What people were told of a home. */
  const toldOf = async (home: string): Promise<unknown[]> => {
    await service.loop.drained();
    const { items } = (await ask(`alerts?home=${home}`)) as { items: Record<string, unknown>[] };
    return items.map(({ rule, device, priority, about }) => ({ rule, device, priority, about }));
  };
  const sendsTooMuch = async (device: string): Promise<void> => {
    const client = await connected(device);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.on('error', () => undefined);
    client.publish(`shouwang/${device}/telemetry`, Buffer.alloc(LIMITS.frameBytesMax + 1), { qos: 1 });
    await closed;
  };

  test('that sends a frame which is too large is told at the device, and people are told once', async () => {
    for (let n = 0; n < 3; n++) await sendsTooMuch('band');
    const told = { rule: 'frame-too-large', device: 'band', priority: 'P2', about: 'device' };
    await soon(async () => expect(await toldOf('h4')).toEqual([told]));
    expect(await ask('devices/band')).toMatchObject({
      status: { untaken: { reason: 'too-large', count: 3 } },
    });
    const { items } = (await ask('rejections?device=band')) as { items: { reason: string }[] };
    expect(items.map(({ reason }) => reason)).toEqual(['too-large', 'too-large', 'too-large']);
    // What people have resolved is not told again at once, though it goes on.
    const { items: cases } = (await ask('cases?home=h4')) as { items: { id: string; kind: string }[] };
    expect(cases.map(({ kind }) => kind)).toEqual(['technical']);
    const resolve = { type: 'case.resolve', case: cases[0]?.id ?? '', outcome: 'device' } as const;
    const answer = await service.service.submit({ ...resolve, note: '', contactMadeBy: '' }, 'test');
    expect(answer).toMatchObject({ ok: true });
    await sendsTooMuch('band');
    expect(await toldOf('h4')).toEqual([told]);
    expect(await ask('cases?home=h4&status=open')).toMatchObject({ items: [] });
  });

  test('that another one puts out in turn is more pressing where somebody can call through it', async () => {
    const sockets = [];
    for (let n = 0; n <= LIMITS.displacedInARowMax; n++) {
      const client = await connected('band7');
      client.on('error', () => undefined);
      sockets.push(client);
    }
    const told = { rule: 'two-as-one', device: 'band7', priority: 'P2', about: 'device' };
    await soon(async () => expect(await toldOf('h7')).toEqual([told]));
    for (const client of sockets) await client.endAsync(true);
  });

  test('that floods us is told as a fault of its device, and nothing of what it sent is refused for that', async () => {
    const client = await connected('band6');
    client.on('error', () => undefined);
    const frame = Buffer.alloc(200_000);
    const count = Math.ceil(LIMITS.deviceBytesPerMinuteMax / frame.length) + 1;
    for (let n = 0; n < count; n++) client.publish('shouwang/band6/telemetry', frame);
    const told = { rule: 'flooding', device: 'band6', priority: 'P2', about: 'device' };
    await soon(async () => expect(await toldOf('h6')).toEqual([told]));
    await client.endAsync(true);
  });

  test('that another one with the same credential puts out in turn is told at the device, and people are told', async () => {
    const sockets = [];
    for (let n = 0; n <= LIMITS.displacedInARowMax; n++) {
      const client = await connected('wm5');
      client.on('error', () => undefined);
      sockets.push(client);
    }
    const told = { rule: 'two-as-one', device: 'wm5', priority: 'P3', about: 'device' };
    await soon(async () => expect(await toldOf('h5')).toEqual([told]));
    expect(await ask('devices/wm5')).toMatchObject({ status: { twoAsOne: { at: expect.any(Number) } } });
    const { items } = (await ask('devices?trouble=true')) as { items: { device: { id: string } }[] };
    expect(items.map(({ device }) => device.id)).toContain('wm5');
    for (const client of sockets) await client.endAsync(true);
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
