import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReachWatch } from '../../src/app/reach-watch.ts';
import { ManualClock, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { Registry } from '../../src/registry/registry.ts';
import { community, coreOf, gridWorker, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { letPass, signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

const entry = (value: unknown): RegistryEntry => registryEntrySchema.parse(value);
const ENTRIES = [
  ...community({ h1: [{ id: 'm1', model: 'water-meter' }] }),
  entry({ noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' }),
  entry({ noun: 'home', id: 'h2', parent: 'haitang/g2', name: '201' }),
  gridWorker('zhou', 'haitang/g1'),
  gridWorker('sun', 'haitang/g2'),
];

describe('a home of which nobody can be told', () => {
  let service: TestService;
  let cookie: string;
  let clock: ManualClock;
  beforeEach(async () => {
    const notify = {
      routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'contact'] }],
      always: ['terminal'],
      fallback: { channels: ['terminal'] },
    };
    clock = new ManualClock(Date.now());
    service = await testService({ entries: ENTRIES, notify, clock });
    cookie = await signIn(service.url);
  });
  afterEach(() => service.stop());

  const ask = async (method: string, path: string, body?: object) => {
    const headers = {
      cookie,
      origin: service.url,
      'idempotency-key': crypto.randomUUID(),
      ...(body && { 'content-type': 'application/json' }),
    };
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  const blindSpots = () => service.service.health().checks['blindSpots'];
  /** Beside what else the policy of this test leaves undone. */
  const saysSo = () => blindSpots()?.detail.zh.includes('通知不到任何人');
  const findings = async () =>
    (await service.service.records.alerts({ paths: [''] }, { limit: 9 })).items
      .filter(({ rule }) => rule === 'nobody-to-tell')
      .map(({ subject, priority, clearReason, evidence }) => [
        subject,
        priority,
        clearReason ?? 'open',
        evidence.values['count'],
      ]);
  /** Which whoever registers homes before their people needs. */
  const aMinute = () => letPass(service, clock, MINUTE);
  const reasons = async (home: string) => {
    const { items } = (await ask('GET', '/watch')).body as {
      items: { home: { id: string }; level: string; reasons: { state: string }[] }[];
    };
    const found = items.find((one) => one.home.id === home);
    return found && [found.level, found.reasons[0]?.state];
  };
  const G2 = { homes: 1, places: [{ node: 'haitang/g2', name: '海棠社区第二网格', homes: 1 }] };

  test('is said by the answer to the change, by health, status, watch view and one technical case, until it ends', async () => {
    expect(saysSo()).toBe(false);
    expect((await ask('GET', '/status')).body.untold).toEqual({ homes: 0, places: [] });
    const gone = await ask('DELETE', '/registry/staff/sun');
    expect(gone).toEqual({ status: 200, body: { untold: G2 } });
    expect(await findings()).toEqual([]);
    await aMinute();
    expect(blindSpots()).toMatchObject({
      ok: true,
      warning: true,
      detail: {
        zh: expect.stringContaining(
          '1 户的 P1、P2 事项通知不到任何人，只会到屏幕、程序与后备渠道：海棠社区第二网格（haitang/g2）1 户',
        ),
        en: expect.stringContaining('1 in 海棠社区第二网格 (haitang/g2)'),
      },
    });
    expect((await ask('GET', '/status')).body.untold).toEqual(G2);
    expect(await reasons('h2')).toEqual(['unwatched', 'nobody-to-tell']);
    expect((await reasons('h1'))?.[1]).not.toBe('nobody-to-tell');
    await aMinute();
    await soon(async () => expect(await findings()).toEqual([[SERVICE_SUBJECT, 'P2', 'open', 1]]));
    const [technical] = (await ask('GET', '/cases')).body.items;
    expect(technical).toMatchObject({ subject: SERVICE_SUBJECT, kind: 'technical', priority: 'P2' });

    const son = { noun: 'contact', id: 'son', home: 'h2', name: '小孙', relation: '', order: 1 };
    const kept = await ask('PUT', '/registry/contact/son', {
      ...son,
      channels: [{ channel: 'terminal', address: 'son' }],
    });
    expect(kept.status).toBe(200);
    expect(kept.body.untold).toBeUndefined();
    await aMinute();
    await soon(async () => expect(await findings()).toEqual([[SERVICE_SUBJECT, 'P2', 'recovered', 1]]));
    expect(await reasons('h2')).not.toContain('nobody-to-tell');
    expect(blindSpots()?.detail.zh).not.toContain('通知不到任何人');
    const mute = await ask('PUT', '/registry/contact/son', { ...son, channels: [] });
    expect(mute.body.untold).toEqual(G2);
  });

  test('is counted again while the places stay the same, and nobody is called a second time for it', async () => {
    await ask('DELETE', '/registry/staff/sun');
    await aMinute();
    expect(saysSo()).toBe(true);
    await aMinute();
    await soon(async () => expect(await findings()).toEqual([[SERVICE_SUBJECT, 'P2', 'open', 1]]));
    const told = async () =>
      (await service.service.records.notices({ paths: [''] }, { limit: 50 })).items.length;
    const before = await told();
    for (const id of ['h3', 'h4'])
      await ask('PUT', `/registry/home/${id}`, { noun: 'home', id, parent: 'haitang/g2', name: id });
    await aMinute();
    expect(saysSo()).toBe(true);
    await aMinute();
    await soon(async () => expect(await findings()).toEqual([[SERVICE_SUBJECT, 'P2', 'open', 3]]));
    const [technical] = (await ask('GET', '/cases')).body.items;
    expect(technical.title.zh).toContain('3 户出事时无人可通知');
    expect(await told()).toBe(before);
  });

  atLength(
    'is said by the answer to an import, a dry run too, and only by that which brings it about',
    async () => {
      const text = [
        'community,grid,building,unit,home,device,model,gateway,enrolled_at',
        'yulan,n1,b1,u1,y901,wb901,wristband,,2026-01-01',
      ].join('\n');
      const importing = async (dryRun: boolean) =>
        (await ask('POST', '/registry/import', { format: 'csv', text, dryRun })).body;
      const untold = { homes: 1, places: [{ node: 'yulan', name: 'yulan', homes: 1 }] };
      expect(await importing(true)).toMatchObject({ applied: false, untold });
      expect(await findings()).toEqual([]);
      expect(await importing(false)).toMatchObject({ applied: true, untold });
      expect((await importing(true)).untold).toBeUndefined();
      await aMinute();
      await soon(() => expect(service.service.health().checks['blindSpots']?.warning).toBe(true));
      await aMinute();
      await soon(async () => expect(await findings()).toEqual([[SERVICE_SUBJECT, 'P2', 'open', 1]]));
      expect((await ask('DELETE', '/registry/device/wb901')).status).toBe(204);
    },
  );
});

describe('the watch over who can be told', () => {
  const removing = (key: string) => ({ noun: 'staff' as const, key });

  test('looks once where a registry changes a thousand times, and tells a gap that is left no second time', () => {
    const core = coreOf(
      [...ENTRIES, entry({ noun: 'node', path: 'yulan', level: 'community', name: '玉兰' })],
      [],
    );
    const clock = new ManualClock(T0);
    const watch = new ReachWatch(core, clock);
    expect(watch.factOf(undefined)).toBeUndefined();
    core.registry.apply([], [removing('sun')]);
    expect(watch.homes.homes).toBe(0);
    clock.advance(SECOND);
    expect(watch.homes.homes).toBe(1);
    expect(watch.factOf(undefined)).toBeUndefined();
    clock.advance(MINUTE);
    const first = watch.factOf(undefined);
    expect(first?.values).toMatchObject({ count: 1, key: 'haitang/g2' });
    core.registry.apply([entry({ noun: 'home', id: 'y1', parent: 'yulan', name: '1' })], []);
    clock.advance(SECOND);
    const open = (values: object | undefined) => ({ since: T0, evidence: { values } }) as never;
    const second = watch.factOf(open(first?.values));
    expect(second?.values['key']).toBe('haitang/g2 yulan');
    core.registry.apply([gridWorker('sun', 'haitang/g2')], []);
    clock.advance(SECOND);
    expect(watch.factOf(open(second?.values))?.values).toMatchObject({ count: 1, key: 'haitang/g2 yulan' });
  });

  test('counts nobody who would be told over a channel that is down', () => {
    const core = coreOf(ENTRIES, []);
    let down: string[] = [];
    const clock = new ManualClock(T0);
    const watch = new ReachWatch(core, clock, () => down);
    expect(watch.isUntold('h1')).toBe(false);
    down = ['terminal'];
    clock.advance(SECOND);
    expect(watch.isUntold('h1')).toBe(true);
    down = [];
    clock.advance(SECOND);
    expect(watch.isUntold('h1')).toBe(false);
  });

  test('waits after a start until contacts are read, and lets stand meanwhile what was open', () => {
    const son = entry({
      noun: 'contact',
      id: 'son',
      home: 'h2',
      name: '小孙',
      channels: [{ channel: 'terminal', address: 'son' }],
    });
    const pieces = [[son]];
    const late = {
      next: () =>
        ({ done: pieces.length === 0, value: pieces.pop() ?? [] }) as IteratorResult<RegistryEntry[]>,
    };
    const core = coreOf([], []);
    const registry = Registry.from(
      ENTRIES.filter(({ noun }) => noun !== 'staff').concat(gridWorker('zhou', 'haitang/g1')),
      late,
    );
    const watch = new ReachWatch(Object.assign(Object.create(core), { registry }), new ManualClock(T0));
    const open = { since: T0, evidence: { values: { key: 'haitang/g2', count: 1 } } } as never;
    expect(watch.factOf(open)).toEqual({ since: T0, values: { key: 'haitang/g2', count: 1 } });
    expect(watch.homes.homes).toBe(0);
    while (registry.readOn());
    expect(registry.isRead).toBe(true);
    expect(watch.factOf(open)).toMatchObject({ values: expect.anything() });
  });
});
