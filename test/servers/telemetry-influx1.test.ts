import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { influx1 } from '../../src/store/outside/influx1.ts';
import { type OutsideTelemetry, outsideTelemetry } from '../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { T0 } from '../contracts/fixtures.ts';
import { type OutsideServer, outsideBed, QUIET, ROOM } from '../contracts/outside-bed.ts';
import { aReport, settle, telemetryContract } from '../contracts/telemetry.ts';
import { Influxd, whyNoInfluxd } from './influxd.ts';

const reason = whyNoInfluxd();

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
  telemetryContract('InfluxDB 1, nothing kept here', () => outsideBed(outside, -400 * DAY));
  telemetryContract('InfluxDB 1, an hour kept here', () => outsideBed(outside, 60 * 60_000));
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
  const open = async (timeoutMs = 2_000): Promise<void> => {
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
    vi.waitFor(() => expect(store.outside().trouble?.code).toBe(code), { timeout: 10_000, interval: 20 });

  it('is killed while it is written to, and has every reading once when it is back', async () => {
    await open();
    for (let batch = 0; batch < 40; batch++) {
      await store.append(readings(1 + batch * 500, 500));
      await settle(store, T0);
      if (batch === 5) await server.pause('SIGKILL');
      if (batch === 20) await server.resume();
    }
    await vi.waitFor(() => expect(store.outside().waiting.points).toBe(0), { timeout: 10_000 });
    expect(await values()).toEqual(upTo(20_000));
    expect(store.outside().setAside).toEqual({});
  });

  it('takes connections and says nothing, and is told from one that is away', async () => {
    await open(150);
    await store.append(readings(1, 10));
    await settle(store, T0);
    await store.carriedOut();
    server.freeze();
    await store.append(readings(11, 10));
    await settle(store, T0);
    await allIs('slow');
    expect(await store.range({ device: 'm1', metric: 'water_index_m3', from: 0, to: T0 + DAY })).toHaveLength(
      3,
    );
    server.thaw();
    await vi.waitFor(() => expect(store.outside().waiting.points).toBe(0), { timeout: 10_000 });
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

if (reason !== undefined) test.skip(reason, () => undefined);
