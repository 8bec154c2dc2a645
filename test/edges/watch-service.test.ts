import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { entryKey } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, type TestServiceOptions, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { WatchClient } from './watch-client.ts';

const entries = community({
  h1: [{ id: 'watch-1', model: 'watch-3g', address: 'watch:8800000015' }],
}).map((entry) => (entry.noun === 'device' ? { ...entry, enrolledAt: Date.now() - 40 * DAY } : entry));

const two = (value: number): string => String(value).padStart(2, '0');
/** A status frame of now, with this word and so many steps. */
function status(type: string, word: string, steps = 0): string {
  const now = new Date();
  const date = two(now.getUTCDate()) + two(now.getUTCMonth() + 1) + two(now.getUTCFullYear() % 100);
  const time = two(now.getUTCHours()) + two(now.getUTCMinutes()) + two(now.getUTCSeconds());
  return `[3G*8800000015*0066*${type},${date},${time},V,0.0,N,0.0,E,0,0,0,0,100,80,${steps},0,${word},1,1,460,0,9360,4082,131]`;
}
const SECRET = 'secret of duty';
const SOS_ANSWER = '[3G*8800000015*0002*AL]';

const open: { service?: TestService; clients: WatchClient[] } = { clients: [] };

async function start(options: TestServiceOptions = {}): Promise<TestService> {
  const { service, ...others } = options;
  open.service = await testService({
    entries,
    ...others,
    service: { watches: { host: '127.0.0.1', port: 0 }, ...service },
  });
  return open.service;
}

async function stop(): Promise<void> {
  for (const client of open.clients.splice(0)) await client.end();
  await open.service?.stop();
  delete open.service;
}
async function watchOf({ addresses }: TestService): Promise<WatchClient> {
  const client = await WatchClient.open(addresses.watches ?? '');
  open.clients.push(client);
  return client;
}

const alertsOf = async ({ service }: TestService): Promise<string[]> =>
  (await service.records.alerts({ paths: [''] }, { limit: 9 })).items.map(({ rule }) => rule);

/** Lets the disk wait: `begun` when something is to be written, which `goOn` lets happen. */
function holdCommits({ service }: TestService): { begun: Promise<void>; goOn: () => void } {
  const { records } = service;
  const commit = records.commit.bind(records);
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  records.commit = async (batch) => {
    begun.resolve();
    await held.promise;
    return commit(batch);
  };
  return {
    begun: begun.promise,
    goOn() {
      records.commit = commit;
      held.resolve();
    },
  };
}

describe('a service with a watch', () => {
  let service: TestService;
  beforeAll(async () => {
    const serviceAccounts = [{ name: 'duty', secretHash: hashSecret(SECRET) }];
    service = await start({
      service: { mqtt: { host: '127.0.0.1', port: 0, webSocketPort: 'off', serviceAccounts } },
    });
  });
  afterAll(stop);

  test('a keep-alive that says nothing is a sign of life, and no rejection', async () => {
    await (await watchOf(service)).say('[3G*8800000015*0002*LK]').hears('[3G*8800000015*0002*LK]');
    expect(service.service.deviceStatus('watch-1')?.heardAt).toBeGreaterThan(Date.now() - DAY);
    expect((await service.service.records.rejections({}, { limit: 9 })).items).toEqual([]);
  });

  test('an SOS of a watch is an alert on disk before the watch is answered', async () => {
    const { begun, goOn } = holdCommits(service);
    const watch = (await watchOf(service)).say(status('AL', '00010001'));
    await begun;
    await soon(() => expect(service.service.deviceStatus('watch-1')?.connected).toBe(true));
    expect(watch.heard).toBe('');
    goOn();
    await watch.hears(SOS_ANSWER);
    expect(await alertsOf(service)).toContain('B1');
    await watch.end();
    await soon(() => expect(service.service.deviceStatus('watch-1')?.connected).toBe(false));
  });

  test('a watch that is not enrolled is shown to the operator with what it sent', async () => {
    await (await watchOf(service)).say('[3G*8800000099*0002*LK]').closed;
    await service.loop.drained();
    const cookie = await signIn(service.url);
    const response = await fetch(`${service.url}/api/v1/rejections?reason=unknown-device`, {
      headers: { cookie },
    });
    expect(await response.json()).toMatchObject({
      items: [{ topic: 'tcp/watch-3g', from: '127.0.0.1', payload: '[3G*8800000099*0002*LK]' }],
    });
    const metrics = await service.service.metrics.metrics();
    expect(metrics).toContain('shouwang_watches_refused_total{reason="unknown-device"} 1');
  });

  test('a pressure that is too high asks the watch to measure again; so may a program over MQTT', async () => {
    const watch = (await watchOf(service)).say('[3G*8800000015*0013*bphrt,195,121,73,,,,]');
    await watch.hears('[3G*8800000015*0005*bphrt]');
    await watch.hears('[3G*8800000015*000A*hrtstart,1]');
    const program = await mqtt.connectAsync(service.mqttUrl, {
      clientId: 'duty',
      username: 'duty',
      password: SECRET,
      reconnectPeriod: 0,
    });
    await program.publishAsync('shouwang/watch-1/command', '{"find":true}', { qos: 1 });
    await watch.hears('[3G*8800000015*0004*FIND]');
    await program.endAsync(true);
  });

  test('a watch that is switched off in the registry is heard for its calls alone, at their home', async () => {
    const [before] = (await service.service.records.cases({ paths: [''] }, { limit: 9 })).items;
    const done = {
      outcome: 'asleep',
      note: '',

      contact: 'spoken',
      contactMadeBy: '李网格',
    } as const;
    const resolve = { type: 'case.resolve', case: before?.id ?? '', ...done } as const;
    expect(await service.loop.submit({ type: 'case.acknowledge', case: resolve.case }, 'test')).toMatchObject(
      { ok: true },
    );
    expect(await service.loop.submit(resolve, 'test')).toMatchObject({ ok: true });
    const watch = (await watchOf(service)).say(status('UD', '00000000'));
    await soon(() => expect(service.service.deviceStatus('watch-1')?.connected).toBe(true));
    const device = entries.find((entry) => entryKey(entry) === 'watch-1');
    if (device?.noun !== 'device') throw new Error('the community has no watch');
    const reply = await service.loop.submit(
      { type: 'registry.apply', put: [{ ...device, disabled: true }], remove: [] },
      'test',
    );
    expect(reply.ok).toBe(true);
    watch.say(status('UD', '00000000')).say(status('AL', '00010001'));
    await watch.hears(SOS_ANSWER);
    expect((await alertsOf(service)).slice().sort()).toEqual(['B1', 'calls-of-disabled-devices']);
    const { items } = await service.service.records.rejections({ device: 'watch-1' }, { limit: 9 });
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(['device-disabled']));
  });
});

describe('a service that is held up', () => {
  afterEach(stop);

  atLength('a frame that was not answered before a restart is sent again, and is one alert', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shouwang-watch-'));
    try {
      const frame = status('AL', '00010000');
      const before = await start({ dir });
      const { begun, goOn } = holdCommits(before);
      const watch = (await watchOf(before)).say(frame);
      await begun;
      await watch.end();
      goOn();
      await before.loop.drained();
      expect(watch.heard).toBe('');
      await stop();

      const after = await start({ dir });
      await (await watchOf(after)).say(frame).hears(SOS_ANSWER);
      expect(await alertsOf(after)).toEqual(['B1']);
      await stop();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('a full inbox holds the watch back, and takes everything in its order', async () => {
    const service = await start({ service: { limits: { inboxLengthMax: 16 } } });
    const { begun, goOn } = holdCommits(service);
    const watch = (await watchOf(service)).say('[3G*8800000015*0002*LK]');
    await begun;
    watch.say(Array.from({ length: 199 }, (_, steps) => `[3G*8800000015*0008*LK,${steps},0,80]`).join(''));
    await soon(() => expect(service.loop.inboxLength).toBe(16));
    expect(watch.heard).toBe('');
    goOn();
    await watch.hears('[3G*8800000015*0002*LK]'.repeat(200));
    await service.loop.drained();
    const [newest] = await service.service.telemetry.last(['watch-1'], ['steps_count']);
    expect(newest).toMatchObject({ value: 198 });
  });
});
