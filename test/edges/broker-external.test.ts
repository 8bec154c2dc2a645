import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import { externalBroker } from '../../src/broker/external.ts';
import { awayBecause } from '../../src/broker/external-client.ts';
import type { BrokerLimits } from '../../src/broker/options.ts';
import { atLength } from '../runs.ts';
import { NotebookHost } from './broker-host.ts';

// Here our own broker is the outside one. What hangs on sessions that outlive the connection, which it does not
// keep, is tested against mosquitto under test/servers.

const open: (() => Promise<unknown>)[] = [];
const logger = pino({ level: 'silent' });

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function outside(port = 0, unackedMax = 1_000) {
  const host = new NotebookHost();
  const limits = { brokerStopMs: 20, subscriberUnackedMax: unackedMax };
  const broker = embeddedBroker({ host: '127.0.0.1', ports: { mqtt: port }, limits }, host, logger);
  const { mqtt: url = '' } = await broker.start();
  open.push(() => broker.stop());
  return { host, broker, url };
}

async function service(url: string, limits: Partial<BrokerLimits> = {}, filters = ['shouwang/+/telemetry']) {
  const host = new NotebookHost();
  const options = {
    url,
    clientId: 'service1',
    username: 'service1',
    password: 'secret of service1',
    filters,
    limits: { upstreamBackoffMsFirst: 5, upstreamBackoffMsMax: 20, brokerStopMs: 20, ...limits },
  };
  const broker = externalBroker(options, host, logger);
  open.push(() => broker.stop());
  expect(await broker.start()).toEqual({ upstream: url });
  return { host, broker };
}

const becomes = (read: () => unknown, value: unknown): Promise<void> =>
  expect.poll(read, { interval: 5 }).toEqual(value);

test('of an expired certificate it is told who has to renew it, of others which setting is to be looked at', () => {
  const failed = (code: string) => awayBecause(Object.assign(new Error('odd'), { code }), undefined);
  expect(failed('CERT_HAS_EXPIRED').en).toMatch(/expired.*; have it renewed over there/);
  expect(failed('CERT_HAS_EXPIRED').en).not.toContain('caFile');
  expect(failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE').en).toContain('see mqtt.external.caFile');
});

describe('an outside broker', () => {
  test('messages come in by topic and are acknowledged only when the service has finished them', async () => {
    const { broker: there, url } = await outside(0, 3);
    const { host, broker } = await service(url);
    await becomes(() => broker.stats().connected, true);
    host.automatic = false;
    for (let n = 0; n < 3; n++) await there.publish('shouwang/m1/telemetry', `${n}`, { qos: 1 });
    await host.until(() => host.inbox.length === 3);
    expect(host.inbox.map(({ message, qos }) => `${message.topic} ${message.payload} ${qos}`)).toEqual(
      [0, 1, 2].map((n) => `shouwang/m1/telemetry ${n} 1`),
    );
    host.commit();
    // What we publish arrives behind our acknowledgements, so its own acknowledgement says that they are there.
    await broker.publish('shouwang/alerts/c/g', 'x', { qos: 1 });
    for (let n = 3; n < 6; n++) await there.publish('shouwang/m1/telemetry', `${n}`, { qos: 1 });
    await host.until(() => host.inbox.length === 3);
    expect(there.stats().slowReadersDropped).toBe(0);
    // None of these three was acknowledged: the broker over there bears no fourth, and sends the reader away.
    await there.publish('shouwang/m1/telemetry', '6', { qos: 1 });
    await becomes(() => there.stats().slowReadersDropped, 1);
  });

  test('a broker that no longer has our session when we come back has lost what waited in it: that is counted', async () => {
    const first = await outside();
    const { broker } = await service(first.url);
    await becomes(() => broker.stats().connected, true);
    expect(broker.stats()).toMatchObject({ sessionsLost: 0 });
    expect(broker.stats()).not.toHaveProperty('sessionLost');
    const before = Date.now() - 1;
    await first.broker.stop();
    await becomes(() => broker.stats().connected, false);
    await outside(Number(new URL(first.url).port));
    await becomes(() => broker.stats().connected, true);
    expect(broker.stats().sessionsLost).toBe(1);
    const { from, until } = broker.stats().sessionLost ?? { from: 0, until: 0 };
    expect(from).toBeGreaterThan(before);
    expect(until).toBeGreaterThanOrEqual(from);
  });

  atLength(
    'a broker that restarts again and again is no sign of somebody else under our client id',
    async () => {
      let there = await outside();
      const port = Number(new URL(there.url).port);
      const { broker } = await service(there.url);
      for (let restarts = 0; restarts < 4; restarts++) {
        await becomes(() => broker.stats().connected, true);
        await there.broker.stop();
        await becomes(() => broker.stats().connected, false);
        there = await outside(port);
      }
      await becomes(() => broker.stats().connected, true);
      expect(broker.stats().trouble).toBeUndefined();
    },
  );

  test('it starts while the broker is away, and comes back by itself', async () => {
    const first = await outside();
    const port = Number(new URL(first.url).port);
    const { broker, host } = await service(first.url);
    await becomes(() => broker.stats().connected, true);
    await first.broker.stop();
    await becomes(() => broker.stats().connected, false);
    const late = await service(first.url);
    expect(late.broker.stats().connected).toBe(false);
    await late.broker.stop();
    const second = await outside(port);
    await becomes(() => broker.stats().connected, true);
    await second.broker.publish('shouwang/m1/telemetry', 'again', { qos: 1 });
    await host.until(() => host.receivedCount === 1);
  });

  atLength('a refused password is counted and tried on with growing pauses', async () => {
    const { url, host: there } = await outside();
    const attempts: number[] = [];
    let allowed = false;
    there.authenticate = async () => {
      attempts.push(performance.now());
      return allowed ? { kind: 'service', id: 'service1' } : undefined;
    };
    const { broker } = await service(url, { upstreamBackoffMsFirst: 10, upstreamBackoffMsMax: 1_000 });
    await becomes(() => broker.stats().refused['wrong-credentials'] >= 5, true);
    const pauses = attempts.slice(1).map((at, i) => at - attempts[i]!);
    // Doubled, and at least half of it: 5, 10, 20, 40 ms and more.
    expect(pauses[3]).toBeGreaterThan(40);
    allowed = true;
    await becomes(() => broker.stats().connected, true);
  });

  test('a refused subscription is not called a connection, and is asked for again', async () => {
    const { url, host: there } = await outside();
    there.maySubscribe = () => false;
    const { broker } = await service(url);
    await becomes(() => broker.stats().refused['subscribe-not-allowed'] >= 2, true);
    expect(broker.stats().connected).toBe(false);
    there.maySubscribe = () => true;
    await becomes(() => broker.stats().connected, true);
  });

  atLength(
    'what is published is acknowledged over there, and no more may wait than the limit says',
    async () => {
      const { url, host: there, broker: outer } = await outside();
      there.route = () => 'ingest';
      const { broker } = await service(url, { upstreamOutboxMax: 2, upstreamPublishTimeoutMs: 300 });
      await broker.publish('shouwang/alerts/c/g', 'first', { qos: 1 });
      expect(there.topics).toEqual(['shouwang/alerts/c/g']);
      await outer.stop();
      await becomes(() => broker.stats().connected, false);
      await expect(broker.publish('a', 'no one is there')).rejects.toThrow(/connection/i);
      const waiting = [1, 2].map((n) => broker.publish('a', `${n}`, { qos: 1 }));
      await expect(broker.publish('a', '3', { qos: 1 })).rejects.toThrow(/too many/);
      const given = await Promise.allSettled(waiting);
      expect(given.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await broker.reloadCertificates()).toBe(false);
    },
  );
});
