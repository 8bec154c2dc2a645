import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaveOutside } from '../../src/app/stores.ts';
import { DAY, HOUR, ManualClock, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { HistoryAway, type SequencedReport } from '../../src/ports/telemetry.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { renumberSpool } from '../../src/store/outside/spool.ts';
import { lowerSealedSeq } from '../../src/store/telemetry/tables.ts';
import { type OutsideTelemetry, outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport } from '../contracts/telemetry.ts';
import { Influx1Writes } from '../stand-ins/influx1-writes.ts';

const WATER = { device: 'm1', metric: 'water_index_m3' } as const;

describe('a store outside', () => {
  let dir: string;
  let server: Influx1Writes;
  let clock: ManualClock;
  let timers: ManualTimers;
  let opened: OutsideTelemetry[];
  const limits = { ...LIMITS };

  beforeEach(async () => {
    dir = tempFolder('outside');
    server = new Influx1Writes();
    await server.start();
    clock = new ManualClock(T0);
    timers = new ManualTimers(clock);
    opened = [];
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await server.stop();
    Object.assign(LIMITS, limits);
    rmSync(dir, { recursive: true, force: true });
  });

  type Options = Partial<Parameters<typeof outsideTelemetry>[0]> & { readonly timeoutMs?: number };
  const open = async ({ timeoutMs = 5_000, ...options }: Options = {}, folder = dir) => {
    const store = outsideTelemetry({
      near: sqliteTelemetry({ file: join(folder, 'telemetry.db'), sealPoints: 1 }),
      outside: influx1({ url: server.url, database: 'shouwang', timeoutMs }),
      spoolDir: join(folder, 'spool'),
      keepMs: 2 * DAY,
      ...ROOM,
      logger: QUIET,
      timers,
      now: () => clock.now(),
      random: () => 1,
      ...options,
    });
    const { sealedSeq } = await store.open();
    opened.push(store);
    return { store, sealedSeq };
  };
  const close = async (store: OutsideTelemetry): Promise<void> => {
    opened = opened.filter((one) => one !== store);
    await store.close();
  };
  /** Hourly readings of one meter, from this number on. */
  const hours = (first: number, count: number, device = 'm1'): SequencedReport[] =>
    Array.from({ length: count }, (_, i) =>
      aReport(first + i, device, [
        { metric: 'water_index_m3', value: first + i, at: T0 + (first + i) * HOUR },
      ]),
    );
  const line = (seq: number, device = 'm1') => `water_index_m3,device=${device} ${T0 + seq * HOUR}`;
  /** Everything that would be done in the background is done, but nothing is tried again. */
  const settle = async (store: OutsideTelemetry, now = clock.now()): Promise<number> => {
    for (;;) {
      const { sealedSeq, hasMore } = await store.maintain(now);
      await store.settled();
      if (!hasMore) return sealedSeq;
    }
  };
  const sent = () => [...server.points.keys()];

  it('takes what comes under numbers that records which know less use again', async () => {
    await server.stop();
    const { store } = await open();
    await store.append(hours(1, 6));
    await settle(store);
    await close(store);
    // The records were restored: they know nothing after the fourth input.
    lowerSealedSeq(join(dir, 'telemetry.db'), 4);
    renumberSpool(join(dir, 'spool'), 4);
    const again = await open();
    expect(again.sealedSeq).toBeLessThanOrEqual(4);
    await again.store.append(hours(5, 3, 'm2'), 7);
    await server.start();
    await settle(again.store);
    timers.advance(MINUTE);
    await again.store.settled();
    expect(sent()).toEqual(expect.arrayContaining([line(5, 'm2'), line(6, 'm2'), line(7, 'm2'), line(4)]));
  });

  it('that answers no question as one is not asked for readings of before: what it says would pass for some', async () => {
    const { store: before } = await open({ purgeEveryMs: 0 });
    await before.append(hours(1, 30));
    clock.set(T0 + 10 * DAY);
    // Sent, and then no longer kept here.
    await settle(before);
    await settle(before);
    await close(before);
    // As a VictoriaMetrics answers everything; a version of before wrote to it without a question.
    const names = '{"results":[{"series":[{"columns":["name"],"values":[["_internal"]]}]}]}';
    server.answers = Array.from({ length: 9 }, () => ({ status: 200, body: names }));
    const { store } = await open();
    await store.append(hours(240, 1));
    await settle(store);
    expect(store.outside()).toMatchObject({ trouble: { code: 'write-only' }, sent: 0 });
    const asked = store.range({ ...WATER, from: 0, to: T0 + 2 * DAY });
    await expect(asked).rejects.toBeInstanceOf(HistoryAway);
    expect(server.answers).toHaveLength(8);
  });

  it('that is away at the start costs nothing but patience, and gets everything in order when it comes', async () => {
    await server.stop();
    const { store } = await open();
    await store.append(hours(1, 30));
    expect(await settle(store)).toBe(30);
    expect(await store.range({ ...WATER, from: 0, to: T0 + 99 * HOUR })).toHaveLength(30);
    expect(store.outside()).toMatchObject({ trouble: { code: 'away' }, waiting: { points: 30 }, sent: 0 });
    await server.start();
    timers.advance(SECOND);
    await store.settled();
    expect(sent()).toEqual(hours(1, 30).map(({ seq }) => line(seq)));
    expect(store.outside()).toMatchObject({ waiting: { points: 0 }, sent: 30 });
    expect(store.outside().trouble).toBeUndefined();
  });

  it('gets what came while the configuration did not name it, once it does again', async () => {
    const { store } = await open();
    await store.append(hours(1, 3));
    await settle(store);
    await close(store);
    const alone = sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 1 });
    await alone.open();
    leaveOutside(dir, alone, QUIET);
    await alone.append(hours(4, 3));
    while ((await alone.maintain(clock.now())).hasMore);
    await alone.close();
    // What is sealed the journal does not have any more: nobody hands it over again.
    const again = await open();
    await again.store.append(hours(7, 1));
    await settle(again.store);
    expect(new Set(sent())).toEqual(new Set(hours(1, 7).map(({ seq }) => line(seq))));
  });

  it('begins anew with all that is here where a power cut has emptied what its spool remembers', async () => {
    await server.stop();
    const { store } = await open();
    await store.append(hours(1, 6));
    await settle(store);
    await close(store);
    writeFileSync(join(dir, 'spool', 'state.json'), '');
    const said: string[] = [];
    const say = (_: unknown, words?: string) => void said.push(words ?? '');
    const again = await open({ logger: { ...QUIET, error: say } });
    expect(said).toEqual([expect.stringContaining('what the spool remembers cannot be read')]);
    expect(again.sealedSeq).toBe(6);
    await again.store.append(hours(7, 2));
    await server.start();
    await settle(again.store);
    timers.advance(MINUTE);
    await again.store.settled();
    expect(new Set(sent())).toEqual(new Set(hours(1, 8).map(({ seq }) => line(seq))));
  });

  it('keeps nobody from starting without it, whatever became of its spool', async () => {
    mkdirSync(join(dir, 'spool'), { recursive: true });
    writeFileSync(join(dir, 'spool', 'state.json'), '{"v":2}');
    const said: string[] = [];
    const say = (_: unknown, words?: string) => void said.push(words ?? '');
    leaveOutside(dir, {}, { warn: say, error: say });
    expect(said).toEqual(['what comes now could not be noted for the store outside that was used before']);
  });

  it('is asked ever more seldom while it is away, up to a minute, each time a little at random', async () => {
    await server.stop();
    const { store } = await open({ random: () => 0 });
    await store.append(hours(1, 1));
    await settle(store);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const { nextTryAt = 0 } = store.outside().trouble ?? {};
      waits.push((nextTryAt - clock.now()) / SECOND);
      timers.advance(nextTryAt - clock.now());
      await store.settled();
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('that dies in the middle of a batch gets the same batch again, and has each reading once', async () => {
    const { store } = await open();
    server.faults = [
      { cut: true, stores: true },
      { cut: true, stores: false },
    ];
    await store.append(hours(1, 50));
    await settle(store);
    timers.advance(SECOND);
    await store.settled();
    timers.advance(2 * SECOND);
    await store.settled();
    expect(server.bodies).toHaveLength(3);
    expect(new Set(server.bodies).size).toBe(1);
    expect(sent()).toHaveLength(50);
  });

  it.each([
    ['503 with seconds', 503, () => '120', 119, 2],
    // As an HTTP date, of the wall: its seconds are whole, and a busy machine takes some of them to read it.
    ['429 with a date', 429, () => new Date(Date.now() + 1_200_000).toUTCString(), 1_100, 101],
    ['a day, of which an hour is believed', 429, () => '86400', 3599, 2],
  ])('that asks for patience gets it: %s', async (_, status, retryAfter, waits, more) => {
    const { store } = await open();
    server.faults = [{ status, headers: { 'retry-after': retryAfter() } }];
    await store.append(hours(1, 2));
    await settle(store);
    expect(store.outside().trouble?.code).toBe('busy');
    timers.advance(waits * SECOND);
    await store.settled();
    expect(server.bodies).toHaveLength(1);
    timers.advance(more * SECOND);
    await store.settled();
    expect(sent()).toHaveLength(2);
  });

  it('that refuses one reading gets all others, and that one is set aside under a name', async () => {
    const { store } = await open();
    server.judge = (body) =>
      body.includes(`value=777,`)
        ? {
            status: 400,
            body: '{"error":"partial write: field type conflict: input field \\"value\\" dropped=1"}',
          }
        : undefined;
    await store.append(hours(1, 1000));
    await settle(store);
    expect(sent()).toEqual(hours(1, 1000).flatMap(({ seq }) => (seq === 777 ? [] : [line(seq)])));
    expect(server.bodies.length).toBeLessThan(25);
    expect(store.outside()).toMatchObject({
      setAside: { 'field-type-conflict': 1 },
      waiting: { points: 0 },
    });
    const [entry] = readFileSync(join(dir, 'spool', 'set-aside.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(entry ?? '')).toMatchObject({
      reason: 'field-type-conflict',
      line: `water_index_m3,device=m1 value=777,clock=2i ${T0 + 777 * HOUR}`,
    });
  });

  it('that refused readings of a device is sent nothing more of it, nor is anything of it kept, when it is removed', async () => {
    const { store } = await open();
    server.judge = (body) =>
      body.includes('value=2,') ? { status: 400, body: '{"error":"unable to parse"}' } : undefined;
    await store.append([...hours(1, 3), ...hours(1, 3, 'm 1')]);
    await settle(store);
    const aside = () => readFileSync(join(dir, 'spool', 'set-aside.ndjson'), 'utf8');
    expect(aside().split('\n')).toHaveLength(3);
    await store.removeDevice('m 1');
    await settle(store);
    expect(aside()).toMatch(/^\{.*device=m1 value=2.*\}\n$/);
  });

  it('keeps nothing of a removed device either behind a line that a full disk or a crash cut off', async () => {
    const { store } = await open();
    const file = join(dir, 'spool', 'set-aside.ndjson');
    server.judge = (body) =>
      body.includes('value=2,') ? { status: 400, body: '{"error":"unable to parse"}' } : undefined;
    writeFileSync(file, '{"at":"2026-03-01T00:0');
    await store.append([...hours(1, 3), ...hours(1, 3, 'm2')]);
    await settle(store);
    for (const device of ['m1', 'm2']) {
      await store.removeDevice(device);
      await settle(store);
      expect(readFileSync(file, 'utf8')).not.toContain(`device=${device}`);
    }
  });

  it('that keeps less long than was sent is told once for the batch', async () => {
    const { store } = await open();
    const body = '{"error":"partial write: points beyond retention policy dropped=40"}';
    server.faults = [{ status: 400, body, stores: true }];
    await store.append(hours(1, 100));
    await settle(store);
    expect(server.bodies).toHaveLength(1);
    expect(store.outside().setAside).toEqual({ 'beyond-retention-policy': 40 });
  });

  it('that takes only small requests gets small ones, and nothing is set aside', async () => {
    const { store } = await open();
    server.judge = (body) => (body.length > 2_000 ? { status: 413 } : undefined);
    await store.append(hours(1, 200));
    await settle(store);
    expect(sent()).toHaveLength(200);
    expect(store.outside().setAside).toEqual({});
  });

  it('that does not know the account keeps everything waiting, and says so', async () => {
    const { store } = await open();
    server.faults = [{ status: 401, body: '{"error":"authorization failed"}' }];
    await store.append(hours(1, 3));
    await settle(store);
    expect(store.outside()).toMatchObject({
      trouble: { code: 'not-authorized', detail: '401 authorization failed' },
      waiting: { points: 3 },
      setAside: {},
    });
  });

  it.each([
    [200, 'a page to sign in', '<html>Sign in</html>'],
    [400, 'a proxy that wants TLS', '<html>The plain HTTP request was sent to HTTPS port</html>'],
  ])(
    'in whose place something else answers with %s, as %s, keeps everything waiting',
    async (status, _, body) => {
      const { store } = await open();
      server.faults = [{ status, body }];
      await store.append(hours(1, 3));
      await settle(store);
      expect(store.outside()).toMatchObject({
        trouble: { code: 'failing', detail: expect.stringContaining(String(status)) },
        waiting: { points: 3 },
        setAside: {},
      });
      timers.advance(MINUTE);
      await settle(store);
      expect(sent()).toHaveLength(3);
    },
  );

  it('in whose place something else answers an order to delete is given it again', async () => {
    const { store } = await open();
    server.answers = [{ status: 400, body: '<html>The plain HTTP request was sent to HTTPS port</html>' }];
    await store.removeDevice('m1');
    await settle(store);
    expect(store.outside()).toMatchObject({ trouble: { code: 'away' }, setAside: {} });
    timers.advance(MINUTE);
    await settle(store);
    expect(server.queries.at(-1)).toMatch(/DROP SERIES/);
    expect(store.outside().trouble).toBeUndefined();
  });

  it('that has no database yet is asked to make one', async () => {
    const { store } = await open();
    server.faults = [{ status: 404, body: '{"error":"database not found: \\"shouwang\\""}' }];
    await store.append(hours(1, 3));
    await settle(store);
    expect(server.queries.filter((query) => query.startsWith('CREATE'))).toEqual([
      'CREATE DATABASE "shouwang"',
    ]);
    expect(sent()).toHaveLength(3);
  });

  it('that says nothing is left after a while, and asked for less', async () => {
    Object.assign(LIMITS, { outsideBatchPointsMax: 100 });
    const { store } = await open({ timeoutMs: 60 });
    await store.append(hours(1, 400));
    server.faults = [{ silent: true }];
    await settle(store);
    expect(store.outside().trouble?.code).toBe('slow');
    // On a busy machine it may be too slow again.
    while (store.outside().waiting.points > 0) {
      timers.advance(MINUTE);
      await store.settled();
    }
    expect(sent()).toHaveLength(400);
    expect(Math.max(...server.bodies.slice(1).map((body) => body.split('\n').length))).toBeLessThanOrEqual(
      101,
    );
  });

  it('that is away for days loses nothing, whatever happens here meanwhile', async () => {
    await server.stop();
    let { store } = await open();
    for (let day = 0; day < 5; day++) {
      await store.append(hours(1 + day * 24, 24));
      await store.append(hours(1 + day * 24, 24, 'm2'));
      await settle(store);
      timers.advance(DAY);
      if (day === 2) await store.removeDevice('m2');
      if (day % 2 === 0) {
        await close(store);
        ({ store } = await open());
      }
    }
    const before = await store.range({ ...WATER, from: 0, to: T0 + 999 * HOUR });
    await store.settled();
    await server.start();
    timers.advance(MINUTE);
    await store.settled();
    expect(sent().filter((key) => key.includes('device=m1'))).toEqual(
      hours(1, 120).map(({ seq }) => line(seq)),
    );
    expect(before).toHaveLength(120);
    expect(server.queries.filter((query) => query.startsWith('DROP'))).toEqual([
      `DROP SERIES WHERE "device" = 'm2'`,
    ]);
    expect(store.outside().waiting).toMatchObject({ points: 0, bytes: 0 });
  });

  it('gets what a crash left in the spool, and the rest when the journal hands it over', async () => {
    await server.stop();
    const { store } = await open();
    await store.append(hours(1, 40));
    expect(await settle(store)).toBe(40);
    await store.append(hours(41, 20));
    const copy = join(dir, 'crashed');
    mkdirSync(copy);
    for (const name of readdirSync(dir))
      if (name !== 'crashed') cpSync(join(dir, name), join(copy, name), { recursive: true });
    await server.start();
    const left = await open({}, copy);
    expect(left.sealedSeq).toBe(40);
    await left.store.append(hours(41, 20));
    await settle(left.store);
    expect(sent()).toEqual(hours(1, 60).map(({ seq }) => line(seq)));
  });

  it('has a bounded spool: what gives way is sent out of the local store later', async () => {
    Object.assign(LIMITS, { spoolSegmentBytesMax: 200 });
    await server.stop();
    const { store } = await open({ spoolBytesMax: 1_000 });
    for (let i = 0; i < 60; i++) {
      await store.append(hours(1 + i * 10, 10));
      await settle(store);
    }
    expect((await store.stats()).bytes).toBeGreaterThan(0);
    const { waiting, owed } = store.outside();
    expect(waiting.bytes).toBeLessThan(1_200);
    expect(owed).toHaveLength(1);
    await server.start();
    timers.advance(MINUTE);
    await store.settled();
    expect(sent().sort()).toEqual(
      hours(1, 600)
        .map(({ seq }) => line(seq))
        .sort(),
    );
    expect(store.outside()).toMatchObject({ owed: [], waiting: { points: 0 } });
  });

  it.each([
    ['local-store-full', { nearBytesMax: 1 }],
    ['disk-full', { diskFreeBytesMin: 2, freeBytes: () => 1 }],
  ] as const)(
    'that is away until this machine is full costs the oldest readings: %s',
    async (reason, room) => {
      await server.stop();
      const { store } = await open(room);
      clock.set(T0 + 101 * HOUR);
      await store.append(hours(1, 100));
      await settle(store);
      await settle(store, clock.now() + 2 * MINUTE);
      const { givenUp, localFrom } = store.outside();
      expect(givenUp[reason]).toBeGreaterThan(0);
      const left = await store.range({ ...WATER, from: localFrom, to: T0 + 999 * HOUR });
      expect(left).toHaveLength(100 - (givenUp[reason] ?? 0));
      expect(left.at(-1)?.value).toBe(100);
    },
  );

  it('says which period is with a server that does not answer, and gives the rest', async () => {
    const { store } = await open({ keepMs: 10 * HOUR, purgeEveryMs: 0 });
    await store.append(hours(1, 100));
    clock.set(T0 + 100 * HOUR);
    await settle(store);
    await settle(store);
    await server.stop();
    await store.append(hours(101, 5));
    await settle(store);
    const whole = store.range({ ...WATER, from: 0, to: T0 + 999 * HOUR });
    await expect(whole).rejects.toThrow(HistoryAway);
    const { from } = (await whole.catch((error: unknown) => error)) as HistoryAway;
    expect(from).toBe(T0 + 90 * HOUR);
    const rest = await store.range({ ...WATER, from, to: T0 + 999 * HOUR });
    expect(rest.map(({ value }) => value)).toEqual(Array.from({ length: 16 }, (_, i) => 90 + i));
    const buckets = await store.downsample({ ...WATER, from, to: T0 + 999 * HOUR, stepMs: 8 * HOUR });
    expect(buckets.map(({ count }) => count)).toEqual([8, 8]);
    await expect(store.last(['m1'], ['water_index_m3'])).resolves.toMatchObject([{ value: 105 }]);
  });

  it('keeps the journal while its spool cannot be written, and goes on when it can', async () => {
    const { store } = await open();
    await store.append(hours(1, 3));
    expect(await settle(store)).toBe(3);
    await close(store);
    // Where the next file of the spool would be, there is something in the way.
    const again = await open();
    const spool = join(dir, 'spool');
    const state = JSON.parse(readFileSync(join(spool, 'state.json'), 'utf8')) as {
      sent: { segment: number };
    };
    const next = join(spool, `${String(state.sent.segment + 1).padStart(10, '0')}.spool`);
    if (!existsSync(next)) mkdirSync(next);
    await again.store.append(hours(4, 3));
    expect(await settle(again.store)).toBe(3);
    expect(again.store.outside().trouble?.code).toBe('spool-failing');
    expect(await again.store.range({ ...WATER, from: 0, to: T0 + 99 * HOUR })).toHaveLength(6);
    rmdirSync(next);
    expect(await settle(again.store)).toBe(6);
    await again.store.carriedOut();
    expect(sent()).toHaveLength(6);
  });

  it('gets all that was here before it was chosen', async () => {
    const before = sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 1, sealAgeMs: 0 });
    await before.open();
    await before.append([...hours(1, 700), ...hours(1, 700, 'm2')]);
    await before.append([aReport(701, 'b1', [], [{ event: 'sos', at: T0 }])]);
    while ((await before.maintain(T0)).sealedSeq < 701);
    await before.close();
    const { store, sealedSeq } = await open();
    expect(sealedSeq).toBe(701);
    await store.settled();
    expect(sent()).toHaveLength(1401);
    expect(sent()).toContain(`event,device=b1,event=sos ${T0}`);
    expect(store.outside().owed).toEqual([]);
  });
});
