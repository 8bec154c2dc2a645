import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, ManualClock } from '../../src/lib/clock.ts';
import { METRIC_NAMES } from '../../src/model/metrics.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import {
  applyRetention,
  clockInDoubt,
  DEFAULT_RETENTION,
  scheduleRetention,
} from '../../src/store/retention.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { fileBed, type StoreBed } from './bed.ts';
import { alertEffect, anAlert, Committer, T0 } from './fixtures.ts';
import { aReport } from './telemetry.ts';

describe('retention', () => {
  let beds: StoreBed<unknown>[];
  let records: RecordStore;
  let telemetry: TelemetryStore;
  beforeEach(async () => {
    const recordsBed = fileBed((file) => sqliteRecords({ file }));
    const telemetryBed = fileBed((file) => sqliteTelemetry({ file }));
    beds = [recordsBed, telemetryBed];
    records = recordsBed.store();
    telemetry = telemetryBed.store();
    await records.open();
    await telemetry.open();
  });
  afterEach(async () => {
    await records.close();
    await telemetry.close();
    for (const bed of beds) bed.dispose();
  });

  it('keeps meters and vitals for thirteen months, places and motion for thirty days, what was done for three years', async () => {
    const now = T0 + 3 * 365 * DAY;
    const days = [0, 29, 31, 390, 400];
    const readings = days.flatMap((day) =>
      METRIC_NAMES.map((metric) => ({ metric, value: 1, at: now - day * DAY })),
    );
    await telemetry.append([aReport(1, 'd1', readings)]);
    const cleared = { clearReason: 'recovered' } as const;
    await new Committer(records).commit([
      alertEffect(anAlert({ id: 'old', ...cleared, clearedAt: T0 - 1 })),
      alertEffect(anAlert({ id: 'kept', ...cleared, clearedAt: T0 })),
    ]);
    const report = await applyRetention({ records, telemetry }, DEFAULT_RETENTION, now);
    const ages: Record<string, number[]> = {};
    for (const metric of METRIC_NAMES) {
      const points = await telemetry.range({ device: 'd1', metric, from: 0, to: now + 1 });
      ages[metric] = points.map(({ at }) => (now - at) / DAY).reverse();
    }
    expect(ages['water_index_m3']).toEqual([0, 29, 31, 390]);
    expect(ages['systolic_mmhg']).toEqual([0, 29, 31, 390]);
    for (const metric of ['latitude_deg', 'motion_bool', 'flow_m3_h']) expect(ages[metric]).toEqual([0, 29]);
    expect(report.readings).toBe(readings.length - Object.values(ages).flat().length);
    expect(report.records['alerts']).toBe(1);
    expect(await records.alert('kept')).toBeDefined();
  });

  it('deletes nothing by a clock that has leapt by years, until it has stood for a week', async () => {
    const inDoubt = async (days: number): Promise<boolean> =>
      (await clockInDoubt(records, T0 + days * DAY)) !== undefined;
    expect(await inDoubt(0)).toBe(false);
    expect(await inDoubt(7)).toBe(false);
    // It is put right after two days.
    for (const days of [4_000, 4_002]) expect(await inDoubt(days)).toBe(true);
    for (const days of [9, 10]) expect(await inDoubt(days)).toBe(false);
    // A stop of months, and a clock that is right.
    for (const days of [100, 106]) expect(await inDoubt(days)).toBe(true);
    for (const days of [107, 108]) expect(await inDoubt(days)).toBe(false);
    // As if it had been set by hand, twice.
    expect(await inDoubt(9_000)).toBe(true);
    expect(await inDoubt(8_000)).toBe(true);
    expect(await inDoubt(8_006)).toBe(true);
    expect(await inDoubt(8_007)).toBe(false);
  });

  it('runs at its hour in the zone of the service', async () => {
    const clock = new ManualClock(T0);
    for (const [timeZone, hourUtc] of [
      ['Asia/Shanghai', 19],
      ['UTC', 3],
    ] as const) {
      const task = scheduleRetention({ records, telemetry, clock, timeZone });
      const next = new Date(task.nextRunAt() ?? 0);
      expect([next.getUTCHours(), next.getUTCMinutes()]).toEqual([hourUtc, 17]);
      await task.stop();
    }
  });

  /** Schedules it for every second; what the first run said, when it has stopped. */
  async function firstRun(now: number, policy = DEFAULT_RETENTION): Promise<unknown> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const logger = { info: resolve, error: resolve } as never;
    const clock = new ManualClock(now);
    const cron = '* * * * * *';
    const task = scheduleRetention({ records, telemetry, policy, clock, timeZone: 'UTC', cron, logger });
    await vi.advanceTimersByTimeAsync(1_000);
    const said = await promise;
    await task.stop();
    vi.useRealTimers();
    return said;
  }

  it('works with the clock of the service, and says what it did', async () => {
    await telemetry.append([aReport(1, 'd1', [{ metric: 'pulse_bpm', value: 70, at: T0 }])]);
    const policy = { ...DEFAULT_RETENTION, telemetry: { default: HOUR / 2 } };
    expect(await firstRun(T0 + HOUR, policy)).toMatchObject({ readings: 1, records: { alerts: 0 } });
  });

  it('says when it failed', async () => {
    await telemetry.close();
    const err = expect.objectContaining({ message: 'the telemetry is not open' });
    expect(await firstRun(T0)).toMatchObject({ err });
  });
});
