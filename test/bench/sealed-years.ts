import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import { METRICS } from '../../src/model/metrics.ts';
import type { SequencedReport, TelemetryStore } from '../../src/ports/telemetry.ts';
import { openSqliteFile, transaction } from '../../src/store/sqlite/file.ts';
import { encodeChunk } from '../../src/store/telemetry/chunk.ts';
import { clockCode, type PointList } from '../../src/store/telemetry/points.ts';
import { seriesOf, TelemetryTables } from '../../src/store/telemetry/tables.ts';

/**
 * A store of readings as it is after a year: half of them pulses of a minute (a month of bands), half indices of an
 * hour (a year of meters). What is older than the last day is written as the chunks that the store itself would have
 * made of it, in the order in which it would have made them; the last day comes as readings come, report by report.
 */
export const BAND_DAYS = 31;
export const METER_DAYS = 365;
export const T0 = Date.UTC(2026, 0, 1);
export const END = T0 + METER_DAYS * DAY;
const LAST_DAY = END - DAY;
/** Points of a full chunk, as the store makes them. */
const CHUNK_POINTS = 512;
const PAGE_SIZE = 8_192;
const WAL_PAGES = 4_000;
const MINUTES_PER_REPORT = 10;
const REPORTS_PER_BATCH = 5_000;
const CLOCK = clockCode('device');

export interface Fleet {
  readonly bands: number;
  readonly meters: number;
}

export const fleetOf = (points: number): Fleet => ({
  bands: Math.max(1, Math.round(points / 2 / (BAND_DAYS * 24 * 60))),
  meters: Math.max(1, Math.round(points / 2 / (METER_DAYS * 24))),
});

/** What the devices say, each point once and in its order. */
class Saying {
  readonly #random: Random = seededRandom('stored');
  readonly #litres: number[];

  constructor({ meters }: Fleet) {
    this.#litres = Array.from({ length: meters }, () => this.#random.integer(10_000, 500_000));
  }

  index(meter: number): number {
    if (this.#random.chance(0.4)) (this.#litres[meter] as number) += this.#random.integer(1, 40);
    return (this.#litres[meter] as number) / 1_000;
  }

  pulse(band: number, at: number): number {
    return Math.round(70 + 12 * Math.sin(at / 9e6 + band) + 3 * this.#random.next());
  }
}

export const meterAt = (meter: number, hour: number): number => hour + (meter % 3_600) * 1_000;

/** Fills an empty file. @returns what goes on talking where it stopped: see `tellLastDay` */
export function writeSealed(file: string, fleet: Fleet): Saying {
  const saying = new Saying(fleet);
  const { db, close } = openedFile(file);
  try {
    const tables = new TelemetryTables(db, CHUNK_POINTS);
    transaction(db, () => {
      for (let i = 0; i < fleet.meters; i++) enrol(tables, `m${i}`);
      for (let i = 0; i < fleet.bands; i++) enrol(tables, `b${i}`);
    });
    for (const slice of slicesOf(fleet, saying)) transaction(db, () => writeSlice(tables, slice));
  } finally {
    close();
  }
  return saying;
}

function enrol(tables: TelemetryTables, device: string): void {
  tables.sql.addDevice.run(tables.numberOf(device), device);
}

function openedFile(file: string) {
  const opened = openSqliteFile(file, { pageSize: PAGE_SIZE, walPages: WAL_PAGES });
  opened.db.exec('PRAGMA synchronous = OFF');
  return { db: opened.db, close: () => opened.close() };
}

/** Chunks that become full in the same stretch of time, one for each device of a kind. */
interface Slice {
  readonly until: number;
  readonly metric: MetricName;
  readonly devices: readonly string[];
  readonly points: (device: number) => PointList;
}

function slicesOf({ bands, meters }: Fleet, saying: Saying): Slice[] {
  const names = (letter: string, length: number) => Array.from({ length }, (_, i) => `${letter}${i}`);
  const kinds = [
    { metric: 'water_index_m3', devices: names('m', meters), from: T0, stepMs: HOUR },
    { metric: 'pulse_bpm', devices: names('b', bands), from: END - BAND_DAYS * DAY, stepMs: MINUTE },
  ] as const;
  const slices = kinds.flatMap(({ metric, devices, from, stepMs }) => {
    const starts = Math.ceil((LAST_DAY - from) / (CHUNK_POINTS * stepMs));
    return Array.from({ length: starts }, (_, i): Slice => {
      const start = from + i * CHUNK_POINTS * stepMs;
      const until = Math.min(start + CHUNK_POINTS * stepMs, LAST_DAY);
      const points = (device: number) => pointsOf(metric, device, saying, { start, until, stepMs });
      return { until, metric, devices, points };
    });
  });
  return slices.sort((a, b) => a.until - b.until);
}

interface Stretch {
  readonly start: number;
  readonly until: number;
  readonly stepMs: number;
}

function pointsOf(metric: MetricName, device: number, saying: Saying, stretch: Stretch): PointList {
  const points: PointList = { at: [], value: [], clock: [] };
  for (let now = stretch.start; now < stretch.until; now += stretch.stepMs) {
    const isMeter = metric === 'water_index_m3';
    points.at.push(isMeter ? meterAt(device, now) : now);
    points.value.push(isMeter ? saying.index(device) : saying.pulse(device, now));
    points.clock.push(CLOCK);
  }
  return points;
}

function writeSlice(tables: TelemetryTables, { metric, devices, points }: Slice): void {
  devices.forEach((device, i) => {
    const series = seriesOf(tables.numberOf(device), METRICS[metric].id);
    const piece = points(i);
    const [first, last] = [piece.at[0] as number, piece.at.at(-1) as number];
    tables.sql.addChunk.run(series, first, last, piece.at.length, encodeChunk(piece));
    tables.meta.chunkPoints += piece.at.length;
  });
  tables.setMeta('chunkPoints', tables.meta.chunkPoints);
}

/** The last day, hour by hour, while the store seals what it has as it does in the service. */
export async function tellLastDay(store: TelemetryStore, fleet: Fleet, saying: Saying): Promise<void> {
  let seq = 0;
  for (let now = LAST_DAY; now < END; now += HOUR) {
    const reports = hourOf(now, fleet, saying).map((report): SequencedReport => ({ seq: ++seq, report }));
    for (let from = 0; from < reports.length; from += REPORTS_PER_BATCH) {
      await store.append(reports.slice(from, from + REPORTS_PER_BATCH));
      for (let unit = 0; unit < 20 && (await store.maintain(now)).hasMore; unit++);
    }
  }
}

type Report = SequencedReport['report'];

function hourOf(now: number, { bands, meters }: Fleet, saying: Saying): Report[] {
  const report = (device: string, readings: Report['readings']): Report => ({
    ...{ kind: 'report', receivedAt: now, device, clock: 'device', readings, events: [] },
  });
  const reports: Report[] = [];
  for (let i = 0; i < meters; i++)
    reports.push(
      report(`m${i}`, [{ metric: 'water_index_m3', at: meterAt(i, now), value: saying.index(i) }]),
    );
  for (let minute = 0; minute < 60; minute += MINUTES_PER_REPORT)
    for (let i = 0; i < bands; i++)
      reports.push(
        report(
          `b${i}`,
          Array.from({ length: MINUTES_PER_REPORT }, (_, k) => {
            const at = now + (minute + k) * MINUTE;
            return { metric: 'pulse_bpm', at, value: saying.pulse(i, at) } as const;
          }),
        ),
      );
  return reports;
}
