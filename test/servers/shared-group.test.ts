import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { externalBroker } from '../../src/broker/external.ts';
import type { BrokerLimits, GroupSharing } from '../../src/broker/options.ts';
import type { Broker, Identity, PublishRoute } from '../../src/ports/broker.ts';
import { NotebookHost } from '../edges/broker-host.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts';

const missing = whyNoMosquitto();
if (missing) console.warn(`skipped: ${missing}`);
const ACCOUNTS = { shouwang: 'ours', m1: 'one', m2: 'two', m9: 'nine' };
type Device = Exclude<keyof typeof ACCOUNTS, 'shouwang'>;

/** One of several services: it watches over the homes of these devices. */
class PartitionHost extends NotebookHost {
  readonly #devices: readonly string[];

  constructor(devices: readonly string[]) {
    super();
    this.#devices = devices;
    this.automatic = false;
  }

  override route(_identity: Identity, topic: string): PublishRoute {
    return this.#devices.includes(topic.split('/')[1] ?? '') ? 'ingest' : 'elsewhere';
  }

  get texts(): string[] {
    return this.inbox.map(({ message }) => Buffer.from(message.payload).toString());
  }
}

interface Member {
  readonly host: PartitionHost;
  readonly broker: Broker;
  stop(): Promise<void>;
}

describe.skipIf(missing !== undefined)(
  'services that share what comes over mosquitto, TLS and MQTT 5',
  () => {
    const ends: (() => Promise<unknown> | unknown)[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'shouwang-shared-'));
    let pem: { certFile: string; keyFile: string };
    let server: Mosquitto;

    beforeAll(() => {
      pem = makeCertificate(folder, 'localhost');
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    async function start(): Promise<void> {
      server = await Mosquitto.asShipped(ACCOUNTS, pem);
      ends.push(() => server.stop());
    }

    async function member(
      name: string,
      devices: readonly Device[],
      limits: Partial<BrokerLimits> = {},
      sharing: GroupSharing = 'turns',
    ): Promise<Member> {
      const host = new PartitionHost(devices);
      const broker = externalBroker(
        {
          url: server.url,
          clientId: name,
          username: 'shouwang',
          password: ACCOUNTS.shouwang,
          caFile: pem.certFile,
          filters: ['shouwang/+/telemetry'],
          sharedGroup: 'city',
          sharing,
          limits: { upstreamBackoffMsFirst: 20, upstreamBackoffMsMax: 100, brokerStopMs: 20, ...limits },
        },
        host,
        pino({ level: 'silent' }),
      );
      ends.push(() => broker.stop());
      await broker.start();
      await expect.poll(() => broker.stats().connected, { interval: 10 }).toBe(true);
      return { host, broker, stop: () => broker.stop() };
    }

    /** Each knows of the other: what they hand on is not of nobody. */
    async function pair(): Promise<[Member, Member]> {
      const both: [Member, Member] = [await member('one', ['m1']), await member('two', ['m2'])];
      for (const { broker } of both)
        await expect.poll(() => broker.stats().sharedWith, { interval: 10 }).toBe(1);
      return both;
    }

    async function device(id: Device): Promise<MqttClient> {
      const ca = readFileSync(pem.certFile);
      const options = { clientId: id, username: id, password: ACCOUNTS[id], ca, reconnectPeriod: 50 };
      const client = await mqtt.connectAsync(server.devicesUrl ?? '', options);
      client.on('error', () => undefined);
      ends.push(() => client.endAsync(true));
      return client;
    }

    const publish = (client: MqttClient, id: Device, text: string): Promise<unknown> =>
      client.publishAsync(`shouwang/${id}/telemetry`, text, { qos: 1 });

    const texts = (count: number, prefix = ''): string[] =>
      Array.from({ length: count }, (_, n) => `${prefix}${n}`);
    const sorted = (list: readonly string[]): string[] => [...list].sort();

    test('each message is finished once, by whom its home belongs to, whoever got it first', async () => {
      await start();
      const [one, two] = await pair();
      const [m1, m2] = [await device('m1'), await device('m2')];
      await Promise.all(texts(50, 'a').map((text) => publish(m1, 'm1', text)));
      await Promise.all(texts(50, 'b').map((text) => publish(m2, 'm2', text)));
      await one.host.until(() => one.host.inbox.length === 50);
      await two.host.until(() => two.host.inbox.length === 50);
      expect(sorted(one.host.texts)).toEqual(sorted(texts(50, 'a')));
      expect(sorted(two.host.texts)).toEqual(sorted(texts(50, 'b')));
      // Half of each came to the other first.
      const handedOn = (): number => (one.broker.stats().handedOn ?? 0) + (two.broker.stats().handedOn ?? 0);
      await expect.poll(handedOn).toBe(50);
    });

    test('a device that says our client id ends no session of ours, on the listener that the shipped configuration has for devices', async () => {
      await start();
      const one = await member('one', ['m1']);
      const ca = readFileSync(pem.certFile);
      const options = { clientId: 'one', username: 'm9', password: ACCOUNTS.m9, ca, reconnectPeriod: 0 };
      const intruder = await mqtt.connectAsync(server.devicesUrl ?? '', options);
      ends.push(() => intruder.endAsync(true));
      const m1 = await device('m1');
      await publish(m1, 'm1', 'help');
      await one.host.until(() => one.host.texts.includes('help'));
      expect(one.broker.stats()).toMatchObject({ connected: true, sessionsLost: 0 });
      expect(intruder.connected).toBe(true);
    });

    test('what one has not committed comes to it again, also what was handed to it; what it has committed does not', async () => {
      await start();
      const [one, two] = await pair();
      const m1 = await device('m1');
      await Promise.all(texts(10, 'done').map((text) => publish(m1, 'm1', text)));
      await one.host.until(() => one.host.inbox.length === 10);
      one.host.commit();
      await Promise.all(texts(10, 'open').map((text) => publish(m1, 'm1', text)));
      await one.host.until(() => one.host.inbox.length === 10);
      await one.stop();
      const again = await member('one', ['m1']);
      await again.host.until(() => again.host.inbox.length === 10);
      expect(sorted(again.host.texts)).toEqual(sorted(texts(10, 'open')));
      expect(two.host.inbox).toEqual([]);
    });

    test('what is of one that is away waits for it, whoever it comes to', async () => {
      await start();
      const one = await member('one', ['m1']);
      await member('two', ['m2']);
      await one.stop();
      const m1 = await device('m1');
      await Promise.all(texts(40).map((text) => publish(m1, 'm1', text)));
      const again = await member('one', ['m1']);
      await again.host.until(() => again.host.inbox.length === 40);
      expect(sorted(again.host.texts)).toEqual(sorted(texts(40)));
    });

    test('what waits for one that is away outlives a restart of the broker', async () => {
      // Between its start and our return mosquitto 2.0.11 does not know who shares, and drops what comes: so nothing comes.
      await start();
      const one = await member('one', ['m1']);
      const m1 = await device('m1');
      await Promise.all(texts(20).map((text) => publish(m1, 'm1', text)));
      await one.host.until(() => one.host.inbox.length === 20);
      await server.pause();
      await server.resume();
      await expect.poll(() => one.broker.stats().connected, { interval: 10 }).toBe(true);
      // Sent again: none of it was acknowledged over the connection that is gone.
      await one.host.until(() => one.host.inbox.length === 40);
      expect(sorted(one.host.texts)).toEqual(sorted([...texts(20), ...texts(20)]));
    });

    test('where each hears everything, nothing is lost over restarts of either side, and each has its own alone', async () => {
      await start();
      const everything = (name: string, of: Device): Promise<Member> => member(name, [of], {}, 'all');
      const one = await everything('one', 'm1');
      const two = await everything('two', 'm2');
      const devices = [
        ['m1', await device('m1')],
        ['m2', await device('m2')],
      ] as const;
      // Whatever is acknowledged while broker and services come and go, from the first instant that the broker is there.
      const acknowledged: Record<string, string[]> = { m1: [], m2: [] };
      let count = 0;
      const publishing: Promise<unknown>[] = [];
      const timer = setInterval(() => {
        for (const [id, client] of devices) {
          const text = `${id} ${count++}`;
          // What was under way when the connection broke off was not acknowledged; it may have come all the same.
          const told = (): unknown => acknowledged[id]?.push(text);
          publishing.push(publish(client, id, text).then(told, () => undefined));
        }
      }, 5);
      const seen = { m1: new Set<string>(), m2: new Set<string>() };
      const take = (host: PartitionHost, id: 'm1' | 'm2'): void => {
        for (const { message } of host.commit()) seen[id].add(Buffer.from(message.payload).toString());
      };
      try {
        for (let round = 0; round < 3; round++) {
          await one.host.until(() => one.host.inbox.length > 20);
          take(one.host, 'm1');
          await server.pause();
          await server.resume();
          await two.host.until(() => two.host.inbox.length > 20);
          take(two.host, 'm2');
        }
        await two.stop();
        await one.host.until(() => one.host.inbox.length > 20);
      } finally {
        clearInterval(timer);
      }
      const again = await everything('two', 'm2');
      await Promise.all(publishing);
      const lost = (host: PartitionHost, id: 'm1' | 'm2'): string[] => {
        take(host, id);
        return (acknowledged[id] ?? []).filter((text) => !seen[id].has(text));
      };
      await expect.poll(() => lost(one.host, 'm1')).toEqual([]);
      await expect.poll(() => lost(again.host, 'm2')).toEqual([]);
      expect([...seen.m1, ...seen.m2].filter((text) => !seen[text.slice(0, 2) as 'm1'].has(text))).toEqual(
        [],
      );
      expect((acknowledged['m1'] ?? []).length).toBeGreaterThan(20);
      expect(one.broker.stats().sessionsLost).toBe(0);
    });

    test('who hears everything says of a stranger what it would say of one that was handed on', async () => {
      await start();
      const one = await member('one', ['m1'], {}, 'all');
      const two = await member('two', ['m2'], {}, 'all');
      for (const { broker } of [one, two])
        await expect.poll(() => broker.stats().sharedWith, { interval: 10 }).toBe(1);
      const m9 = await device('m9');
      await publish(m9, 'm9', 'who am I');
      await one.host.until(() => one.host.inbox.length === 1);
      await two.host.until(() => two.host.inbox.length === 1);
      expect([...one.host.texts, ...two.host.texts]).toEqual(['who am I', 'who am I']);
    });

    test('whoever goes over from turns to everything hears nothing twice', async () => {
      await start();
      const before = await member('one', ['m1']);
      await before.stop();
      const one = await member('one', ['m1'], {}, 'all');
      const m1 = await device('m1');
      for (const text of texts(10)) await publish(m1, 'm1', text);
      await publish(m1, 'm1', 'last');
      await one.host.until(() => one.host.texts.includes('last'));
      expect(one.host.texts).toEqual([...texts(10), 'last']);
    });

    test('what is of nobody comes to somebody as it is, to be refused by name: it may be a call for help', async () => {
      await start();
      const [one, two] = await pair();
      const m9 = await device('m9');
      for (const text of texts(20)) await publish(m9, 'm9', text);
      await expect.poll(() => one.host.inbox.length + two.host.inbox.length).toBe(20);
      expect(sorted([...one.host.texts, ...two.host.texts])).toEqual(sorted(texts(20)));
    });

    test('of three each says of a stranger only now and then that it does not know it: the third may', async () => {
      await start();
      const all = [await member('one', ['m1']), await member('two', ['m2']), await member('three', [])];
      for (const { broker } of all)
        await expect.poll(() => broker.stats().sharedWith, { interval: 10 }).toBe(2);
      const m9 = await device('m9');
      for (const text of texts(21)) await publish(m9, 'm9', text);
      const sum = (of: (each: Member) => number): number => all.reduce((total, each) => total + of(each), 0);
      // Each hears of the 14 that came to the others: of the first it tells.
      await expect.poll(() => sum(({ broker }) => broker.stats().refused['not-ours'])).toBe(39);
      expect(sum(({ host }) => host.inbox.length)).toBe(3);
    });

    test('one that is alone in its group refuses a stranger itself, each time', async () => {
      await start();
      const one = await member('one', ['m1']);
      const m9 = await device('m9');
      for (const text of texts(5)) await publish(m9, 'm9', text);
      await one.host.until(() => one.host.inbox.length === 5);
      expect(one.host.texts).toEqual(texts(5));
    });

    test('no more is unacknowledged than we let it be, and the rest comes as we commit', async () => {
      await start();
      const one = await member('one', ['m1'], { upstreamUnackedMax: 7 });
      const m1 = await device('m1');
      await Promise.all(texts(30).map((text) => publish(m1, 'm1', text)));
      await one.host.until(() => one.host.inbox.length === 7);
      const seen: string[] = [];
      while (seen.length < 30) {
        await one.host.until(() => one.host.inbox.length > 0);
        expect(one.host.inbox.length).toBeLessThanOrEqual(7);
        seen.push(...one.host.commit().map(({ message }) => Buffer.from(message.payload).toString()));
      }
      expect(seen).toEqual(texts(30));
    });

    test('a device may not publish for another, nor read what it says, nor hand anything on', async () => {
      await start();
      const one = await member('one', ['m1', 'm2']);
      const m2 = await device('m2');
      const heard: string[] = [];
      m2.on('message', (topic) => heard.push(topic));
      await m2.subscribeAsync('#', { qos: 1 }).catch(() => undefined);
      await m2.publishAsync('shouwang/m1/telemetry', 'forged', { qos: 1 });
      await m2.publishAsync('shouwang-handover/city/shouwang/m1/telemetry', 'forged', { qos: 1 });
      const m1 = await device('m1');
      await publish(m1, 'm1', 'true');
      await publish(m2, 'm2', 'its own');
      await one.host.until(() => one.host.inbox.length === 2);
      expect(one.host.texts).toEqual(['true', 'its own']);
      expect(heard).toEqual([]);
    });

    test('nobody is let in whose certificate is not of the authority that we were given', async () => {
      await start();
      const other = makeCertificate(folder, 'other');
      const host = new NotebookHost();
      const broker = externalBroker(
        {
          url: server.url,
          clientId: 'x',
          username: 'shouwang',
          password: 'ours',
          caFile: other.certFile,
          filters: ['#'],
        },
        host,
        pino({ level: 'silent' }),
      );
      ends.push(() => broker.stop());
      await broker.start();
      expect(broker.stats().connected).toBe(false);
    });
  },
);
