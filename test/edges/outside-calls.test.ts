import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import { externalBroker } from '../../src/broker/external.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { NotebookHost } from './broker-host.ts';

// Our own broker is the outside one, and publishes what devices would.

const logger = pino({ level: 'silent' });
const HOMES = Array.from({ length: 12 }, (_, i) => `h${i + 1}`);
const ACCOUNT = { clientId: 'service1', username: 'service1', password: 'secret of service1' };

let there: Broker;
let service: TestService;
let url: string;
beforeAll(async () => {
  const host = new NotebookHost();
  there = embeddedBroker({ host: '127.0.0.1', ports: { mqtt: 0 } }, host, logger);
  url = (await there.start()).mqtt ?? '';
  service = await testService({
    entries: community(
      Object.fromEntries(HOMES.map((home) => [home, [{ id: `${home}-band`, model: 'wristband' }]])),
      ['gw1'],
    ),
    service: { mqtt: { mode: 'external', external: { url, ...ACCOUNT } } },
  });
  await soon(() => expect(service.service.brokerStats().connected).toBe(true));
});
afterAll(async () => {
  await service.stop();
  await there.stop();
});

const casesOf = async (home: string) => {
  const { items } = await service.service.records.cases({ paths: [''] }, { limit: 100 });
  return items.filter((one) => one.home === home).map(({ priority, kind }) => `${priority} ${kind}`);
};

test.each([
  ['h1', 'shouwang/h1-band/status', '{"event":"sos"}', 'P1 safety'],
  ['h2', 'shouwang/h2-band/status', 'SOS', 'P2 safety'],
  ['h3', 'shouwang/h3-band/sos', '1', 'P2 safety'],
  ['h4', 'shouwang/h4-band/sos', '', 'P2 safety'],
  ['h5', 'shouwang/h5-band/event', 'sos', 'P2 safety'],
  ['h6', '/shouwang/h6-band/telemetry', '{"event":"sos"}', 'P2 safety'],
  ['h7', 'shouwang/h7-band/up/alarm', '{"event":"fall"}', 'P2 safety'],
])('%s: under %s, %s is heard through an outside broker', async (home, topic, payload, expected) => {
  await there.publish(topic, payload, { qos: 1 });
  await soon(async () => expect(await casesOf(home)).toEqual([expected]));
});

test('what is no call under another topic is refused by name, with its device', async () => {
  await there.publish('shouwang/h8-band/battery', '80', { qos: 1 });
  await there.publish('shouwang/h8-band/status', 'online', { qos: 1 });
  await there.publish('shouwang/h8-band/telemetry', '{"pulse_bpm":71}', { qos: 1 });
  await soon(async () =>
    expect(await service.telemetry.last(['h8-band'], ['pulse_bpm'])).toMatchObject([{ value: 71 }]),
  );
  const { items } = await service.service.records.rejections({ device: 'h8-band' }, { limit: 10 });
  expect(items).toMatchObject([{ reason: 'unknown-topic', topic: 'shouwang/h8-band/battery' }]);
  expect(await casesOf('h8')).toEqual([]);
});

test('what the service publishes itself, and what others say to a device, is no message of a device', async () => {
  const before = service.loop.counts.messages;
  await there.publish('shouwang/h9-band/command', '{"event":"sos"}', { qos: 1 });
  // Nor what others send to it, or it answers.
  for (const level of ['set', 'cmd', 'config', 'ack'])
    await there.publish(`shouwang/h9-band/${level}`, '{"sos":true}', { qos: 1 });
  await there.publish('shouwang/alerts/haitang/g1', '{"event":"sos"}', { qos: 1 });
  await there.publish('shouwang/notices/haitang/g1', '{"event":"sos"}', { qos: 1 });
  await there.publish('shouwang/h9-band/telemetry', '{"pulse_bpm":72}', { qos: 1 });
  await soon(() => expect(service.loop.counts.messages).toBe(before + 1));
  expect(await casesOf('h9')).toEqual([]);
});

test('a device that nobody enrolled is heard under any topic when it calls', async () => {
  await there.publish('shouwang/stranger-1/log', 'started', { qos: 1 });
  await there.publish('shouwang/stranger-2/sos', '1', { qos: 1 });
  await soon(() =>
    expect(service.service.knocking().map(({ address, calls }) => [address, calls?.call])).toEqual([
      ['stranger-2', 'sos'],
    ]),
  );
});

test.each([
  [
    'h10',
    'telemetry',
    (filler: string) => `{"event":"sos","picture":"${filler}"}`,
    ['P2 technical', 'P2 safety'],
  ],
  [
    'h11',
    'telemetry',
    (filler: string) => `{"picture":"${filler}","event":"sos"}`,
    ['P2 technical', 'P2 safety'],
  ],
  ['h12', 'telemetry', (filler: string) => `{"picture":"${filler}"}`, ['P2 technical']],
])(
  '%s: a message above the limit is refused by name with its device, and a call in it is told',
  async (home, level, say, cases) => {
    const payload = say('x'.repeat(LIMITS.frameBytesMax));
    await there.publish(`shouwang/${home}-band/${level}`, payload, { qos: 1 });
    await soon(async () => {
      const { items } = await service.service.records.rejections({ device: `${home}-band` }, { limit: 10 });
      expect(items).toMatchObject([{ reason: 'too-large', topic: `shouwang/${home}-band/telemetry` }]);
      expect(await casesOf(home)).toEqual(cases);
    });
  },
);

test('under whatever topic the service speaks itself, it does not hear itself', async () => {
  const ours = new NotebookHost();
  ours.route = () => 'ingest';
  const broker = externalBroker(
    {
      url,
      ...ACCOUNT,
      clientId: 'service2',
      username: 'service2',
      password: 'secret of service2',
      filters: ['shouwang/#'],
    },
    ours,
    logger,
  );
  await broker.start();
  try {
    await soon(() => expect(broker.stats().connected).toBe(true));
    await broker.publish('shouwang/told/h1', '{"event":"sos"}', { qos: 1 });
    await there.publish('shouwang/m1/telemetry', '1', { qos: 1 });
    await ours.until(() => ours.topics.includes('shouwang/m1/telemetry'));
    expect(ours.topics).toEqual(['shouwang/m1/telemetry']);
  } finally {
    await broker.stop();
  }
});

test('a broker that does not let us hear all around devices leaves us their readings, and that is said', async () => {
  const host = new NotebookHost();
  host.maySubscribe = (_identity, filter) => filter === 'shouwang/+/telemetry';
  const strict = embeddedBroker({ host: '127.0.0.1', ports: { mqtt: 0 } }, host, logger);
  const { mqtt = '' } = await strict.start();
  const ours = new NotebookHost();
  const [filters, around] = [['shouwang/+/telemetry'], ['shouwang/+/#']];
  const broker = externalBroker({ url: mqtt, ...ACCOUNT, filters, around }, ours, logger);
  await broker.start();
  try {
    await soon(() => expect(broker.stats()).toMatchObject({ connected: true, unheard: around }));
    await strict.publish('shouwang/m1/telemetry', '1', { qos: 1 });
    await ours.until(() => ours.topics.length === 1);
  } finally {
    await broker.stop();
    await strict.stop();
  }
});
