import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { Reading } from '../../src/model/message.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { StoreLocked } from '../../src/store/sqlite/file.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { atLength } from '../runs.ts';
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

  atLength('lets each batch pay its share of the sealing, instead of one for all', async () => {
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

  it('has what was old enough after a restart, without the journal, whatever it was', async () => {
    await openWith({ sealAgeMs: 1_000 });
    const values = [1.25, 71, 1 / 3, -0.5, 2 ** 40, 1e-9, 71, 0.1 + 0.2];
    const at = (i: number) => T0 + [0, 0, 7, 3, 9, 8_640_000, 1, 10][i % 8]! + i;
    const flow = values.map((value, i): Reading => ({ metric: 'flow_m3_h', value, at: at(i) }));
    const pulse = values.map(
      (value, i): Reading => ({ metric: 'pulse_bpm', value, at: at(i), clock: 'network' }),
    );
    await store.append([
      aReport(1, 'b1', [...pulse, ...flow], [{ event: 'sos', at: T0 + 5 }]),
      aReport(2, 'm1', flow),
      aReport(3, 'b1', [{ metric: 'flow_m3_h', value: 9, at: at(2) }]),
    ]);
    const read = async () => ({
      flow: await store.range({ device: 'b1', metric: 'flow_m3_h', from: 0, to: T0 + DAY }),
      pulse: await store.range({ device: 'b1', metric: 'pulse_bpm', from: 0, to: T0 + DAY }),
      other: await store.range({ device: 'm1', metric: 'flow_m3_h', from: 0, to: T0 + DAY }),
      events: await store.events({ device: 'b1', from: 0, to: T0 + DAY, limit: 9 }),
      devices: await store.devices('', 9),
    });
    const before = await read();
    expect(before.pulse.map(({ value, clock }) => `${value} ${clock}`).sort()).toEqual(
      values.map((value) => `${value} network`).sort(),
    );
    expect(before.events).toHaveLength(1);
    expect(await settle(store, T0 + 1_000)).toBe(3);
    expect(await read()).toEqual(before);
    for (const options of [{ sealAgeMs: 1_000 }, { sealPoints: 4, sealAgeMs: 1_000 }]) {
      await store.close();
      await openWith(options);
      expect(await store.stats()).toMatchObject({ points: 24, hotPoints: 0, sealedSeq: 3 });
      expect(await read()).toEqual(before);
      await settle(store, T0);
      expect(await read()).toEqual(before);
    }
  });

  it('has no more of a removed device, when what is old was written as it came', async () => {
    await openWith({ sealAgeMs: 1_000 });
    const reports = Array.from({ length: 30 }, (_, i) =>
      aReport(i + 1, `m${i % 3}`, [{ metric: 'water_index_m3', value: i, at: T0 + i }]),
    );
    await store.append(reports.slice(0, 20));
    await settle(store, T0 + 1_000);
    await store.append(reports.slice(20));
    await store.removeDevice('m1');
    expect((await store.stats()).points).toBe(20);
    await store.close();
    await openWith({ sealAgeMs: 1_000 });
    expect(await store.stats()).toMatchObject({ points: 13, hotPoints: 0, sealedSeq: 20 });
    expect(await store.devices('', 9)).toEqual(['m0', 'm2']);
    const values = async (device: string) =>
      (await store.range({ device, metric: 'water_index_m3', from: 0, to: T0 + 99 })).map(
        ({ value }) => value,
      );
    expect(await values('m1')).toEqual([]);
    expect(await values('m2')).toEqual([2, 5, 8, 11, 14, 17]);
    expect(piecesIn(file)).toBe(1);
    await settle(store, T0);
    expect(piecesIn(file)).toBe(0);
    expect(await values('m2')).toEqual([2, 5, 8, 11, 14, 17]);
    await store.append(reports.slice(20));
    expect(await settle(store, T0 + 1_000)).toBe(30);
    expect(piecesIn(file)).toBe(1);
    await store.removeDevice('m2');
    await settle(store, T0);
    expect(piecesIn(file)).toBe(0);
    expect((await store.stats()).points).toBe(10);
  });

  atLength(
    'writes a large log as it came in steps, and says that it is on disk when all of it is',
    async () => {
      await openWith({ sealAgeMs: 1_000 });
      const report = (seq: number) => {
        const readings = Array.from(
          { length: 1_000 },
          (_, i): Reading => ({ metric: 'pulse_bpm', value: i % 50, at: T0 + seq * 1_000 + i }),
        );
        return aReport(seq, `b${seq % 7}`, readings);
      };
      const reports = Array.from({ length: 50 }, (_, i) => report(i + 1));
      await store.append(reports);
      const steps: number[] = [];
      for (let more = true; more; ) {
        const { sealedSeq, hasMore } = await store.maintain(T0 + 1_000);
        steps.push(sealedSeq);
        more = hasMore;
      }
      expect(steps).toEqual([0, 0, 0, 50]);
      await store.append([report(51)]);
      await store.close();
      await openWith({ sealAgeMs: 1_000 });
      expect(await store.stats()).toMatchObject({ points: 50_000, hotPoints: 0, sealedSeq: 50 });
    },
  );

  it('keeps what is old enough on disk while it is moved into blocks, however often that is cut off', async () => {
    const options = { sealPoints: 40, sealAgeMs: 1_000, stepMs: 0 };
    await openWith(options);
    const reports = Array.from({ length: 60 }, (_, i) =>
      aReport(i + 1, `m${i % 50}`, [{ metric: 'water_index_m3', value: i, at: T0 + i }]),
    );
    await store.append(reports.slice(0, 30));
    await settle(store, T0 + 1_000);
    await store.append(reports.slice(30));
    for (const units of [1, 3]) {
      for (let i = 0; i < units; i++) await store.maintain(T0);
      await store.close();
      await openWith(options);
      expect(await store.stats()).toMatchObject({ points: 30, hotPoints: 0, sealedSeq: 30 });
      await store.append(reports.slice(30));
    }
    expect(await settle(store, T0)).toBe(60);
    await store.close();
    await openWith(options);
    expect(await store.stats()).toMatchObject({ points: 60, hotPoints: 0, sealedSeq: 60 });
    const points = await store.range({ device: 'm7', metric: 'water_index_m3', from: 0, to: T0 + 99 });
    expect(points.map(({ value }) => value)).toEqual([7, 57]);
  });

  describe('moves blocks into chunks', () => {
    const moving = { sealPoints: 20, stepMs: 0, compactBlocks: 1, chunkPoints: 8 };
    const [first, last] = [0, 9];
    const report = (seq: number, i: number, more = 0) =>
      aReport(seq, `m${i % 10}`, [{ metric: 'water_index_m3', value: i + more, at: T0 + i }]);
    /** Series that stand in chunks. */
    const moved = (): number => {
      const db = new DatabaseSync(file, { readOnly: true });
      const { n } = db.prepare('select count(distinct series) as n from chunks').get() as { n: number };
      db.close();
      return n;
    };
    const valuesOf = async (device: string): Promise<number[]> => {
      const points = await store.range({ device, metric: 'water_index_m3', from: 0, to: T0 + 99 });
      return points.map(({ value }) => value);
    };
    /** So far that some series have been moved and others wait. */
    const begin = async (): Promise<void> => {
      await openWith(moving);
      await store.append(Array.from({ length: 30 }, (_, i) => report(i + 1, i)));
      while (moved() < 4) await store.maintain(T0);
      expect(moved()).toBe(4);
    };

    it('series by series, so that whoever calls meanwhile waits for one of them, and reads all of it once', async () => {
      await begin();
      for (let more = true; more; ) {
        const before = moved();
        more = (await store.maintain(T0)).hasMore;
        expect(moved() - before).toBeLessThanOrEqual(1);
        expect((await store.stats()).points).toBe(30);
        for (const i of [first, last]) expect(await valuesOf(`m${i}`)).toEqual([i, i + 10, i + 20]);
      }
      expect(moved()).toBe(10);
    });

    it('and anew after a stop in between, with nothing twice', async () => {
      await begin();
      await store.close();
      await openWith(moving);
      await settle(store, T0);
      expect(moved()).toBe(10);
      expect((await store.stats()).points).toBe(30);
      for (const i of [first, last]) expect(await valuesOf(`m${i}`)).toEqual([i, i + 10, i + 20]);
    });

    it('and not what was written before over what was written later, when a device is removed in between', async () => {
      await openWith({ ...moving, sealPoints: 5_000, compactBlocks: 4 });
      const many = (seq: number, value: number) =>
        aReport(
          seq,
          'm1',
          Array.from({ length: 5_000 }, (_, i): Reading => ({ metric: 'pulse_bpm', value, at: T0 + i })),
        );
      await store.append([report(1, 0), many(2, 60)]);
      await settle(store, T0);
      // Both wait in blocks now, too many for one go: the first are moved by themselves.
      await store.append([report(3, 0), many(4, 70)]);
      while (moved() < 1) await store.maintain(T0);
      await store.removeDevice('m0');
      await settle(store, T0);
      const points = await store.range({ device: 'm1', metric: 'pulse_bpm', from: 0, to: T0 + 5_000 });
      expect(new Set(points.map(({ value }) => value))).toEqual(new Set([70]));
      expect((await store.stats()).points).toBe(5_000);
    });
  });

  atLength('takes at most three bytes for an hourly meter reading', async () => {
    await openWith();
    const { bytes } = await store.stats();
    await fillMeters(store, 30, 60);
    await expectBytesPerReading(store, bytes, 3);
  });

  atLength(
    'takes at most three bytes for a vital sign of a minute, taken by a clock that is not quite even',
    async () => {
      await openWith();
      const { bytes } = await store.stats();
      await fillBands(store, 10, 24 * 60);
      await expectBytesPerReading(store, bytes, 3);
    },
  );
});

/** How much of the log stands in the file as it came. */
function piecesIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return (db.prepare('select count(*) as n from log_pieces').get() as { n: number }).n;
  } finally {
    db.close();
  }
}

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
