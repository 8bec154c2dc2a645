import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import type { BrokerLimits } from '../../src/broker/options.ts';
import { ServiceAedes } from '../../src/broker/service-aedes.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { atLength } from '../runs.ts';
import { soon } from '../soon.ts';
import { NotebookHost } from './broker-host.ts';
import { connectFrame, DISCONNECT, publishFrame, RawClient, subscribeFrame } from './raw-client.ts';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(limits: Partial<BrokerLimits> = {}) {
  const host = new NotebookHost();
  const broker = embeddedBroker(
    { host: '127.0.0.1', ports: { mqtt: 0, webSocket: 0 }, limits: { brokerStopMs: 50, ...limits } },
    host,
    pino({ level: 'silent' }),
  );
  const { mqtt: address = '', webSocket = '' } = await broker.start();
  open.push(() => broker.stop());
  return { host, broker, address, webSocket };
}

async function login(address: string, id: string, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(address, {
    clientId: id,
    username: id,
    password: `secret of ${id}`,
    reconnectPeriod: 0,
    ...options,
  });
  open.push(() => client.endAsync(true));
  return client;
}

async function raw(address: string, id: string, keepAliveS?: number): Promise<RawClient> {
  const client = await RawClient.login(address, id, keepAliveS);
  open.push(async () => client.socket.destroy());
  return client;
}

/** The CONNACK code with which the broker refuses, or 0. */
async function knock(address: string, options: mqtt.IClientOptions): Promise<number> {
  const attempt = mqtt.connectAsync(address, { reconnectPeriod: 0, ...options });
  try {
    const client = await attempt;
    await client.endAsync(true);
    return 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

function refusals(broker: Broker): Record<string, number> {
  return Object.fromEntries(Object.entries(broker.stats().refused).filter(([, count]) => count > 0));
}

const TELEMETRY = 'shouwang/m1/telemetry';
const PING = Buffer.from([0xc0, 0]);

describe('acknowledgement', () => {
  test('a reading of QoS 1 is acknowledged when the service has finished it, and not before', async () => {
    const { host, address } = await start();
    host.automatic = false;
    const client = await raw(address, 'm1');
    client.socket.write(publishFrame(TELEMETRY, '{"a":1}', 1, 7));
    await host.until(() => host.inbox.length === 1);
    // The answer to a ping comes behind everything that was written before it.
    client.socket.write(PING);
    await client.receives((bytes) => bytes.length === 6);
    expect(client.pubacks()).toEqual([]);
    expect(host.inbox[0]!.message.payload.toString()).toBe('{"a":1}');
    expect(host.inbox[0]!.message.receivedAt).toBe(host.now());
    expect(host.inbox[0]!.message.client).toBe('m1');
    host.commit();
    await client.receives((bytes) => bytes.length === 10);
    expect(client.bytes.subarray(6)).toEqual(Buffer.from([0x40, 2, 0, 7]));
  });

  test('QoS 2 gets its PUBREC after the service has finished, and a repeat is not received twice', async () => {
    const { host, address } = await start();
    host.automatic = false;
    const client = await raw(address, 'm1');
    client.socket.write(publishFrame(TELEMETRY, 'x', 2, 9));
    await host.until(() => host.inbox.length === 1);
    client.socket.write(PING);
    await client.receives((bytes) => bytes.length === 6);
    host.commit();
    await client.receives((bytes) => bytes.length === 10);
    expect(client.bytes.subarray(6)).toEqual(Buffer.from([0x50, 2, 0, 9]));
    client.socket.write(publishFrame(TELEMETRY, 'x', 2, 9));
    await client.receives((bytes) => bytes.length === 14);
    client.socket.write(Buffer.from([0x62, 2, 0, 9]));
    await client.receives((bytes) => bytes.length === 18);
    expect(client.bytes.subarray(14)).toEqual(Buffer.from([0x70, 2, 0, 9]));
    expect(host.receivedCount).toBe(1);
  });

  test('who comes anew again and again while a message of QoS 2 finds no room is heard when there is room', async () => {
    const { host, address } = await start({ clientWaitingMax: 3 });
    host.capacity = 0;
    let routed = 0;
    const { route } = host;
    host.route = (...asked) => {
      routed++;
      return route.apply(host, asked);
    };
    for (let life = 1; life <= 4; life++) {
      const client = await raw(address, 'm1');
      client.socket.write(publishFrame(TELEMETRY, 'x', 2, 9));
      await soon(() => expect(routed).toBeGreaterThanOrEqual(life));
    }
    host.capacity = 10;
    host.commit();
    const client = await raw(address, 'm1');
    client.socket.write(publishFrame(TELEMETRY, 'y', 1, 10));
    await client.receives(() => client.pubacks().length === 1);
    expect(client.pubacks()).toEqual([10]);
  });

  test('when the inbox is full, senders are not read, and nothing is lost when there is room again', async () => {
    const { host, address, broker } = await start();
    host.automatic = false;
    host.capacity = 10;
    const clients = await Promise.all(['m1', 'm2', 'm3'].map((id) => login(address, id)));
    const total = 3 * 600;
    const sent = clients.flatMap((client, i) =>
      Array.from({ length: total / 3 }, (_, n) =>
        client.publishAsync(`shouwang/m${i + 1}/telemetry`, `${i}/${n}`, { qos: n % 5 === 0 ? 2 : 1 }),
      ),
    );
    const payloads: string[] = [];
    while (payloads.length < total) {
      await host.until(() => host.inbox.length > 0);
      expect(host.inbox.length).toBeLessThanOrEqual(10);
      payloads.push(...host.commit().map(({ message }) => Buffer.from(message.payload).toString()));
    }
    await Promise.all(sent);
    expect(new Set(payloads).size).toBe(total);
    expect(payloads.filter((payload) => payload.startsWith('1/')).length).toBe(600);
    expect(broker.stats().received).toBe(total);
  });

  test('a client that sends one packet a segment is held back too: the library alone would read on for ever', async () => {
    const { host, address } = await start();
    host.automatic = false;
    host.capacity = 1;
    const client = await raw(address, 'm1');
    const payload = Buffer.alloc(1_000);
    const total = 20_000;
    let blocked = false;
    for (let n = 0; n < total && !blocked; n++) {
      // Once the buffers of both ends are full, the socket takes no more: that is the back-pressure.
      blocked = !client.socket.write(publishFrame(TELEMETRY, payload, 1, (n % 65_535) + 1));
      if (blocked) break;
      if (n % 50 === 0) await new Promise(setImmediate);
    }
    expect(blocked).toBe(true);
    expect(host.receivedCount).toBe(1);
  });

  test('a goodbye behind messages that wait is seen after them, so that no will is published', async () => {
    const { host, address } = await start();
    host.automatic = false;
    host.capacity = 1;
    const client = await raw(address, 'm1');
    client.socket.end(
      Buffer.concat([...[1, 2, 3].map((n) => publishFrame(TELEMETRY, `${n}`, 0)), DISCONNECT]),
    );
    const seen: string[] = [];
    while (seen.length < 3) {
      await host.until(() => host.inbox.length > 0);
      seen.push(...host.commit().map(({ message }) => Buffer.from(message.payload).toString()));
    }
    expect(seen).toEqual(['1', '2', '3']);
    await host.until(() => host.presences.includes('m1 offline'));
  });

  atLength(
    '20,000 messages of QoS 0 outstanding from 20 connections end nothing and lose nothing',
    async () => {
      const { host, address } = await start();
      host.automatic = false;
      host.capacity = 500;
      const total = 20_000;
      for (let i = 0; i < 20; i++) {
        const client = await raw(address, `m${i}`);
        const frame = publishFrame(`shouwang/m${i}/telemetry`, '{"at":1,"water_index_m3":1.5}');
        client.socket.write(Buffer.concat(Array.from({ length: total / 20 }, () => frame)));
      }
      while (host.receivedCount < total) {
        await host.until(() => host.asked || host.receivedCount === total);
        host.commit();
        await new Promise(setImmediate);
      }
      expect(host.receivedCount).toBe(total);
    },
  );

  test('stopping waits for what the service has taken, and marks nobody offline', async () => {
    const { host, address, broker } = await start({ brokerStopMs: 5_000 });
    host.automatic = false;
    const client = await login(address, 'm1', {
      will: { topic: 'shouwang/m1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    const published = client.publishAsync(TELEMETRY, 'x', { qos: 1 });
    await host.until(() => host.inbox.length === 1);
    const stopped = broker.stop();
    host.commit();
    await published;
    await stopped;
    expect(host.presences).toEqual(['m1 online']);
    expect(host.receivedCount).toBe(1);
    expect(broker.stats().connected).toBe(false);
  });
});

describe('starting and stopping', () => {
  test('a port that is taken is told by `start`, and nothing listens then', async () => {
    const { address } = await start();
    const taken = Number(new URL(address).port);
    for (const ports of [{ mqtt: taken }, { mqtt: 0, webSocket: taken }]) {
      const second = embeddedBroker(
        { host: '127.0.0.1', ports },
        new NotebookHost(),
        pino({ level: 'silent' }),
      );
      await expect(second.start()).rejects.toThrow(/EADDRINUSE/);
      expect(second.stats().connected).toBe(false);
    }
  });

  test('who waits for room when the broker stops is not served any more, and not acknowledged', async () => {
    const { host, address, broker } = await start({ brokerStopMs: 5_000 });
    host.automatic = false;
    host.capacity = 1;
    const client = await raw(address, 'm1');
    client.socket.write(Buffer.concat([1, 2, 3].map((n) => publishFrame(TELEMETRY, `${n}`, 1, n))));
    await host.until(() => host.asked);
    const stopped = broker.stop();
    host.commit();
    await stopped;
    await client.closed;
    expect(host.receivedCount).toBe(1);
    expect(client.pubacks()).toEqual([1]);
  });
});

describe('who is let in', () => {
  test('a wrong password is refused and counted', async () => {
    const { broker, address, host } = await start();
    expect(await knock(address, { clientId: 'm1', username: 'm1', password: 'wrong' })).toBe(4);
    expect(await knock(address, { clientId: 'm1' })).toBe(4);
    expect(refusals(broker)).toEqual({ 'wrong-credentials': 2 });
    expect(host.presences).toEqual([]);
  });

  test('a credential is good for its own client id only', async () => {
    const { broker, address } = await start();
    expect(await knock(address, { clientId: 'm2', username: 'm1', password: 'secret of m1' })).toBe(5);
    expect(refusals(broker)).toEqual({ 'client-id-mismatch': 1 });
  });

  test('who is refused is named by user name and client id, with what whoever installs it has to mend', async () => {
    const { host, address } = await start();
    const right = { clientId: 'm1', username: 'm1', password: 'secret of m1' };
    for (const wrong of [
      { password: 'wrong' },
      { clientId: 'mqttjs_1234' },
      { keepalive: 0 },
      { protocolVersion: 5 as const },
      { username: 'somebody', password: 'wrong' },
    ])
      expect(await knock(address, { ...right, ...wrong })).toBeGreaterThan(0);
    const told = host.refusedConnections.map(
      ({ username, clientId, why }) => `${username} ${clientId} ${why}`,
    );
    expect(told).toEqual([
      'm1 m1 wrong-secret',
      'm1 mqttjs_1234 client-id',
      'm1 m1 keep-alive',
      'm1 m1 protocol-version',
      'somebody m1 wrong-secret',
    ]);
  });

  test('a credential check that fails on our side is told as our fault and not counted against the client', async () => {
    const { broker, address, host } = await start();
    host.authenticate = async () => {
      throw new Error('the store is away');
    };
    expect(await knock(address, { clientId: 'm1', username: 'm1', password: 'secret of m1' })).toBe(3);
    expect(refusals(broker)).toEqual({});
  });

  test('a client without keep-alive is refused: its silence would never be noticed', async () => {
    const { broker, address } = await start();
    const options = { clientId: 'm1', username: 'm1', password: 'secret of m1', keepalive: 0 };
    expect(await knock(address, options)).toBe(5);
    expect(refusals(broker)).toEqual({ 'protocol-error': 1 });
  });

  atLength(
    'a client that falls silent for one and a half keep-alives is closed and its will is published',
    async () => {
      const { host, address } = await start({ brokerSweepMs: 20 });
      const client = await raw(address, 'm1', 1);
      await client.closed;
      await host.until(() => host.presences.length === 2);
      expect(host.presences).toEqual(['m1 online', 'm1 offline']);
    },
  );

  test('a session ends with the connection, whatever the client asks for', async () => {
    const { host, address, broker } = await start();
    const first = await login(address, 'm1', { clean: false });
    await first.subscribeAsync('shouwang/m1/command', { qos: 1 });
    await first.endAsync();
    await host.until(() => host.presences.includes('m1 offline'));
    await broker.publish('shouwang/m1/command', 'measure', { qos: 1 });
    const second = mqtt.connect(address, {
      clientId: 'm1',
      username: 'm1',
      password: 'secret of m1',
      clean: false,
      reconnectPeriod: 0,
    });
    open.push(() => second.endAsync(true));
    const connack = await new Promise<mqtt.IConnackPacket>((resolve) => second.once('connect', resolve));
    expect(connack.sessionPresent).toBe(false);
    const got: string[] = [];
    second.on('message', (_topic, payload) => got.push(payload.toString()));
    await second.subscribeAsync('shouwang/m1/command', { qos: 1 });
    const heard = new Promise((resolve) => second.once('message', resolve));
    await broker.publish('shouwang/m1/command', 'later', { qos: 1 });
    await heard;
    expect(got).toEqual(['later']);
  });

  test('a right secret counts before anything that others did from the same address', async () => {
    const { broker, address } = await start({ authFailuresMax: 3 });
    for (let i = 0; i < 8; i++) await knock(address, { clientId: 'm9', username: 'm9', password: 'guess' });
    for (const id of ['m1', 'm2']) await login(address, id);
    await login(address, 'm9');
    expect(refusals(broker)).toEqual({ 'wrong-credentials': 8 });
  });

  test('two clients that fight for one id are banned for a while; one that comes and goes politely is not', async () => {
    const { broker, address } = await start({ flappingConnectsMax: 4, banOneEveryMs: 60_000 });
    for (let i = 0; i < 10; i++) await (await login(address, 'm1')).endAsync();
    for (let i = 0; i < 6; i++) await raw(address, 'm2');
    expect(await knock(address, { clientId: 'm2', username: 'm2', password: 'secret of m2' })).toBe(3);
    expect(await knock(address, { clientId: 'm1', username: 'm1', password: 'secret of m1' })).toBe(0);
    expect(refusals(broker)).toEqual({ flapping: 1 });
  });

  test('two connections that put each other out are told by name, from where they come, not one that breaks off now and then', async () => {
    const { host, address } = await start({ displacedInARowMax: 4 });
    for (let i = 0; i < 5; i++) await raw(address, 'm1');
    for (let i = 0; i < 4; i++) await raw(address, 'm2');
    for (let i = 0; i < 9; i++) await (await login(address, 'm3')).endAsync();
    expect(host.fights).toEqual([{ id: 'm1', count: 4, from: '127.0.0.1' }]);
  });

  test('an address may have so many connections and no more; a closed one makes room', async () => {
    const { broker, address, host } = await start({ connectionsPerAddressMax: 2 });
    const first = await raw(address, 'm1');
    await raw(address, 'm2');
    expect(await knock(address, { clientId: 'm3', username: 'm3', password: 'secret of m3' })).toBe(3);
    expect(refusals(broker)).toEqual({ 'too-many-connections': 1 });
    first.socket.end(DISCONNECT);
    await host.until(() => host.presences.includes('m1 offline'));
    await first.closed;
    await login(address, 'm3');
  });

  test('whoever opens connections and says nothing keeps nobody behind the same address out', async () => {
    const { broker, address } = await start({ connectionsPerAddressMax: 4 });
    const silent = await Promise.all(Array.from({ length: 5 }, () => RawClient.open(address)));
    await login(address, 'm1');
    expect(refusals(broker)).toEqual({ 'too-many-knocking': 4 });
    expect(broker.stats().crowded).toMatchObject({ address: '127.0.0.1', dropped: 4 });
    for (const { socket } of silent) socket.destroy();
  });

  test('WebSocket clients are let in like the others', async () => {
    const { host, webSocket } = await start();
    const client = await login(webSocket, 'm1');
    await client.publishAsync(TELEMETRY, 'over WebSocket', { qos: 1 });
    expect(host.topics).toEqual([TELEMETRY]);
    expect((await fetch(webSocket.replace('ws:', 'http:'))).status).toBe(426);
  });
});

describe('the frame guard', () => {
  test('closes at once what announces 256 MB before it is let in, and gathers nothing of it', async () => {
    const { broker, host, address } = await start();
    const client = await RawClient.open(address);
    const before = process.memoryUsage.rss();
    client.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    const flood = Buffer.alloc(1024 * 1024, 65);
    for (let i = 0; i < 64 && !client.isClosed; i++) {
      client.socket.write(flood);
      await new Promise(setImmediate);
    }
    await client.closed;
    expect(refusals(broker)).toEqual({ 'frame-too-large': 1 });
    expect(host.refusedFrames).toEqual([{ from: '127.0.0.1', bytes: 268_435_455 + 5 }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('closes a client that publishes 1 MB, and names it', async () => {
    const { broker, host, address, webSocket } = await start();
    for (const way of [address, webSocket]) {
      const client = await login(way, 'm1');
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      client.on('error', () => undefined);
      client.publish(TELEMETRY, Buffer.alloc(1024 * 1024), { qos: 1 });
      await closed;
    }
    await host.until(() => host.refusedFrames.length === 2);
    expect(host.refusedFrames[0]).toMatchObject({ from: 'm1', identity: { kind: 'device', id: 'm1' } });
    expect(host.refusedFrames[0]!.bytes).toBeGreaterThan(1024 * 1024);
    expect(refusals(broker)).toEqual({ 'frame-too-large': 2 });
    expect(host.receivedCount).toBe(0);
  });

  test('a frame just below the limit passes', async () => {
    const { host, address } = await start();
    const client = await login(address, 'm1');
    await client.publishAsync(TELEMETRY, Buffer.alloc(256 * 1024 - 40), { qos: 1 });
    expect(host.receivedCount).toBe(1);
  });

  test('who says nothing is closed after the connect timeout', async () => {
    const { broker, address } = await start({ connectTimeoutMs: 30 });
    const client = await RawClient.open(address);
    await client.closed;
    expect(refusals(broker)).toEqual({ 'connect-timeout': 1 });
  });

  test('what is no MQTT is closed and counted', async () => {
    const { broker, address } = await start();
    const client = await RawClient.open(address);
    client.socket.write('GET / HTTP/1.1\r\nHost: meters\r\n\r\n');
    client.socket.write(Buffer.alloc(100));
    await client.closed;
    expect(refusals(broker)).toEqual({ 'protocol-error': 1 });
  });

  test('a frame that is broken closes its sender; what others send beside it is read as ever', async () => {
    const { broker, address } = await start();
    const [whole, broken] = [await raw(address, 'm1'), await raw(address, 'm2')];
    const malformed = subscribeFrame('shouwang/m2/command', 1, 5);
    malformed[malformed.length - 1] = 0xff;
    broken.socket.write(Buffer.concat([malformed, subscribeFrame('shouwang/m2/command', 1, 6)]));
    await broken.closed;
    expect(broken.bytes).toHaveLength(4);
    expect(refusals(broker)).toEqual({ 'protocol-error': 1 });
    whole.socket.write(Buffer.concat([PING, subscribeFrame('shouwang/m1/command', 1, 7)]));
    await whole.receives((bytes) => bytes.length === 11);
    expect(whole.bytes.subarray(4)).toEqual(Buffer.from([0xd0, 0, 0x90, 3, 0, 7, 1]));
  });

  test('what stands behind a goodbye is not read', async () => {
    const { broker, address } = await start();
    const client = await raw(address, 'm1');
    client.socket.write(Buffer.concat([PING, DISCONNECT, subscribeFrame('#', 1, 5), PING]));
    await client.closed;
    // The connection went with the goodbye: at most the answer to the ping before it.
    expect(client.bytes.subarray(4).toString('hex')).toMatch(/^(d000)?$/);
    expect(refusals(broker)).toEqual({});
  });

  test('a client that does not wait for its CONNACK is served all the same', async () => {
    const { host, address } = await start();
    const client = await RawClient.open(address);
    const early = Array.from({ length: 100 }, (_, n) => publishFrame(TELEMETRY, `${n}`, 1, n + 1));
    client.socket.write(Buffer.concat([connectFrame('m1'), ...early]));
    await client.receives((bytes) => bytes.length === 4 + 4 * 100);
    expect(client.pubacks()).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect(host.receivedCount).toBe(100);
    client.socket.destroy();
  });
});

describe('where a client may publish', () => {
  test('a foreign topic is diverted, counted and acknowledged, and the connection stays open', async () => {
    const { broker, host, address } = await start();
    const client = await login(address, 'm1');
    await client.publishAsync('shouwang/m2/telemetry', 'x', { qos: 1 });
    await client.publishAsync('$SYS/broker', 'x', { qos: 2 });
    await client.publishAsync(TELEMETRY, 'x', { qos: 1 });
    expect(client.connected).toBe(true);
    expect(host.divertedTopics).toEqual(['shouwang/m2/telemetry', '$SYS/broker']);
    expect(host.topics).toEqual([TELEMETRY]);
    expect(refusals(broker)).toEqual({ 'foreign-topic': 2 });
  });

  test('a subscription that is not allowed is refused by its SUBACK, and the connection stays open', async () => {
    const { broker, address } = await start();
    const client = await raw(address, 'm1');
    client.socket.write(subscribeFrame('#', 1, 5));
    await client.receives((bytes) => bytes.length === 9);
    expect(client.bytes.subarray(4)).toEqual(Buffer.from([0x90, 3, 0, 5, 128]));
    client.socket.write(subscribeFrame('shouwang/m1/command', 1, 6));
    await client.receives((bytes) => bytes.length === 14);
    expect(client.bytes.subarray(9)).toEqual(Buffer.from([0x90, 3, 0, 6, 1]));
    expect(refusals(broker)).toEqual({ 'subscribe-not-allowed': 1 });
  });
});

describe('presence', () => {
  const will = {
    topic: 'shouwang/m1/status',
    payload: Buffer.from('offline'),
    qos: 1 as const,
    retain: true,
  };

  test('a connection that breaks publishes the will and marks the device offline', async () => {
    const { host, address } = await start();
    const client = await login(address, 'm1', { will });
    client.stream.destroy();
    await host.until(() => host.presences.length === 2 && host.topics.length === 1);
    expect(host.presences).toEqual(['m1 online', 'm1 offline']);
    expect(host.topics).toEqual(['shouwang/m1/status']);
  });

  test('a take-over does not: the will of the old connection is stale', async () => {
    const { host, address } = await start();
    const old = await login(address, 'm1', { will });
    const gone = new Promise<void>((resolve) => old.once('close', () => resolve()));
    const young = await login(address, 'm1', { will });
    await gone;
    await young.publishAsync(TELEMETRY, 'x', { qos: 1 });
    expect(host.presences).toEqual(['m1 online', 'm1 online']);
    expect(host.topics).toEqual([TELEMETRY]);
    expect(host.sessions[1]).toBeGreaterThan(host.sessions[0]!);
    young.stream.destroy();
    await host.until(() => host.presences.length === 3);
    expect(host.presences[2]).toBe('m1 offline');
    expect(host.sessions[2]).toBe(host.sessions[1]);
  });

  test('the will of a client that is there stays where it is, however long the broker runs', async () => {
    const wills: string[] = [];
    let heartbeats = 0;
    const aedes = new ServiceAedes(
      { heartbeatInterval: 2, authorizePublish: (_client, packet) => wills.push(packet.topic) },
      () => undefined,
      ({ topic }) => {
        if (topic.endsWith('/heartbeat')) heartbeats++;
      },
    );
    await aedes.listen();
    const server = createServer(aedes.handle).listen(0, '127.0.0.1');
    open.push(
      async () => server.close(),
      () => new Promise<void>((resolve) => aedes.close(resolve)),
    );
    await once(server, 'listening');
    await login(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, 'm1', { will });
    // The library looks after forgotten wills every fourth heartbeat.
    const enough = heartbeats + 16;
    await expect.poll(() => heartbeats >= enough, { interval: 2 }).toBe(true);
    expect(wills).toEqual([]);
  });

  test('a will that finds no room waits for it', async () => {
    const { host, address } = await start();
    host.automatic = false;
    host.capacity = 0;
    const client = await login(address, 'm1', { will });
    client.stream.destroy();
    await host.until(() => host.asked);
    host.capacity = 1;
    host.commit();
    expect(host.inbox.map(({ message }) => message.topic)).toEqual(['shouwang/m1/status']);
  });

  test('a will under a foreign topic is diverted', async () => {
    const { host, address } = await start();
    const client = await login(address, 'm1', { will: { ...will, topic: 'shouwang/m2/status' } });
    client.stream.destroy();
    await host.until(() => host.divertedTopics.length === 1);
    expect(host.topics).toEqual([]);
  });
});
