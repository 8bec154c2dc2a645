import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { ClockSource, DeviceEvent, Reading } from '../../src/model/message.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import type { SequencedReport, TelemetryStore } from '../../src/ports/telemetry.ts';
import { runs } from '../runs.ts';
import type { StoreBed } from './bed.ts';
import { T0 } from './fixtures.ts';
import { historyContract } from './telemetry-history.ts';

/** A fresh, open store for every test. */
export interface TelemetryExam {
  readonly bed: StoreBed<TelemetryStore>;
  readonly store: TelemetryStore;
  /** A store on what a crash at this instant would leave, and what it says it has. Closed with the test. */
  afterCrash(): Promise<{ store: TelemetryStore; sealedSeq: number }>;
}

export function aReport(
  seq: number,
  device: string,
  readings: readonly Reading[],
  events: readonly DeviceEvent[] = [],
  receivedAt = T0,
): SequencedReport {
  return { seq, report: { kind: 'report', receivedAt, device, clock: 'device', readings, events } };
}

/** Lets the store do all the housekeeping that it wants to do at this time. */
export async function settle(store: TelemetryStore, now: number): Promise<number> {
  for (;;) {
    const { sealedSeq, hasMore } = await store.maintain(now);
    if (!hasMore) return sealedSeq;
  }
}

const water = (value: number, at: number): Reading => ({ metric: 'water_index_m3', value, at });
const WATER = { device: 'm1', metric: 'water_index_m3' } as const;
const LONG_AFTER = T0 + 400 * DAY;

/** The exam of every adapter of the telemetry store. */
export function telemetryContract(
  name: string,
  make: () => StoreBed<TelemetryStore>,
  histories = runs(1, 240),
): void {
  describe(`telemetry in ${name}`, () => {
    const exam = useTelemetry(make);
    readingContract(exam);
    downsampleContract(exam);
    exactContract(exam);
    keepingContract(exam);
    historyContract(exam, histories);
  });
}

function useTelemetry(make: () => StoreBed<TelemetryStore>): () => TelemetryExam {
  let exam: TelemetryExam;
  const opened: TelemetryStore[] = [];
  beforeEach(async () => {
    const bed = make();
    const store = bed.store();
    expect(await store.open()).toEqual({ sealedSeq: 0 });
    opened.push(store);
    exam = {
      bed,
      store,
      async afterCrash() {
        const left = bed.afterCrash().store();
        const { sealedSeq } = await left.open();
        opened.push(left);
        return { store: left, sealedSeq };
      },
    };
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    exam.bed.dispose();
  });
  return () => exam;
}

function readingContract(exam: () => TelemetryExam): void {
  describe('readings', () => {
    it('can be read as soon as they were taken, from the first instant up to but not including the last', async () => {
      const { store } = exam();
      await store.append([aReport(1, 'm1', [water(3, T0 + 20), water(1, T0), water(2, T0 + 10)])]);
      const range = (from: number, to: number, limit?: number) =>
        store.range({ ...WATER, from, to, ...(limit !== undefined && { limit }) });
      expect(await range(T0, T0 + 20)).toEqual([
        { at: T0, value: 1, clock: 'device' },
        { at: T0 + 10, value: 2, clock: 'device' },
      ]);
      expect(await range(T0 + 1, T0 + 21, 1)).toEqual([{ at: T0 + 10, value: 2, clock: 'device' }]);
      expect(await range(T0 + 21, T0 + 99)).toEqual([]);
      expect(
        await store.range({ device: 'other', metric: 'water_index_m3', from: 0, to: LONG_AFTER }),
      ).toEqual([]);
    });

    it('come back exactly, whatever number they are', async () => {
      const { store } = exam();
      const values = [
        0,
        0.1,
        123.4567,
        9_999_999.9999,
        -0.5,
        1e-7,
        Math.PI,
        1e300,
        5e-324,
        0.1 + 0.2,
        2 ** 53,
      ];
      const metric: MetricName = 'flow_m3_h';
      await store.append([
        aReport(
          1,
          'm1',
          values.map((value, i) => ({ metric, value, at: T0 + i * 7 })),
        ),
      ]);
      const read = async () =>
        (await store.range({ device: 'm1', metric, from: 0, to: LONG_AFTER })).map(({ value }) => value);
      expect(await read()).toEqual(values);
      await settle(store, LONG_AFTER);
      await store.retain({ default: 0 });
      expect(await read()).toEqual(values);
    });

    it('that were taken twice count once, and a correction stands', async () => {
      const { store } = exam();
      const read = () => store.range({ ...WATER, from: 0, to: LONG_AFTER });
      await store.append([aReport(1, 'm1', [water(1, T0)]), aReport(2, 'm1', [water(1, T0)])]);
      await settle(store, LONG_AFTER);
      await store.append([aReport(3, 'm1', [water(1.5, T0)])]);
      expect(await read()).toEqual([{ at: T0, value: 1.5, clock: 'device' }]);
      await settle(store, LONG_AFTER);
      expect(await read()).toEqual([{ at: T0, value: 1.5, clock: 'device' }]);
    });

    it('show the newest by device and metric, where there is one', async () => {
      const { store } = exam();
      await store.append([
        aReport(1, 'm1', [
          water(1, T0 + 50),
          water(9, T0 + 10),
          { metric: 'battery_pct', value: 80, at: T0 },
        ]),
        aReport(2, 'm2', [water(4, T0 + 20)]),
      ]);
      const expected = [
        { device: 'm1', metric: 'water_index_m3', at: T0 + 50, value: 1, clock: 'device' },
        { device: 'm1', metric: 'battery_pct', at: T0, value: 80, clock: 'device' },
        { device: 'm2', metric: 'water_index_m3', at: T0 + 20, value: 4, clock: 'device' },
      ];
      const read = () => store.last(['m1', 'none', 'm2'], ['water_index_m3', 'battery_pct']);
      expect(await read()).toEqual(expected);
      await settle(store, LONG_AFTER);
      expect(await read()).toEqual(expected);
    });

    it('say whose clock their time is of: that of the reading, or else of its report', async () => {
      const { store } = exam();
      const by = (seq: number, clock: ClockSource, readings: readonly Reading[]): SequencedReport => {
        const { report } = aReport(seq, 'm1', readings);
        return { seq, report: { ...report, clock } };
      };
      await store.append([
        by(1, 'device', [water(1, T0), { ...water(2, T0 + HOUR), clock: 'network' }]),
        by(2, 'received', [water(3, T0 + 2 * HOUR), water(4, T0 + 3 * HOUR)]),
      ]);
      const read = async () =>
        (await store.range({ ...WATER, from: 0, to: LONG_AFTER })).map(({ clock }) => clock);
      const expected = ['device', 'network', 'received', 'received'];
      expect(await read()).toEqual(expected);
      await settle(store, LONG_AFTER);
      await store.retain({ default: 0 });
      expect(await read()).toEqual(expected);
      await store.append([by(3, 'network', [water(4, T0 + 3 * HOUR)])]);
      expect(await store.last(['m1'], ['water_index_m3'])).toMatchObject([{ value: 4, clock: 'network' }]);
    });

    it('refuse an instant that is none', async () => {
      const { store } = exam();
      for (const at of [Number.NaN, 0.5, 1e17])
        await expect(store.append([aReport(1, 'm1', [water(1, at)])])).rejects.toThrow(RangeError);
    });
  });

  describe('what devices say has happened', () => {
    it('is kept once, in order, before and after sealing', async () => {
      const { store } = exam();
      const sos: DeviceEvent = { event: 'sos', at: T0 + 5 };
      const fall: DeviceEvent = { event: 'fall', at: T0 + 1 };
      await store.append([aReport(1, 'b1', [], [sos, fall]), aReport(2, 'b1', [], [sos])]);
      const read = (limit = 10) => store.events({ device: 'b1', from: T0, to: T0 + 6, limit });
      expect(await read()).toEqual([fall, sos]);
      await settle(store, LONG_AFTER);
      await store.append([aReport(3, 'b1', [], [sos, { event: 'boot', at: T0 + 6 }])]);
      expect(await read()).toEqual([fall, sos]);
      expect(await read(1)).toEqual([fall]);
      expect(await store.events({ device: 'b2', from: 0, to: LONG_AFTER, limit: 9 })).toEqual([]);
    });
  });
}

function downsampleContract(exam: () => TelemetryExam): void {
  describe('down-sampling', () => {
    it('gives a bucket for each step with a point, and what the counter grew since the point before', async () => {
      const { store } = exam();
      const at = (minutes: number) => T0 + minutes * MINUTE;
      const points: [number, number][] = [
        [0, 10],
        [70, 12],
        [80, 15],
        [90, 1],
        [100, 3],
        [300, 4],
      ];
      await store.append([
        aReport(
          1,
          'm1',
          points.map(([minutes, value]) => water(value, at(minutes))),
        ),
      ]);
      const query = { ...WATER, from: at(60), to: at(360), stepMs: HOUR };
      const expected = [
        {
          from: at(60),
          count: 4,
          first: 12,
          last: 3,
          min: 1,
          max: 15,
          mean: 31 / 4,
          increase: 2 + 3 + 0 + 2,
        },
        { from: at(300), count: 1, first: 4, last: 4, min: 4, max: 4, mean: 4, increase: 1 },
      ];
      expect(await store.downsample(query)).toEqual(expected);
      await settle(store, LONG_AFTER);
      expect(await store.downsample(query)).toEqual(expected);
      expect(await store.downsample({ ...query, limit: 1 })).toEqual(expected.slice(0, 1));
      const [first] = await store.downsample({ ...query, from: T0, to: at(60) });
      expect(first?.increase).toBe(0);
      await expect(store.downsample({ ...query, stepMs: 0 })).rejects.toThrow(RangeError);
    });
  });
}

function exactContract(exam: () => TelemetryExam): void {
  it('of a counter adds up what it grew without a tail of fractions', async () => {
    const { store } = exam();
    const litres = Array.from({ length: 600 }, (_, i) => 1_000_000 + i * 7);
    await store.append([
      aReport(
        1,
        'm1',
        litres.map((value, i) => water(value / 1_000, T0 + i * MINUTE)),
      ),
    ]);
    const [whole] = await store.downsample({ ...WATER, from: T0, to: T0 + DAY, stepMs: DAY });
    expect(whole?.increase).toBe(4.193);
  });
}

function keepingContract(exam: () => TelemetryExam): void {
  describe('keeping', () => {
    it('says up to which input it is on disk, and after a crash needs no more than what came after', async () => {
      const { store, afterCrash } = exam();
      const reports = Array.from({ length: 60 }, (_, i) =>
        aReport(i + 1, `m${i % 3}`, [water(i, T0 + i * HOUR)]),
      );
      await store.append(reports.slice(0, 40));
      expect(await settle(store, LONG_AFTER)).toBe(40);
      await store.append(reports.slice(40));
      const left = await afterCrash();
      expect(left.sealedSeq).toBe(40);
      await left.store.append(reports.slice(left.sealedSeq));
      const points = await Promise.all(
        [0, 1, 2].map((i) =>
          left.store.range({ device: `m${i}`, metric: 'water_index_m3', from: 0, to: LONG_AFTER }),
        ),
      );
      expect(
        points
          .flat()
          .map(({ value }) => value)
          .sort((a, b) => a - b),
      ).toEqual(reports.map((_, i) => i));
    });

    it('follows the journal through a time in which nothing was measured', async () => {
      const { store } = exam();
      await store.append([], 7);
      expect(await settle(store, T0)).toBe(0);
      expect(await settle(store, LONG_AFTER)).toBe(7);
      await store.append([aReport(8, 'm1', [water(1, T0)])], 12);
      expect(await settle(store, LONG_AFTER)).toBe(12);
    });

    it('deletes by metric what is older, exactly', async () => {
      const { store } = exam();
      const hours = Array.from({ length: 50 }, (_, i) => T0 + i * HOUR);
      const readings = hours.flatMap((at, i) => [
        water(i, at),
        { metric: 'pulse_bpm' as const, value: 60 + i, at },
      ]);
      await store.append([
        aReport(1, 'm1', readings, [
          { event: 'leak', at: T0 },
          { event: 'burst', at: T0 + DAY },
        ]),
      ]);
      expect(await store.retain({ default: T0 + 10 * HOUR, pulse_bpm: T0 + 20 * HOUR + 1 })).toBe(31);
      expect(await store.retain({ default: T0 + 10 * HOUR, pulse_bpm: T0 + 20 * HOUR + 1 })).toBe(0);
      const first = async (metric: MetricName) =>
        (await store.range({ device: 'm1', metric, from: 0, to: LONG_AFTER }))[0]?.at;
      expect(await first('water_index_m3')).toBe(T0 + 10 * HOUR);
      expect(await first('pulse_bpm')).toBe(T0 + 21 * HOUR);
      expect(await store.events({ device: 'm1', from: 0, to: LONG_AFTER, limit: 9 })).toHaveLength(1);
      expect(await store.stats()).toMatchObject({ points: 69, hotPoints: 0, sealedSeq: 1 });
      expect(await store.retain({ default: LONG_AFTER })).toBe(69);
      expect((await store.stats()).points).toBe(0);
    });

    it('counts what it holds', async () => {
      const { store } = exam();
      await store.append([
        aReport(1, 'm1', [water(1, T0), water(2, T0 + 1)]),
        aReport(2, 'm2', [water(1, T0)]),
      ]);
      expect(await store.stats()).toMatchObject({ points: 3, hotPoints: 3, sealedSeq: 0 });
      await settle(store, LONG_AFTER);
      expect(await store.stats()).toMatchObject({ points: 3, hotPoints: 0, sealedSeq: 2 });
      await store.removeDevice('m1');
      expect((await store.stats()).points).toBe(1);
    });

    it('can be copied while it is in use', async () => {
      const { bed, store } = exam();
      const reports = Array.from({ length: 400 }, (_, i) =>
        aReport(i + 1, `m${i % 40}`, [water(i, T0 + i * HOUR)]),
      );
      await store.append(reports);
      await settle(store, LONG_AFTER);
      const copying = store.backup(bed.backupFile);
      await store.append([aReport(401, 'm1', [water(999, T0 + 500 * HOUR)])]);
      await settle(store, LONG_AFTER);
      await copying;
      const copy = bed.restored().store();
      const { sealedSeq } = await copy.open();
      expect(sealedSeq).toBeGreaterThanOrEqual(400);
      const points = await copy.range({ ...WATER, from: 0, to: T0 + 450 * HOUR });
      expect(points.map(({ value }) => value)).toEqual(Array.from({ length: 10 }, (_, i) => 1 + i * 40));
      await copy.close();
    });
  });
}
