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
import { openSqliteFile, type SqliteFile, transaction } from './sqlite/file.ts';
import { copySqliteFile } from './sqlite/side-work.ts';
import { compactBucket } from './telemetry/compaction.ts';
import { removeFromDisk, retainDevice } from './telemetry/deleting.ts';
import { HotLog, type StoredEvent } from './telemetry/hot-log.ts';
import type { NearStore } from './telemetry/near-store.ts';
import { clockOf } from './telemetry/points.ts';
import { piecesOf, readRow, readSeries, toBuckets, toPoints } from './telemetry/reading.ts';
import { isToSeal, type Sealing, sealLog } from './telemetry/sealing.ts';
import { TelemetryTables } from './telemetry/tables.ts';

export interface SqliteTelemetryOptions {
  readonly file: string;
  /** An archiver copies the write-ahead log, and carries it over itself. */
  readonly archived?: boolean;
  /** Readings in memory at which sealing begins, and the longest that one waits in memory for it. */
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

/** Chunk rows are larger than most: bigger pages leave less room unused. */
const PAGE_SIZE = 8_192;
/** Keeps carrying the log over into the file short enough not to be felt. */
const WAL_PAGES = 500;
/** Points in the blocks of a bucket at which they are moved into chunks, however few blocks those are. */
const COMPACT_POINTS = 16_384;
const DEVICES_PER_RETENTION_STEP = 200;
/** More than there are kinds of events, so that one instant always fits. */
const EVENTS_PER_PIECE = 5_000;

interface OpenTelemetry {
  readonly file: SqliteFile;
  readonly tables: TelemetryTables;
  /** Devices that were removed, with the last input that may not bring them back when the journal is replayed. */
  readonly erased: Map<string, number>;
  hot: HotLog;
  frozen: HotLog | undefined;
  sealing: Sealing | undefined;
  /** What share of the frozen log is written. */
  sealedShare: number;
  /** What remains to be done when all of the frozen log is written. */
  finishing: (() => void) | undefined;
  /** Buckets whose blocks are to be moved into chunks. */
  ripe: number[];
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
      this.#state = openState(file, this.#options.chunkPoints);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#findRipe(this.#state);
    const { sealedSeq } = this.#state.tables.meta;
    return { sealedSeq };
  }

  async close(): Promise<void> {
    this.#state?.file.close();
    this.#state = undefined;
  }

  get #open(): OpenTelemetry {
    if (!this.#state) throw new Error('the telemetry is not open');
    return this.#state;
  }

  async append(reports: readonly SequencedReport[], lastSeq = 0): Promise<void> {
    const state = this.#open;
    for (const sequenced of reports) {
      state.seenSeq = Math.max(state.seenSeq, sequenced.seq);
      if (sequenced.seq > (state.erased.get(sequenced.report.device) ?? -1)) state.hot.add(sequenced);
      else state.hot.lastSeq = Math.max(state.hot.lastSeq, sequenced.seq);
    }
    state.seenSeq = Math.max(state.seenSeq, lastSeq);
    state.hot.lastSeq = Math.max(state.hot.lastSeq, lastSeq);
    while (isToSeal(state.hot.rows, state.frozen && state.sealedShare, this.#options)) {
      if (!state.frozen) freeze(state);
      this.#step(state);
      await pause();
    }
  }

  async maintain(now: number): Promise<{ sealedSeq: number; moreToDo: boolean }> {
    const state = this.#open;
    const { hot } = state;
    if (!hot.isEmpty) {
      hot.since = Math.min(hot.since, now);
      const isDue = hot.rows >= this.#options.sealPoints || now - hot.since >= this.#options.sealAgeMs;
      if (isDue && !state.frozen) freeze(state);
    }
    this.#step(state);
    return { sealedSeq: state.tables.meta.sealedSeq, moreToDo: hasWork(state) };
  }

  /** Does units of work until the time is up, in one transaction. */
  #step(state: OpenTelemetry): void {
    if (state.finishing) {
      this.#finish(state, state.finishing);
      return;
    }
    if (!hasWork(state)) return;
    const end = performance.now() + this.#options.stepMs;
    this.#write(state, () => {
      do {
        if (state.frozen) sealUnit(state, state.frozen);
        else this.#compactUnit(state);
      } while (!state.finishing && hasWork(state) && performance.now() < end);
    });
  }

  /** What is said to be sealed will be dropped from the journal: only here has the disk to be waited for. */
  #finish(state: OpenTelemetry, finish: () => void): void {
    this.#writeDurably(state, finish);
    state.frozen = undefined;
    state.sealing = undefined;
    state.finishing = undefined;
    this.#findRipe(state);
    const { sealedSeq } = state.tables.meta;
    for (const [device, seq] of state.erased) if (seq <= sealedSeq) state.erased.delete(device);
  }

  #writeDurably(state: OpenTelemetry, work: () => void): void {
    const { db } = state.file;
    db.exec('PRAGMA synchronous = FULL');
    try {
      this.#write(state, work);
    } finally {
      db.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** One transaction. If it fails, nothing of it is on disk, and what is in memory is made to say the same. */
  #write(state: OpenTelemetry, work: () => void): void {
    try {
      transaction(state.file.db, work);
    } catch (error) {
      state.sealing = undefined;
      state.sealedShare = 0;
      state.finishing = undefined;
      state.tables.reload();
      this.#findRipe(state);
      throw error;
    }
  }

  #compactUnit(state: OpenTelemetry): void {
    const bucket = state.ripe.pop();
    if (bucket !== undefined && !compactBucket(state.tables, bucket)) state.ripe.push(bucket);
  }

  /** Buckets ripen at different times, so that not all of them are moved after the same generation. */
  #findRipe(state: OpenTelemetry): void {
    const { compactBlocks } = this.#options;
    state.ripe = [];
    for (const [bucket, { blocks, points }] of state.tables.backlogs)
      if (blocks >= compactBlocks + (bucket % compactBlocks) || points >= COMPACT_POINTS)
        state.ripe.push(bucket);
  }

  async range(query: RangeQuery): Promise<Point[]> {
    const { device, metric, from, to, limit } = query;
    const [points] = readSeries(this.#open, device, [metric], from, to);
    return points ? toPoints(points, from, to, limit) : [];
  }

  /** @throws RangeError for a step that is not positive. */
  async downsample(query: DownsampleQuery): Promise<Bucket[]> {
    if (!(query.stepMs > 0)) throw new RangeError('a step must be positive');
    const { device, metric, from, to } = query;
    return toBuckets(readRow(this.#open, device, metric, from, to), query);
  }

  async last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    const found: LastPoint[] = [];
    for (const device of devices) {
      const series = readSeries(this.#open, device, metrics, Number.MAX_VALUE, Number.MAX_VALUE);
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
    const { tables, frozen, hot } = this.#open;
    const id = tables.findDevice(device);
    const fresh = [...(frozen?.events(device) ?? []), ...hot.events(device)];
    const all = [
      ...(id === undefined ? [] : tables.events(id, from, to, limit)),
      ...fresh.filter(({ at }) => at >= from && at < to),
    ];
    const once = new Map(all.map((event) => [`${event.at} ${event.event}`, event]));
    return [...once.values()]
      .sort((a, b) => a.at - b.at || EVENTS[a.event].id - EVENTS[b.event].id)
      .slice(0, limit);
  }

  async devices(after: string, limit: number): Promise<string[]> {
    const { tables, frozen, hot } = this.#open;
    const fresh = [...(frozen?.devices() ?? []), ...hot.devices()].filter((device) => device > after);
    return [...new Set([...tables.deviceNames(after, limit), ...fresh])].sort().slice(0, limit);
  }

  async *history(device: string, { from, to }: Period): AsyncGenerator<HistoryPiece> {
    for (const metric of METRIC_NAMES)
      for (const [begin, end] of piecesOf(this.#open.tables, device, metric, from, to)) {
        const [found] = readSeries(this.#open, device, [metric], begin, end);
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
    const state = this.#open;
    const { tables } = state;
    this.#writeDurably(state, () => {
      if (state.seenSeq > tables.meta.sealedSeq) tables.sql.addErasure.run(state.seenSeq, device);
      const id = tables.findDevice(device);
      if (id === undefined) return;
      tables.forgetDevice(device);
      removeFromDisk(tables, id);
    });
    state.erased.set(device, state.seenSeq);
    state.frozen?.remove(device);
    state.hot.remove(device);
  }

  async retain(olderThan: Partial<Record<MetricName, number>> & { default: number }): Promise<number> {
    await this.#flush();
    const cutoffs = new Map(
      METRIC_NAMES.map((name) => [METRICS[name].id, olderThan[name] ?? olderThan.default]),
    );
    const cutoffOf = (metric: number): number => cutoffs.get(metric) ?? olderThan.default;
    let dropped = 0;
    for (let after = 0; ; ) {
      const { tables } = this.#open;
      const ids = tables.devicesAfter(after, DEVICES_PER_RETENTION_STEP);
      this.#write(this.#open, () => {
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
    return this.#open.tables.meta.localFrom || Number.NEGATIVE_INFINITY;
  }

  async leaveToOthers(before: number): Promise<number> {
    const state = this.#open;
    const localFrom = Math.max(1, Math.ceil(before), state.tables.meta.localFrom);
    this.#writeDurably(state, () => state.tables.setMeta('localFrom', localFrom));
    return this.retain({ default: localFrom });
  }

  /** Seals everything that was taken so far and moves it into chunks. */
  async #flush(): Promise<void> {
    const log = this.#open.hot;
    while (this.#open.frozen || (this.#open.hot === log && !log.isEmpty)) {
      if (!this.#open.frozen) freeze(this.#open);
      this.#step(this.#open);
      await pause();
    }
    this.#open.ripe = [...this.#open.tables.backlogs.keys()];
    while (this.#open.ripe.length > 0) {
      this.#step(this.#open);
      await pause();
    }
  }

  async stats(): Promise<{ points: number; hotPoints: number; bytes: number; sealedSeq: number }> {
    const { tables, frozen, hot } = this.#open;
    const hotPoints = hot.points + (frozen?.points ?? 0);
    let waiting = 0;
    for (const { points } of tables.backlogs.values()) waiting += points;
    const points = tables.meta.chunkPoints + waiting + hotPoints;
    return { points, hotPoints, bytes: tables.bytes(), sealedSeq: tables.meta.sealedSeq };
  }

  async backup(to: string): Promise<void> {
    await copySqliteFile(this.#open.file.path, to);
  }
}

function openState(file: SqliteFile, chunkPoints: number): OpenTelemetry {
  const tables = new TelemetryTables(file.db, chunkPoints);
  const erased = new Map<string, number>();
  for (const { device, seq } of tables.erasures()) erased.set(device, Math.max(seq, erased.get(device) ?? 0));
  return {
    file,
    tables,
    erased,
    hot: new HotLog(),
    frozen: undefined,
    sealing: undefined,
    sealedShare: 0,
    finishing: undefined,
    ripe: [],
    seenSeq: tables.meta.sealedSeq,
  };
}

function sealUnit(state: OpenTelemetry, log: HotLog): void {
  state.sealing ??= sealLog(state.tables, log);
  const unit = state.sealing.next();
  if (unit.done) state.finishing = unit.value;
  state.sealedShare = unit.done ? 1 : unit.value;
}

function freeze(state: OpenTelemetry): void {
  state.frozen = state.hot;
  state.sealedShare = 0;
  state.hot = new HotLog();
}

const hasWork = (state: OpenTelemetry): boolean => state.frozen !== undefined || state.ripe.length > 0;
