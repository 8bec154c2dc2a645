import { setImmediate as pause } from 'node:timers/promises';
import { LIMITS } from '../model/limits.ts';
import { EVENTS, METRIC_NAMES, METRICS, type MetricName } from '../model/metrics.ts';
import type {
  Bucket,
  DownsampleQuery,
  HistoryPiece,
  LastPoint,
  Period,
  Point,
  RangeQuery,
  SequencedReport,
} from '../ports/telemetry.ts';
import { cutLog, named, openSqliteFile, type SqliteFile } from './sqlite/file.ts';
import { copySqliteFile } from './sqlite/side-work.ts';
import { wipeFreed, wipingSlowly } from './sqlite/wipe.ts';
import { removeFromDisk, retainDevice } from './telemetry/deleting.ts';
import type { StoredEvent } from './telemetry/hot-log.ts';
import type { NearStore } from './telemetry/near-store.ts';
import { clockOf } from './telemetry/points.ts';
import { piecesOf, readRow, readSeries, toBuckets, toPoints } from './telemetry/reading.ts';
import { isToSeal } from './telemetry/sealing.ts';
import { PAGE_SIZE } from './telemetry/tables.ts';
import { Upkeep } from './telemetry/upkeep.ts';

export interface SqliteTelemetryOptions {
  readonly file: string;
  /** An archiver copies the write-ahead log, and carries it over itself. */
  readonly archived?: boolean;
  /** Readings in memory at which sealing begins, and the longest that one is nowhere else. */
  readonly sealPoints?: number;
  readonly sealAgeMs?: number;
  /** Readings in memory at which `append` waits for sealing. */
  readonly hardPoints?: number;
  /** Milliseconds of work after which a call of `maintain` ends with the unit at hand. */
  readonly stepMs?: number;
  /** Blocks of a bucket at which they are moved into chunks. */
  readonly compactBlocks?: number;
  /** Readings of a full chunk; 512 are three weeks of hours. */
  readonly chunkPoints?: number;
}

/** Readings of years in one SQLite file, held by one process: fresh ones in memory, the rest in compressed chunks. */
export function sqliteTelemetry(options: SqliteTelemetryOptions): NearStore {
  return new SqliteTelemetry(options);
}

/** Keeps carrying the log over into the file short enough not to be felt. */
const WAL_PAGES = 500;
const DEVICES_PER_RETENTION_STEP = 200;
/** More than there are kinds of events, so that one instant always fits. */
const EVENTS_PER_PIECE = 5_000;

interface OpenTelemetry {
  readonly file: SqliteFile;
  readonly upkeep: Upkeep;
  /** The last input that was taken. */
  seenSeq: number;
}

class SqliteTelemetry implements NearStore {
  readonly #options: Required<SqliteTelemetryOptions>;
  #state: OpenTelemetry | undefined;

  constructor(options: SqliteTelemetryOptions) {
    this.#options = {
      archived: false,
      sealPoints: LIMITS.hotPointsMax,
      sealAgeMs: LIMITS.hotAgeMsMax,
      hardPoints: LIMITS.hotPointsHardMax,
      stepMs: 6,
      compactBlocks: 24,
      chunkPoints: 512,
      ...options,
    };
  }

  async open(): Promise<{ sealedSeq: number }> {
    if (this.#state) throw new Error('the telemetry is open already');
    const file = openSqliteFile(this.#options.file, {
      pageSize: PAGE_SIZE,
      walPages: this.#options.archived ? 0 : WAL_PAGES,
    });
    file.db.exec('PRAGMA synchronous = NORMAL');
    try {
      const upkeep = new Upkeep(file.db, this.#options);
      const { sealedSeq } = upkeep.tables.meta;
      this.#state = { file, upkeep, seenSeq: sealedSeq };
      return { sealedSeq };
    } catch (error) {
      file.close();
      throw named(this.#options.file, error);
    }
  }

  async close(): Promise<void> {
    this.#state?.file.close();
    this.#state = undefined;
  }

  get #open(): OpenTelemetry {
    if (!this.#state) throw new Error('the telemetry is not open');
    return this.#state;
  }

  get #upkeep(): Upkeep {
    return this.#open.upkeep;
  }

  async append(reports: readonly SequencedReport[], lastSeq = 0): Promise<void> {
    const state = this.#open;
    const { upkeep } = state;
    const { hot, erased, tables } = upkeep;
    for (const sequenced of reports) {
      const { seq, report } = sequenced;
      if (seq > state.seenSeq) state.seenSeq = seq;
      if (erased.size === 0 || seq > (erased.get(report.device) ?? -1))
        hot.add(tables.numberOf(report.device), sequenced);
      else hot.lastSeq = Math.max(hot.lastSeq, seq);
    }
    state.seenSeq = Math.max(state.seenSeq, lastSeq);
    hot.lastSeq = Math.max(hot.lastSeq, lastSeq);
    while (isToSeal(upkeep.hot.rows, upkeep.frozen && upkeep.sealedShare, this.#options)) {
      if (!upkeep.frozen) upkeep.freeze();
      upkeep.step();
      await pause();
    }
  }

  async maintain(now: number): Promise<{ sealedSeq: number; hasMore: boolean }> {
    const upkeep = this.#upkeep;
    upkeep.begin(now);
    upkeep.step();
    return { sealedSeq: upkeep.tables.meta.sealedSeq, hasMore: upkeep.hasWork };
  }

  async range(query: RangeQuery): Promise<Point[]> {
    const { device, metric, from, to, limit } = query;
    const [points] = readSeries(this.#upkeep, device, [metric], from, to);
    return points ? toPoints(points, from, to, limit) : [];
  }

  /** @throws RangeError for a step that is not positive. */
  async downsample(query: DownsampleQuery): Promise<Bucket[]> {
    if (!(query.stepMs > 0)) throw new RangeError('a step must be positive');
    const { device, metric, from, to } = query;
    return toBuckets(readRow(this.#upkeep, device, metric, from, to), query);
  }

  async last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    const found: LastPoint[] = [];
    for (const device of devices) {
      const series = readSeries(this.#upkeep, device, metrics, Number.MAX_VALUE, Number.MAX_VALUE);
      series.forEach(({ at, value, clock }, i) => {
        const newest = at.length - 1;
        if (newest < 0) return;
        const metric = metrics[i] as MetricName;
        found.push({
          device,
          metric,
          at: at[newest] as number,
          value: value[newest] as number,
          ...clockOf(clock[newest]),
        });
      });
    }
    return found;
  }

  async events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]> {
    const { device, from, to, limit } = query;
    const { tables, frozen, hot } = this.#upkeep;
    const id = tables.findDevice(device);
    if (id === undefined) return [];
    const fresh = [...(frozen?.events(id) ?? []), ...hot.events(id)];
    const all = [...tables.events(id, from, to, limit), ...fresh.filter(({ at }) => at >= from && at < to)];
    const once = new Map(all.map((event) => [`${event.at} ${event.event}`, event]));
    return [...once.values()]
      .sort((a, b) => a.at - b.at || EVENTS[a.event].id - EVENTS[b.event].id)
      .slice(0, limit);
  }

  async devices(after: string, limit: number): Promise<string[]> {
    const { tables, frozen, hot } = this.#upkeep;
    const found = new Set(tables.deviceNames(after, limit));
    for (const [device, id] of tables.heardOf())
      if (device > after && (hot.has(id) || frozen?.has(id))) found.add(device);
    return [...found].sort().slice(0, limit);
  }

  async *history(device: string, { from, to }: Period): AsyncGenerator<HistoryPiece> {
    for (const metric of METRIC_NAMES)
      for (const [begin, end] of piecesOf(this.#upkeep.tables, device, metric, from, to)) {
        const [found] = readSeries(this.#upkeep, device, [metric], begin, end);
        const points = found ? toPoints(found, begin, end) : [];
        if (points.length === 0) continue;
        yield { metric, points };
        await pause();
      }
    for (let begin = from; ; ) {
      const events = await this.events({ device, from: begin, to, limit: EVENTS_PER_PIECE });
      if (events.length === 0) return;
      // Those of the last instant may be cut in two: they are read again.
      const last = (events.at(-1) as StoredEvent).at;
      const whole = events.length < EVENTS_PER_PIECE ? events : events.filter(({ at }) => at < last);
      yield { events: whole };
      if (events.length < EVENTS_PER_PIECE) return;
      begin = last;
    }
  }

  async removeDevice(device: string): Promise<void> {
    const { seenSeq, upkeep } = this.#open;
    const { tables } = upkeep;
    const id = tables.findDevice(device);
    upkeep.writeDurably(() => {
      if (seenSeq > tables.meta.sealedSeq) tables.sql.addErasure.run(seenSeq, device);
      if (id === undefined) return;
      tables.sql.removeDevice.run(device);
      removeFromDisk(tables, id);
    });
    upkeep.erased.set(device, seenSeq);
    if (id === undefined) return;
    tables.forgetDevice(device);
    upkeep.remove(id);
  }

  async retain(olderThan: Partial<Record<MetricName, number>> & { default: number }): Promise<number> {
    const dropped = await this.#drop(olderThan);
    const { db } = this.#open.file;
    const write = async (work: () => void): Promise<void> => this.#upkeep.write(work);
    await wipeFreed({ db, write, pause: this.#options.archived ? wipingSlowly : pause });
    if (!this.#options.archived) cutLog({ db });
    return dropped;
  }

  async #drop(olderThan: Partial<Record<MetricName, number>> & { default: number }): Promise<number> {
    await this.#flush();
    const cutoffs = new Map(
      METRIC_NAMES.map((name) => [METRICS[name].id, olderThan[name] ?? olderThan.default]),
    );
    const cutoffOf = (metric: number): number => cutoffs.get(metric) ?? olderThan.default;
    let dropped = 0;
    for (let after = 0; ; ) {
      const { tables } = this.#upkeep;
      const ids = tables.devicesAfter(after, DEVICES_PER_RETENTION_STEP);
      this.#upkeep.write(() => {
        for (const id of ids) dropped += retainDevice(tables, id, cutoffOf, olderThan.default);
        tables.setMeta('chunkPoints', tables.meta.chunkPoints);
      });
      const last = ids.at(-1);
      if (last === undefined) return dropped;
      after = last;
      await pause();
    }
  }

  localFrom(): number {
    return this.#upkeep.tables.meta.localFrom || Number.NEGATIVE_INFINITY;
  }

  async leaveToOthers(before: number): Promise<number> {
    const { tables } = this.#upkeep;
    const localFrom = Math.max(1, Math.ceil(before), tables.meta.localFrom);
    this.#upkeep.writeDurably(() => tables.setMeta('localFrom', localFrom));
    return this.#drop({ default: localFrom });
  }

  /** Seals everything that was taken so far and moves it into chunks. */
  async #flush(): Promise<void> {
    const log = this.#upkeep.hot;
    while (this.#upkeep.frozen || (this.#upkeep.hot === log && !log.isEmpty)) {
      if (!this.#upkeep.frozen) this.#upkeep.freeze();
      this.#upkeep.step();
      await pause();
    }
    this.#upkeep.ripenAll();
    while (this.#upkeep.hasWork) {
      this.#upkeep.step();
      await pause();
    }
  }

  async stats(): Promise<{ points: number; hotPoints: number; bytes: number; sealedSeq: number }> {
    const { tables, frozen, hot } = this.#upkeep;
    let points = tables.meta.chunkPoints + hot.countPoints() + (frozen?.countPoints() ?? 0);
    for (const backlog of tables.backlogs.values()) points += backlog.points;
    const hotPoints = hot.unkeptPoints + (frozen?.unkeptPoints ?? 0);
    return { points, hotPoints, bytes: tables.bytes(), sealedSeq: tables.meta.sealedSeq };
  }

  async backup(to: string): Promise<void> {
    await copySqliteFile(this.#open.file.path, to);
  }
}
