import fc from 'fast-check';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import { FanOut } from '../../src/broker/fan-out.ts';
import type { BrokerLimits } from '../../src/broker/options.ts';
import type { Backlog, Subscriber } from '../../src/broker/subscriber.ts';
import { atLength, runs } from '../runs.ts';
import { soon } from '../soon.ts';
import { NotebookHost } from './broker-host.ts';
import { RawClient, subscribeFrame } from './raw-client.ts';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(limits: Partial<BrokerLimits> = {}) {
  const host = new NotebookHost();
  const broker = embeddedBroker(
    { host: '127.0.0.1', ports: { mqtt: 0 }, limits: { brokerStopMs: 50, ...limits } },
    host,
    pino({ level: 'silent' }),
  );
  const { mqtt: address = '' } = await broker.start();
  open.push(() => broker.stop());
  return { host, broker, address };
}

/** A subscriber that writes down what it gets, as `topic payload`, with `!` behind a retained message. */
async function listen(address: string, id: string, filters: string[], qos: 0 | 1 = 1) {
  const client: MqttClient = await mqtt.connectAsync(address, {
    clientId: id,
    username: id,
    password: `secret of ${id}`,
    reconnectPeriod: 0,
  });
  open.push(() => client.endAsync(true));
  const heard: string[] = [];
  let look = (): void => undefined;
  client.on('message', (topic, payload, packet) => {
    heard.push(`${topic} ${payload.toString().slice(0, 20)}${packet.retain ? '!' : ''}`);
    look();
  });
  if (filters.length > 0) await client.subscribeAsync(filters, { qos });
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (heard.length >= count) resolve();
      };
      look();
    });
  return { client, heard, until };
}

/** What MQTT 3.1.1, 4.7 says about filters, in one sentence each. */
function shouldMatch(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[#+]/.test(filter)) return false;
  const pattern = filter
    .split('/')
    .map((word) => (word === '+' ? '[^/]*' : word.replace(/[$]/g, '\\$&')))
    .join('/')
    .replace(/(^|\/)#$/, (_, slash: string) => (slash ? '(/.*)?' : '.*'));
  return new RegExp(`^${pattern}$`, 's').test(topic);
}

const word = fc.constantFrom('a', 'b', '', '$x');
const topics = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/') || 'a');
const filters = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([words, all]) => [...words, ...(all ? ['#'] : [])].join('/') || '#');

describe('the fan-out', () => {
  test('gives a message to whom a filter of theirs matches, once, and forgets who has left', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(filters, { maxLength: 4 }), { maxLength: 4 }),
        topics,
        fc.nat(3),
        (who, topic, gone) => {
          const fanOut = new FanOut(10);
          const got: number[] = [];
          const subscribers = who.map(
            (_, i) => ({ offer: () => got.push(i), offerBacklog: () => undefined }) as unknown as Subscriber,
          );
          who.forEach((own, i) => {
            for (const filter of own) fanOut.subscribe(subscribers[i]!, filter, 0);
          });
          const left = subscribers[gone];
          if (left) fanOut.remove(left);
          fanOut.publish(topic, Buffer.from('x'), 0);
          const expected = who.flatMap((own, i) =>
            i !== gone && own.some((filter) => shouldMatch(filter, topic)) ? [i] : [],
          );
          expect(got.sort()).toEqual(expected);
          for (const subscriber of subscribers) fanOut.remove(subscriber);
          expect(fanOut.heard(topic)).toBe(false);
        },
      ),
      { numRuns: runs(80) },
    );
  });

  test('finds the retained messages of a filter, and no more topics than there is room for', () => {
    fc.assert(
      fc.property(fc.uniqueArray(topics, { maxLength: 8 }), filters, (kept, filter) => {
        const fanOut = new FanOut(5);
        const fits = kept.map((topic) => fanOut.retain(topic, Buffer.from('x'), 0));
        expect(fits).toEqual(kept.map((_, i) => i < 5));
        let found = 0;
        const offerBacklog = (backlog: Backlog): void => {
          for (let next = backlog.next(); !next.done; next = backlog.next()) if (next.value) found++;
        };
        fanOut.subscribe({ offerBacklog, offer: () => undefined } as unknown as Subscriber, filter, 0);
        expect(found).toBe(kept.slice(0, 5).filter((topic) => shouldMatch(filter, topic)).length);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('publishing to subscribers', () => {
  test('a device hears its commands, with the QoS that it asked for at most', async () => {
    const { broker, address } = await start();
    const first = await listen(address, 'm1', ['shouwang/m1/command'], 1);
    const second = await listen(address, 'm2', ['shouwang/m2/command'], 0);
    const qos: number[] = [];
    for (const { client } of [first, second]) client.on('message', (_t, _p, packet) => qos.push(packet.qos));
    await broker.publish('shouwang/m1/command', '{"measure":"blood_pressure"}', { qos: 1 });
    await first.until(1);
    await broker.publish('shouwang/m2/command', 'x', { qos: 1 });
    await second.until(1);
    expect(first.heard).toEqual(['shouwang/m1/command {"measure":"blood_pr']);
    expect(qos).toEqual([1, 0]);
    await first.client.unsubscribeAsync('shouwang/m1/command');
    await broker.publish('shouwang/m1/command', 'nobody');
    await broker.publish('shouwang/m2/command', 'y');
    await second.until(2);
    expect(first.heard.length).toBe(1);
  });

  test('a status is retained and relayed once the service has stored it; an empty one clears it', async () => {
    const { host, address, broker } = await start();
    host.automatic = false;
    const dashboard = await listen(address, 'service1', ['shouwang/+/status']);
    const device = await listen(address, 'm1', []);
    const published = device.client.publishAsync('shouwang/m1/status', 'online', { qos: 1, retain: true });
    await host.until(() => host.inbox.length === 1);
    const early = await listen(address, 'service2', ['shouwang/+/status']);
    host.commit();
    await published;
    await dashboard.until(1);
    const late = await listen(address, 'service3', ['shouwang/m1/status']);
    await late.until(1);
    expect(dashboard.heard).toEqual(['shouwang/m1/status online']);
    expect(early.heard).toEqual(['shouwang/m1/status online']);
    expect(late.heard).toEqual(['shouwang/m1/status online!']);
    await broker.publish('shouwang/m1/status', '', { retain: true });
    await late.until(2);
    const after = await listen(address, 'service4', ['shouwang/m1/status']);
    await broker.publish('shouwang/m1/status', 'x');
    await after.until(1);
    expect(after.heard).toEqual(['shouwang/m1/status x']);
  });

  test('a service account that listens to everything gets readings, status, commands and alerts', async () => {
    const { address, broker } = await start();
    const all = await listen(address, 'service1', ['#']);
    const device = await listen(address, 'm1', []);
    const other = await listen(address, 'service2', []);
    await device.client.publishAsync('shouwang/m1/telemetry', 'reading', { qos: 1 });
    await device.client.publishAsync('shouwang/m1/status', 'online', { qos: 1, retain: true });
    await device.client.publishAsync('shouwang/m2/telemetry', 'foreign', { qos: 1 });
    await other.client.publishAsync('shouwang/m1/command', 'measure', { qos: 2 });
    await broker.publish('shouwang/alerts/c/g', '{}', { qos: 1 });
    await all.until(4);
    expect(all.heard).toEqual([
      'shouwang/m1/telemetry reading',
      'shouwang/m1/status online',
      'shouwang/m1/command measure',
      'shouwang/alerts/c/g {}',
    ]);
  });

  atLength(
    'thousands of retained messages reach a subscriber whose queue is smaller than they are',
    async () => {
      const { address, broker } = await start({ subscriberQueueLengthMax: 1_000, subscriberUnackedMax: 200 });
      const count = 3_000;
      for (let n = 0; n < count; n++)
        await broker.publish(`shouwang/m${n}/status`, 'online', { retain: true, qos: 1 });
      const late = await listen(address, 'service1', ['shouwang/+/status', 'shouwang/m5/status']);
      await late.until(count + 1);
      expect(new Set(late.heard).size).toBe(count);
      expect(broker.stats().slowReadersDropped).toBe(0);
    },
  );

  atLength(
    'a subscriber that never reads is dropped and counted; another gets every alert in order',
    async () => {
      const { address, broker, host } = await start({ drainTimeoutMs: 60_000 });
      const healthy = await listen(address, 'service1', ['shouwang/alerts/#']);
      const stalled = await RawClient.login(address, 'service2');
      stalled.socket.write(subscribeFrame('shouwang/alerts/#', 1));
      await stalled.receives((bytes) => bytes.length === 9);
      stalled.socket.pause();
      const payload = 'x'.repeat(64 * 1024);
      const total = 400;
      for (let n = 0; n < total; n++) {
        await broker.publish('shouwang/alerts/c/g', `${n} ${payload}`, { qos: 1 });
        if (n % 20 === 19) await healthy.until(n + 1);
      }
      await host.until(() => host.presences.includes('service2 offline'));
      expect(healthy.heard.map((line) => Number(line.split(' ')[1]))).toEqual(
        Array.from({ length: total }, (_, n) => n),
      );
      expect(broker.stats()).toMatchObject({ slowReadersDropped: 1, clients: 1 });
      expect(broker.stats().refused['slow-reader']).toBe(1);
      stalled.socket.destroy();
    },
  );

  test('a subscriber whose socket does not drain for too long is dropped, however little waits for it', async () => {
    const { address, broker, host } = await start({ brokerSweepMs: 10, drainTimeoutMs: 30 });
    const stalled = await RawClient.login(address, 'service2');
    stalled.socket.write(subscribeFrame('shouwang/alerts/#', 0));
    await stalled.receives((bytes) => bytes.length === 9);
    stalled.socket.pause();
    const payload = Buffer.alloc(256 * 1024);
    // Until the buffers of the system are full and something stays with us.
    await soon(async () => {
      await broker.publish('shouwang/alerts/c/g', payload);
      expect(host.presences).toContain('service2 offline');
    });
    expect(broker.stats().slowReadersDropped).toBe(1);
    stalled.socket.destroy();
  });

  test('a subscriber that never acknowledges is dropped', async () => {
    const { address, broker } = await start({ subscriberUnackedMax: 5 });
    const rude = await RawClient.login(address, 'service2');
    rude.socket.write(subscribeFrame('shouwang/alerts/#', 1));
    await rude.receives((bytes) => bytes.length === 9);
    for (let n = 0; n < 6; n++) await broker.publish('shouwang/alerts/c/g', 'x', { qos: 1 });
    await rude.closed;
    expect(broker.stats().slowReadersDropped).toBe(1);
  });

  test('a client may have so many subscriptions and no more', async () => {
    const { address, broker } = await start({ subscriptionsPerClientMax: 2 });
    const { client } = await listen(address, 'service1', ['a', 'b']);
    await client.subscribeAsync('c').catch(() => undefined);
    expect(broker.stats().refused['subscribe-not-allowed']).toBe(1);
  });
});
