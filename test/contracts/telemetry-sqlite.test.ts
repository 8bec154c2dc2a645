import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { Reading } from '../../src/model/message.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { fileBed, tempFolder } from './bed.ts';
import { T0 } from './fixtures.ts';
import { aReport, settle, telemetryContract } from './telemetry.ts';

// Small enough that every random history passes through blocks, chunks and their splitting.
const small = { sealPoints: 20, stepMs: 0, compactBlocks: 2, chunkPoints: 8, sealAgeMs: 10 * MINUTE };
telemetryContract('SQLite', () => fileBed((file) => sqliteTelemetry({ file, ...small })));

describe('the telemetry file', () => {
  let dir: string;
  let file: string;
  let store: TelemetryStore;
  const openWith = async (options: Omit<Parameters<typeof sqliteTelemetry>[0], 'file'> = {}) => {
    store = sqliteTelemetry({ file, ...options });
    await store.open();
  };
  beforeEach(() => {
    dir = tempFolder('telemetry');
    file = join(dir, 'telemetry.db');
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('belongs to one store at a time', async () => {
    await openWith();
    await expect(sqliteTelemetry({ file }).open()).rejects.toThrow(StoreLocked);
  });

  it('waits with sealing until there is enough, or until the first reading is old', async () => {
    await openWith({ sealPoints: 3, sealAgeMs: 1_000 });
    const one = (seq: number) => aReport(seq, 'm1', [{ metric: 'water_index_m3', value: seq, at: T0 + seq }]);
    await store.append([one(1), one(2)]);
    expect(await settle(store, T0 + 999)).toBe(0);
    expect(await settle(store, T0 + 1_000)).toBe(2);
    await store.append([one(3), one(4), one(5)]);
    expect(await settle(store, T0)).toBe(5);
  });

  it('holds up the sender rather than the memory', async () => {
    await openWith({ sealPoints: 100, hardPoints: 150, stepMs: 0 });
    for (let i = 1; i <= 50; i++) {
      const readings = Array.from(
        { length: 10 },
        (_, n): Reading => ({ metric: 'pulse_bpm', value: n, at: T0 + i * 100 + n }),
      );
      await store.append([aReport(i, `b${i}`, readings)]);
      expect((await store.stats()).hotPoints).toBeLessThan(300);
    }
    expect((await store.stats()).points).toBe(500);
    expect((await store.stats()).sealedSeq).toBeGreaterThan(0);
  });

  it('lets each batch pay its share of the sealing, instead of one for all', async () => {
    await openWith({ sealPoints: 400, hardPoints: 1_200, stepMs: 0 });
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns++;
      if (counting) setImmediate(count);
    };
    count();
    const waited: number[] = [];
    for (let seq = 1; seq <= 3_000; seq += 20) {
      const reports = Array.from({ length: 20 }, (_, i) =>
        aReport(seq + i, `m${seq + i}`, [{ metric: 'water_index_m3', value: 1, at: T0 }]),
      );
      const before = turns;
      await store.append(reports);
      waited.push(turns - before);
    }
    counting = false;
    expect((await store.stats()).sealedSeq).toBeGreaterThan(1_000);
    // All of a log are more than 25 units of work.
    expect(Math.max(...waited)).toBeLessThan(10);
  });

  it('keeps a removed device removed when the journal brings it back, and what came after its return', async () => {
    await openWith({ sealAgeMs: 1 });
    const reading = (seq: number) =>
      aReport(seq, 'm1', [{ metric: 'water_index_m3', value: seq, at: T0 + seq }]);
    const journal = [reading(1), reading(2), reading(3)];
    await store.append(journal.slice(0, 2));
    await store.removeDevice('m1');
    await store.append(journal.slice(2));
    await store.close();
    await openWith();
    await store.append(journal);
    const points = await store.range({ device: 'm1', metric: 'water_index_m3', from: 0, to: T0 + 9 });
    expect(points).toEqual([{ at: T0 + 3, value: 3, clock: 'device' }]);
  });

  it('begins a generation anew that was cut off half way', async () => {
    const one = { sealPoints: 40, stepMs: 0 };
    await openWith(one);
    const reports = Array.from({ length: 60 }, (_, i) =>
      aReport(i + 1, `m${i}`, [{ metric: 'water_index_m3', value: i, at: T0 + i }]),
    );
    await store.append(reports);
    for (let i = 0; i < 3; i++) await store.maintain(T0);
    await store.close();
    await openWith(one);
    expect(await store.stats()).toMatchObject({ points: 0, sealedSeq: 0 });
    await store.append(reports);
    await settle(store, T0);
    await store.close();
    await openWith(one);
    expect(await store.stats()).toMatchObject({ points: 60, sealedSeq: 60 });
  });

  it('takes at most three bytes for an hourly meter reading', async () => {
    await openWith();
    const { bytes } = await store.stats();
    await fillMeters(store, 30, 60);
    await expectBytesPerReading(store, bytes, 3);
  });

  it('takes at most three bytes for a vital sign of a minute, taken by a clock that is not quite even', async () => {
    await openWith();
    const { bytes } = await store.stats();
    await fillBands(store, 10, 24 * 60);
    await expectBytesPerReading(store, bytes, 3);
  });
});

/** Of the pages in use, without those that an empty file has. */
async function expectBytesPerReading(store: TelemetryStore, empty: number, most: number): Promise<void> {
  await store.retain({ default: 0 });
  const { points, bytes } = await store.stats();
  expect(points).toBeGreaterThan(40_000);
  expect((bytes - empty) / points).toBeLessThan(most);
}

async function fillMeters(store: TelemetryStore, homes: number, days: number): Promise<void> {
  const random = seededRandom('meters');
  const index = Array.from({ length: homes }, () => random.integer(10_000, 500_000));
  const offset = index.map(() => random.integer(0, 3_599) * 1_000);
  let seq = 0;
  for (let now = T0; now < T0 + days * DAY; now += HOUR) {
    const isDay = now % DAY > 6 * HOUR;
    const reports = index.map((litres, i) => {
      if (isDay && random.chance(0.6)) index[i] = litres + random.integer(1, 40);
      const at = now + (offset[i] as number);
      return aReport(
        ++seq,
        `m${i}`,
        [{ metric: 'water_index_m3', value: (index[i] as number) / 1_000, at }],
        [],
        at,
      );
    });
    await store.append(reports);
    await settle(store, now);
  }
}

async function fillBands(store: TelemetryStore, bands: number, minutes: number): Promise<void> {
  const random = seededRandom('bands');
  let seq = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const now = T0 + minute * MINUTE;
    const reports = Array.from({ length: bands }, (_, i) => {
      const at = now + random.integer(-2, 2) * 1_000;
      const pulse = Math.round(70 + 15 * Math.sin(minute / 200 + i) + random.normal(0, 3));
      const skin = Math.round(330 + random.normal(0, 2)) / 10;
      return aReport(
        ++seq,
        `b${i}`,
        [
          { metric: 'pulse_bpm', value: pulse, at },
          { metric: 'spo2_pct', value: random.integer(95, 98), at },
          { metric: 'skin_temperature_c', value: skin, at },
        ],
        [],
        at,
      );
    });
    await store.append(reports);
    await settle(store, now);
  }
}
