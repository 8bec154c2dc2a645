import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { exportTo } from '../../src/store/exchange/export.ts';
import { importFrom } from '../../src/store/exchange/import.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../../src/store/outside/outside-store.ts';
import { historyOf } from '../../src/store/outside/reads.ts';
import { oweOutside } from '../../src/store/outside/spool.ts';
import { telemetryAt } from '../../src/store/telemetry.ts';
import { type OutsideTelemetry, outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { T0 } from '../contracts/fixtures.ts';
import { type OutsideServer, outsideBed, QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport, settle, telemetryContract } from '../contracts/telemetry.ts';
import { Influxd, whyNoInfluxd } from './influxd.ts';

const reason = whyNoInfluxd();
/** How many histories are tried: each is written to a real server. */
const HISTORIES = 12;
/**
 * How long is waited for what needs no waiting but work: it ends what hangs, and says nothing about speed. A server that gets
 * a tenth of a processor takes seconds for what takes it milliseconds, and is well all the same.
 */
const PATIENCE_MS = 60_000;

describe.skipIf(reason !== undefined)('InfluxDB 1', () => {
  let server: Influxd;
  beforeAll(async () => {
    server = await Influxd.start();
  });
  afterAll(() => server?.stop());

  const outside = (): OutsideServer => ({
    store: (database) => influx1({ url: server.url, database }),
    async prepare(database, from) {
      await server.query(`CREATE DATABASE ${database}`);
      if (from !== undefined)
        await server.query(
          `SELECT * INTO "${database}"."autogen".:MEASUREMENT FROM "${from}"."autogen"./.*/ GROUP BY *`,
        );
    },
  });
  telemetryContract('InfluxDB 1, nothing kept here', () => outsideBed(outside, -400 * DAY), HISTORIES);
  telemetryContract('InfluxDB 1, an hour kept here', () => outsideBed(outside, 60 * 60_000), HISTORIES);
});

describe.skipIf(reason !== undefined)('an InfluxDB 1 that has a bad week', () => {
  let server: Influxd;
  let dir: string;
  let store: OutsideTelemetry;
  beforeEach(async () => {
    server = await Influxd.start();
    dir = mkdtempSync(join(tmpdir(), 'shouwang-outage-'));
  });
  afterEach(async () => {
    server.thaw();
    await store.close();
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  /** @param timeoutMs short only where the server answers nothing anyway: one that is starved would never be quick enough */
  const open = async (timeoutMs = PATIENCE_MS): Promise<void> => {
    store = outsideTelemetry({
      near: sqliteTelemetry({ file: join(dir, 'telemetry.db'), sealPoints: 100 }),
      outside: influx1({ url: server.url, database: 'shouwang', timeoutMs }),
      spoolDir: join(dir, 'spool'),
      keepMs: HOUR,
      ...ROOM,
      logger: QUIET,
      // Quick, so that nobody waits: how long it really waits is examined in virtual time.
      backoffMs: { first: 20, max: 50 },
    });
    await store.open();
  };
  const readings = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      aReport(first + i, `m${(first + i) % 7}`, [
        { metric: 'water_index_m3', value: first + i, at: T0 + (first + i) * 1_000 },
      ]),
    );
  /** What the server itself says. */
  const values = async (): Promise<number[]> => {
    const answer = (await server.query('SELECT value FROM shouwang.autogen.water_index_m3')) as {
      results: { series?: { values: [number, number][] }[] }[];
    };
    return (answer.results[0]?.series?.[0]?.values ?? []).map(([, value]) => value);
  };
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  const allIs = (code: string | undefined) =>
    vi.waitFor(() => expect(store.outside().trouble?.code).toBe(code), {
      timeout: PATIENCE_MS,
      interval: 20,
    });
  const nothingWaits = () =>
    vi.waitFor(() => expect(store.outside().waiting.points).toBe(0), { timeout: PATIENCE_MS });

  it('is killed while it is written to, and has every reading once when it is back', async () => {
    await open();
    for (let batch = 0; batch < 40; batch++) {
      await store.append(readings(1 + batch * 500, 500));
      await settle(store, T0);
      if (batch === 5) await server.pause('SIGKILL');
      if (batch === 20) await server.resume();
    }
    await nothingWaits();
    expect(await values()).toEqual(upTo(20_000));
    expect(store.outside().setAside).toEqual({});
  });

  it('takes connections and says nothing, and is told from one that is away', async () => {
    await open();
    await store.append(readings(1, 10));
    await settle(store, T0);
    await store.carriedOut();
    await store.close();
    await server.freeze();
    await open(150);
    // The journal hands over again what was not sealed.
    await store.append(readings(1, 20));
    await settle(store, T0);
    await allIs('slow');
    expect(
      await store.range({ device: 'm1', metric: 'water_index_m3', from: T0, to: T0 + DAY }),
    ).toHaveLength(3);
    await store.close();
    server.thaw();
    await open();
    await nothingWaits();
    expect(await values()).toEqual(upTo(20));
  });

  it('has a field of another type in one series, and gets all that fits beside it', async () => {
    await open();
    await server.query('CREATE DATABASE shouwang');
    const write = `${server.url}/write?db=shouwang&precision=ms`;
    const at = T0 + 5_000;
    expect(
      (await fetch(write, { method: 'POST', body: `pulse_bpm,device=x value="text" ${at}` })).status,
    ).toBe(204);
    await store.append([
      ...readings(1, 9),
      aReport(10, 'x', [{ metric: 'pulse_bpm', value: 70, at }]),
      ...readings(11, 10),
    ]);
    await settle(store, T0);
    await store.carriedOut();
    expect(await values()).toEqual(upTo(20).filter((value) => value !== 10));
    expect(store.outside()).toMatchObject({ setAside: { 'field-type-conflict': 1 }, waiting: { points: 0 } });
  });

  it('keeps less long than we do, and says how many readings it has dropped', async () => {
    await open();
    await server.query('CREATE DATABASE shouwang WITH DURATION 2h REPLICATION 1 SHARD DURATION 1h');
    await store.append(readings(1, 30));
    await settle(store, T0);
    await store.carriedOut();
    expect(store.outside()).toMatchObject({
      setAside: { 'beyond-retention-policy': 30 },
      waiting: { points: 0 },
    });
  });
});

describe.skipIf(reason !== undefined)('a history that moves', () => {
  let server: Influxd;
  let dir: string;
  beforeEach(async () => {
    server = await Influxd.start();
    dir = mkdtempSync(join(tmpdir(), 'shouwang-moves-'));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('from SQLite over line protocol into InfluxDB and out of it again is the same', async () => {
    const text = (name: string): string =>
      readdirSync(join(dir, name))
        .filter((file) => file.startsWith('part-'))
        .sort()
        .map((file) => gunzipSync(readFileSync(join(dir, name, file))).toString())
        .join('');
    const period = { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX };
    const request = { period, format: 'line-protocol' as const, partRows: 2_000 };
    const first = sqliteTelemetry({ file: join(dir, 'first.db') });
    await first.open();
    const random = seededRandom('moves');
    for (let hour = 1; hour <= 400; hour++)
      await first.append(
        ['m1', 'm 2', 'b,3'].map((device, i) =>
          aReport(
            hour * 3 + i,
            device,
            [
              { metric: 'water_index_m3', value: random.next() * 1e4, at: T0 + hour * HOUR },
              {
                metric: 'skin_temperature_c',
                value: Math.round(300 + random.next() * 90) / 10,
                at: T0 + hour * HOUR,
              },
            ],
            random.chance(0.05) ? [{ event: 'fall', at: T0 + hour * HOUR }] : [],
          ),
        ),
      );
    await exportTo({ ...request, source: first, dir: join(dir, 'a') });
    await first.close();

    const data = join(dir, 'data');
    mkdirSync(data);
    const config = { telemetry: 'influx1' as const, influx1: { url: server.url, database: 'moved' } };
    const outside = { keepDays: 1, spoolMegabytes: 10, localGigabytes: 1, diskFreeGigabytes: 0 };
    const service = await telemetryAt(data, { ...config, outside }, QUIET);
    await service.open();
    await service.close();
    const near = sqliteTelemetry({ file: join(data, 'telemetry.db') });
    const { sealedSeq } = await near.open();
    const files = readdirSync(join(dir, 'a'))
      .filter((file) => file.startsWith('part-'))
      .sort()
      .map((file) => join(dir, 'a', file));
    const note = join(dir, 'note.json');
    const { period: brought } = await importFrom({
      files,
      store: near,
      sealedSeq,
      checkpoint: note,
      precision: 'ns',
      timeZone: 'Asia/Shanghai',
    });
    await near.close();
    if (brought) oweOutside(join(data, 'spool'), brought);
    const again = await telemetryAt(data, { ...config, outside }, QUIET);
    await again.open();
    await vi.waitFor(
      () => expect(again.outside?.()).toMatchObject({ owed: [], waiting: { points: 0 } }),
      PATIENCE_MS,
    );
    await again.close();

    const alone = influx1({ url: server.url, database: 'moved' });
    const source = {
      devices: (after: string, limit: number) => alone.devices(after, limit),
      history: (device: string, of: typeof period) => historyOf(alone, device, of),
    };
    await exportTo({ ...request, source, dir: join(dir, 'b') });
    alone.close();
    expect(text('b')).toBe(text('a'));
  });
});

if (reason !== undefined) test.skip(reason, () => undefined);
