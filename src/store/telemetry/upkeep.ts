import { type SqliteFile, transaction } from '../sqlite/file.ts';
import { type Moving, movingOf } from './compaction.ts';
import { HotLog } from './hot-log.ts';
import { addPiece, readPieces } from './log-pieces.ts';
import { logIsOnDisk, type Sealing, sealLog } from './sealing.ts';
import { SeriesTable } from './series-table.ts';
import { TelemetryTables } from './tables.ts';

export interface UpkeepOptions {
  readonly sealPoints: number;
  readonly sealAgeMs: number;
  readonly stepMs: number;
  readonly compactBlocks: number;
  readonly chunkPoints: number;
}

/** Points in the blocks of a bucket at which they are moved into chunks, however few blocks those are. */
const COMPACT_POINTS = 16_384;
/** New devices that are written together with a piece of the log; more are enrolled unit by unit, by sealing. */
const NEW_DEVICES_MAX = 1_000;
/**
 * A step takes so much of the time since the last one: what comes meanwhile waits for it, and where little is done between
 * steps there will be another one soon.
 */
const STEP_SHARE = 1 / 8;
const STEP_MS_MIN = 2;
/** Rows of the log that one step writes as they came: some four milliseconds. */
const ROWS_PER_STEP = 16_384;

/**
 * How readings get from memory to the disk, in bounded steps: a log that is old enough is written as it came, one that is
 * large enough goes into blocks, and blocks of which there are enough go into chunks.
 */
export class Upkeep {
  readonly tables: TelemetryTables;
  /** Devices that were removed, with the last input that may not bring them back when the journal is replayed. */
  readonly erased = new Map<string, number>();
  hot: HotLog;
  /** A log that goes into blocks. Pieces of a log on disk are its, and where there is none, those of the hot one. */
  frozen: HotLog | undefined;
  /** What share of the frozen log is written. */
  sealedShare = 0;
  /** A log that was written, and takes new readings when the hot one is frozen. */
  #spare: HotLog | undefined;
  readonly #series = new SeriesTable();
  readonly #db: SqliteFile['db'];
  readonly #options: UpkeepOptions;
  /** Whether the hot log is being written as it came. */
  #isKeeping = false;
  #sealing: Sealing | undefined;
  /** What remains to be done when all of the frozen log is written. */
  #finishing: (() => void) | undefined;
  /** Buckets whose blocks are to be moved into chunks. */
  #ripe: number[] = [];
  /** The last of them, where it is being moved. */
  #moving: Moving | undefined;
  #steppedAt = 0;

  constructor(db: SqliteFile['db'], options: UpkeepOptions) {
    this.#db = db;
    this.#options = options;
    this.tables = new TelemetryTables(db, options.chunkPoints);
    for (const { device, seq } of this.tables.erasures())
      this.erased.set(device, Math.max(seq, this.erased.get(device) ?? 0));
    this.hot = new HotLog(this.#series);
    const isWhole = readPieces(this.tables, (row) => this.hot.addKept(row));
    if (!isWhole) this.freeze();
    this.#findRipe();
  }

  get hasWork(): boolean {
    return this.#isKeeping || this.frozen !== undefined || this.#ripe.length > 0;
  }

  /** Does units of work until the time is up, in one transaction. */
  step(): void {
    if (this.#finishing) {
      this.#finish(this.#finishing);
      return;
    }
    if (this.#isKeeping) {
      this.#keep(this.hot);
      return;
    }
    if (!this.hasWork) return;
    const startedAt = performance.now();
    const share = Math.max(STEP_MS_MIN, STEP_SHARE * (startedAt - this.#steppedAt));
    const end = startedAt + Math.min(share, this.#options.stepMs);
    this.write(() => {
      do {
        if (this.frozen) this.#sealUnit(this.frozen);
        else this.#compactUnit();
      } while (!this.#finishing && this.hasWork && performance.now() < end);
      if (!this.frozen) this.tables.setMeta('chunkPoints', this.tables.meta.chunkPoints);
    });
    this.#steppedAt = performance.now();
  }

  /** Begins to bring what is in memory to the disk, if it is time. */
  begin(now: number): void {
    const { hot } = this;
    if (hot.isEmpty || this.frozen) return;
    if (hot.rows >= this.#options.sealPoints) this.freeze();
    if (this.frozen || hot.isKept) return;
    hot.since = Math.min(hot.since, now);
    if (now - hot.since < this.#options.sealAgeMs) return;
    if (this.tables.newDevices.size > NEW_DEVICES_MAX) this.freeze();
    else this.#isKeeping = true;
  }

  freeze(): void {
    this.#isKeeping = false;
    this.frozen = this.hot;
    this.sealedShare = 0;
    this.hot = this.#spare ?? new HotLog(this.#series);
    this.#spare = undefined;
  }

  /** Some of a log, on disk as it came. Only when it is all there will the journal let go of it. */
  #keep(log: HotLog): void {
    const { tables } = this;
    const { keptRows, rows } = log;
    const to = Math.min(rows, keptRows + ROWS_PER_STEP);
    const keep = (): void => {
      for (const [id, device] of tables.newDevices) tables.sql.addDevice.run(id, device);
      if (to > keptRows) addPiece(tables, log, keptRows, to);
    };
    const keepLast = (): void => {
      keep();
      for (const [id, events] of log.eventful) for (const event of events) tables.addEvent(id, event);
      logIsOnDisk(tables, log);
    };
    if (to < rows) this.write(keep);
    else this.writeDurably(keepLast);
    tables.newDevices.clear();
    if (to < rows) {
      log.setKeptRows(to);
      return;
    }
    log.setKept();
    this.#isKeeping = false;
    this.#forgetErasures();
  }

  #sealUnit(log: HotLog): void {
    this.#sealing ??= sealLog(this.tables, log);
    const unit = this.#sealing.next();
    if (unit.done) this.#finishing = unit.value;
    this.sealedShare = unit.done ? 1 : unit.value;
  }

  #compactUnit(): void {
    const bucket = this.#ripe.at(-1);
    if (bucket === undefined) return;
    this.#moving ??= movingOf(this.tables, bucket);
    const unit = this.#moving.next();
    if (!unit.done) return;
    this.#moving = undefined;
    if (unit.value) this.#ripe.pop();
  }

  /** What is said to be sealed will be dropped from the journal: only here has the disk to be waited for. */
  #finish(finish: () => void): void {
    this.writeDurably(finish);
    this.#setAside(this.frozen);
    this.frozen = undefined;
    this.#sealing = undefined;
    this.#finishing = undefined;
    this.#findRipe();
    this.#forgetErasures();
  }

  /** Memory that is used again needs not be cleared and collected; what a rush made larger than usual is let go. */
  #setAside(log: HotLog | undefined): void {
    if (!log || log.rows > 2 * this.#options.sealPoints) return;
    log.clear();
    this.#spare = log;
  }

  #forgetErasures(): void {
    const { sealedSeq } = this.tables.meta;
    for (const [device, seq] of this.erased) if (seq <= sealedSeq) this.erased.delete(device);
  }

  writeDurably(work: () => void): void {
    this.#db.exec('PRAGMA synchronous = FULL');
    try {
      this.write(work);
    } finally {
      this.#db.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** One transaction. If it fails, nothing of it is on disk, and what is in memory is made to say the same. */
  write(work: () => void): void {
    try {
      transaction(this.#db, work);
    } catch (error) {
      this.#sealing = undefined;
      this.sealedShare = 0;
      this.#finishing = undefined;
      this.tables.reload();
      this.#findRipe();
      throw error;
    }
  }

  /** Buckets ripen at different times, so that not all of them are moved after the same generation. */
  #findRipe(): void {
    const { compactBlocks } = this.#options;
    this.#ripe = [];
    this.#moving = undefined;
    for (const [bucket, { blocks, points }] of this.tables.backlogs)
      if (blocks >= compactBlocks + (bucket % compactBlocks) || points >= COMPACT_POINTS)
        this.#ripe.push(bucket);
  }

  /** Moves all that is in blocks. */
  ripenAll(): void {
    this.#moving = undefined;
    this.#ripe = [...this.tables.backlogs.keys()];
  }

  /** Of a device that is on disk no more. Pieces of the log that hold something of it go as soon as that can be. */
  remove(device: number): void {
    // Its bucket was moved: what is read of it and waits to be moved is older than what stands in its chunks.
    this.#moving = undefined;
    if (!this.frozen && this.hot.keptRows > 0 && this.hot.has(device)) this.freeze();
    this.frozen?.remove(device);
    this.hot.remove(device);
  }
}
