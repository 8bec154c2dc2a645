import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { externalBroker } from '../../src/broker/external.ts';
import type { BrokerLimits } from '../../src/broker/options.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { tempFolder } from '../contracts/bed.ts';
import { NotebookHost } from '../edges/broker-host.ts';
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts';

const missing = whyNoMosquitto();
if (missing) console.warn(`skipped: ${missing}`);
const ACCOUNTS = { shouwang: 'ours', m1: 'theirs' };
const TELEMETRY = 'shouwang/m1/telemetry';
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function mosquitto(rules?: readonly string[]): Promise<Mosquitto> {
  const server = await Mosquitto.start(ACCOUNTS, rules);
  open.push(() => server.stop());
  return server;
}

async function service(
  url: string,
  password = ACCOUNTS.shouwang,
  limits: Partial<BrokerLimits> = {},
  passwordFile?: string,
) {
  const host = new NotebookHost();
  const broker = externalBroker(
    {
      url,
      clientId: 'shouwang',
      username: 'shouwang',
      password,
      passwordFile,
      filters: ['shouwang/+/telemetry', 'shouwang/+/status'],
      limits: { upstreamBackoffMsFirst: 20, upstreamBackoffMsMax: 100, brokerStopMs: 50, ...limits },
    },
    host,
    pino({ level: 'silent' }),
  );
  open.push(() => broker.stop());
  await broker.start();
  return { host, broker };
}

async function device(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, {
    clientId: 'm1',
    username: 'm1',
    password: ACCOUNTS.m1,
    reconnectPeriod: 50,
  });
  client.on('error', () => undefined);
  open.push(() => client.endAsync(true));
  return client;
}

const connected = (broker: Broker): Promise<void> =>
  expect.poll(() => broker.stats().connected, { interval: 10 }).toBe(true);

const payloads = (host: NotebookHost): string[] =>
  host.commit().map(({ message }) => Buffer.from(message.payload).toString());

describe.skipIf(missing !== undefined)('an outside mosquitto', () => {
  test('what was not finished when we stopped is sent again to the next service; what was finished is not', async () => {
    const server = await mosquitto();
    const first = await service(server.url);
    await connected(first.broker);
    first.host.automatic = false;
    const client = await device(server.url);
    await client.publishAsync(TELEMETRY, 'finished', { qos: 1 });
    await first.host.until(() => first.host.inbox.length === 1);
    expect(payloads(first.host)).toEqual(['finished']);
    await client.publishAsync(TELEMETRY, 'unfinished', { qos: 1 });
    await first.host.until(() => first.host.inbox.length === 1);
    await first.broker.stop();
    // Acknowledged too late: over a connection that is gone.
    first.host.commit();
    await client.publishAsync(TELEMETRY, 'while away', { qos: 1 });
    const second = await service(server.url);
    await second.host.until(() => second.host.receivedCount === 2);
    await client.publishAsync(TELEMETRY, 'after', { qos: 1 });
    await second.host.until(() => second.host.receivedCount === 3);
    expect(second.broker.stats().received).toBe(3);
  });

  test('many messages are in the service at once, though none is acknowledged yet', async () => {
    const server = await mosquitto();
    const { host, broker } = await service(server.url);
    await connected(broker);
    host.automatic = false;
    const client = await device(server.url);
    for (let n = 0; n < 100; n++) client.publish(TELEMETRY, `${n}`, { qos: 1 });
    // mosquitto lets 20 be in flight unless it is told otherwise.
    await host.until(() => host.inbox.length === 20);
    const seen: string[] = [];
    while (seen.length < 100) {
      await host.until(() => host.inbox.length > 0);
      seen.push(...payloads(host));
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
  });

  test('a full inbox holds the messages back over there, and loses none', async () => {
    const server = await mosquitto();
    const { host, broker } = await service(server.url);
    await connected(broker);
    host.automatic = false;
    host.capacity = 3;
    const client = await device(server.url);
    for (let n = 0; n < 200; n++) client.publish(TELEMETRY, `${n}`, { qos: 1 });
    const seen: string[] = [];
    while (seen.length < 200) {
      await host.until(() => host.inbox.length > 0);
      expect(host.inbox.length).toBeLessThanOrEqual(3);
      seen.push(...payloads(host));
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`));
  });

  test('two services under one client id: each says that it is put out, and neither counts as connected', async () => {
    const server = await mosquitto();
    const [one, other] = [await service(server.url), await service(server.url)];
    for (const { broker } of [one, other])
      await expect.poll(() => broker.stats().trouble?.zh, { interval: 20 }).toMatch(/同一客户端号/);
    expect([one, other].some(({ broker }) => broker.stats().connected)).toBe(false);
  });

  test('a password that is mended in its file is tried at the next attempt', async () => {
    const server = await mosquitto();
    const passwordFile = join(tempFolder('password'), 'password');
    writeFileSync(passwordFile, 'an old one\n');
    const { broker } = await service(server.url, 'an old one', {}, passwordFile);
    await expect.poll(() => broker.stats().refused['wrong-credentials']).toBeGreaterThan(1);
    writeFileSync(passwordFile, `${ACCOUNTS.shouwang}\n`);
    await connected(broker);
  });

  test('a restart of the outside broker loses nothing that it had taken, in either direction', async () => {
    const server = await mosquitto();
    const { host, broker } = await service(server.url);
    await connected(broker);
    host.automatic = false;
    const client = await device(server.url);
    const heard: string[] = [];
    client.on('message', (_topic, payload) => heard.push(payload.toString()));
    await client.subscribeAsync('shouwang/alerts/#', { qos: 1 });
    await client.publishAsync(TELEMETRY, 'before', { qos: 1 });
    await host.until(() => host.inbox.length === 1);
    await server.pause();
    await expect.poll(() => broker.stats().connected, { interval: 10 }).toBe(false);
    // Finished while the broker was away: the acknowledgement is lost with the connection, and it comes once more.
    payloads(host);
    await expect(broker.publish('shouwang/alerts/c/g', 'lost')).rejects.toThrow();
    const queued = broker.publish('shouwang/alerts/c/g', 'queued', { qos: 1 });
    await server.resume();
    await connected(broker);
    await queued;
    await host.until(() => host.inbox.length === 1);
    expect(payloads(host)).toEqual(['before']);
    await client.publishAsync(TELEMETRY, 'after', { qos: 1 });
    await host.until(() => host.inbox.length === 1);
    expect(payloads(host)).toEqual(['after']);
    await expect.poll(() => client.connected).toBe(true);
    await client.subscribeAsync('shouwang/alerts/#', { qos: 1 });
    await broker.publish('shouwang/alerts/c/g', 'now', { qos: 1 });
    await expect.poll(() => heard.at(-1)).toBe('now');
  });

  test('an acknowledgement that comes too late is not taken for that of another message', async () => {
    const server = await mosquitto();
    const first = await service(server.url);
    await connected(first.broker);
    first.host.automatic = false;
    const client = await device(server.url);
    await client.publishAsync(TELEMETRY, 'before', { qos: 1 });
    await first.host.until(() => first.host.inbox.length === 1);
    // The session is forgotten over there, so the next message has the same packet identifier.
    await server.crash();
    await expect.poll(() => first.broker.stats().connected, { interval: 10 }).toBe(false);
    await server.resume();
    await connected(first.broker);
    await expect.poll(() => client.connected, { interval: 10 }).toBe(true);
    await client.publishAsync(TELEMETRY, 'other', { qos: 1 });
    await first.host.until(() => first.host.inbox.length === 2);
    first.host.inbox.shift()?.done();
    await first.broker.publish('shouwang/alerts/c/g', 'behind the acknowledgement', { qos: 1 });
    await first.broker.stop();
    const second = await service(server.url);
    await second.host.until(() => second.host.receivedCount === 1);
    expect(second.host.topics).toEqual([TELEMETRY]);
  });

  test('a wrong password is counted and tried on, and works as soon as it is put right over there', async () => {
    const server = await mosquitto();
    const { broker, host } = await service(server.url, 'new password');
    await expect
      .poll(() => broker.stats().refused['wrong-credentials'], { interval: 10 })
      .toBeGreaterThanOrEqual(3);
    expect(broker.stats()).toMatchObject({
      connected: false,
      trouble: { zh: '对方拒绝了我们的账号或密码；见 mqtt.external' },
    });
    server.setPasswords({ ...ACCOUNTS, shouwang: 'new password' });
    await connected(broker);
    expect(broker.stats()).not.toHaveProperty('trouble');
    const client = await device(server.url);
    await client.publishAsync(TELEMETRY, 'x', { qos: 1 });
    await host.until(() => host.topics.length === 1);
  });

  test('a topic of nobody is diverted and acknowledged, a payload beyond the limit is refused and named', async () => {
    const server = await mosquitto();
    const { broker, host } = await service(server.url, undefined, { frameBytesMax: 1_000 });
    await connected(broker);
    host.route = (_identity, topic) => (topic.includes('m1') ? 'ingest' : 'foreign');
    const client = await device(server.url);
    await client.publishAsync('shouwang/m7/telemetry', 'x', { qos: 1 });
    await client.publishAsync(TELEMETRY, Buffer.alloc(1_001), { qos: 1 });
    await client.publishAsync(TELEMETRY, 'x', { qos: 1 });
    await host.until(() => host.topics.length === 1);
    expect(host.divertedTopics).toEqual(['shouwang/m7/telemetry']);
    expect(host.refusedFrames).toEqual([{ from: 'upstream', bytes: 1_001 }]);
    expect(broker.stats().refused).toMatchObject({ 'foreign-topic': 1, 'frame-too-large': 1 });
  });

  test('with access rules over there a device speaks for itself only', async () => {
    const rules = ['user shouwang', 'topic readwrite #', 'pattern write shouwang/%u/telemetry'];
    const server = await mosquitto(rules);
    const { broker, host } = await service(server.url);
    await connected(broker);
    const client = await device(server.url);
    await client.publishAsync('shouwang/m2/telemetry', 'foreign', { qos: 1 });
    await client.publishAsync(TELEMETRY, 'own', { qos: 1 });
    await host.until(() => host.topics.length === 1);
    expect(host.topics).toEqual([TELEMETRY]);
  });
});
