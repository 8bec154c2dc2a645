import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { EVENTS, eventById } from '../../model/metrics.ts';
import { TextError } from '../../model/text.ts';
import { openSqliteFile } from '../sqlite/file.ts';
import { DeviceNumbers } from './device-numbers.ts';
import type { StoredEvent } from './hot-log.ts';

/**
 * The telemetry file. `log_pieces` hold what is in memory and old enough to be on disk, as it came; `blocks` hold what
 * was sealed from memory, generation by generation, for sixteen devices each; `chunks` hold one series over a longer
 * time, and of one series they never overlap. Sealing writes blocks, compaction moves them into chunks, reading merges
 * both with what is in memory.
 */
const SCHEMA = `
  create table meta (key text primary key, value integer not null) without rowid;
  create table devices (id integer primary key autoincrement, device text not null unique);
  create table blocks (id integer primary key autoincrement, bucket integer not null, points integer not null,
    bytes blob not null);
  create index blocks_bucket on blocks (bucket, id, points);
  create table chunks (id integer primary key, series integer not null, first_at integer not null,
    last_at integer not null, points integer not null, bytes blob not null);
  create index chunks_series on chunks (series, first_at);
  create table device_events (device integer not null, at integer not null, event integer not null,
    primary key (device, at, event)) without rowid;
  create table erasures (seq integer not null, device text not null);
`;
const LOG_PIECES = 'create table log_pieces (id integer primary key, bytes blob not null);';
/** 2: chunks say whose clock their instants are of. 3: `log_pieces`. */
const SCHEMA_VERSION = 3;

/** Chunk rows are larger than most: bigger pages leave less room unused. */
export const PAGE_SIZE = 8_192;

/** Devices whose fresh readings share blocks. */
export const DEVICES_PER_BUCKET = 16;
/** Room for the ids of metrics within a series number: see ID_MAX. */
const METRICS_PER_DEVICE = 256;

export const bucketOf = (deviceId: number): number => Math.floor(deviceId / DEVICES_PER_BUCKET);
export const firstSeriesOf = (bucket: number): number => bucket * DEVICES_PER_BUCKET * METRICS_PER_DEVICE;
export const seriesOf = (deviceId: number, metricId: number): number =>
  deviceId * METRICS_PER_DEVICE + metricId;
export const metricOf = (series: number): number => series % METRICS_PER_DEVICE;
export const deviceOf = (series: number): number => Math.floor(series / METRICS_PER_DEVICE);

export type MetaKey =
  /** The input up to which everything is on disk. */
  | 'sealedSeq'
  /** The last block of the last generation that was written completely. */
  | 'completeBlock'
  | 'chunkPoints'
  /** Before this instant readings may be with another store; 0: none are. */
  | 'localFrom';

export interface ChunkRow {
  readonly id: number;
  readonly series: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly points: number;
}
export interface BlockRow {
  readonly id: number;
  readonly points: number;
  readonly bytes: Uint8Array;
}

/** What waits in blocks, for one bucket. */
export interface Backlog {
  blocks: number;
  points: number;
}

/** The statements of the telemetry file, and what of it is kept in memory. */
export class TelemetryTables {
  readonly sql: Record<keyof typeof SQL, StatementSync>;
  readonly backlogs = new Map<number, Backlog>();
  readonly meta: Record<MetaKey, number> = {
    sealedSeq: 0,
    completeBlock: 0,
    chunkPoints: 0,
    localFrom: 0,
  };
  readonly #db: DatabaseSync;
  readonly #deviceIds = new DeviceNumbers();
  #lastDeviceId = 0;
  /** Devices with a number and no row. */
  readonly newDevices = new Map<number, string>();

  /** Points of a full chunk. A chunk in the middle of a series may hold up to twice as many. */
  readonly chunkPoints: number;

  constructor(db: DatabaseSync, chunkPoints: number) {
    this.#db = db;
    this.chunkPoints = chunkPoints;
    migrate(db);
    const prepared = Object.entries(SQL).map(([name, text]) => [name, db.prepare(text)] as const);
    this.sql = Object.fromEntries(prepared) as Record<keyof typeof SQL, StatementSync>;
    this.reload();
  }

  /** Reads anew what is kept in memory: after a transaction that failed. */
  reload(): void {
    const { seq } = (this.sql.lastDevice.get() as { seq: number } | undefined) ?? { seq: 0 };
    this.#lastDeviceId = Math.max(this.#lastDeviceId, seq);
    this.backlogs.clear();
    for (const key of Object.keys(this.meta) as MetaKey[])
      this.meta[key] = (this.sql.meta.get(key) as { value: number } | undefined)?.value ?? 0;
    for (const row of this.sql.backlogs.iterate(this.meta.completeBlock)) {
      const { bucket, blocks, points } = row as unknown as { bucket: number } & Backlog;
      this.backlogs.set(bucket, { blocks, points });
    }
  }

  setMeta(key: MetaKey, value: number): void {
    this.meta[key] = value;
    this.sql.setMeta.run(key, value);
  }

  /** The number of a device that was heard of. */
  findDevice(device: string): number | undefined {
    const known = this.#deviceIds.get(device);
    if (known !== undefined) return known;
    const row = this.sql.device.get(device) as { id: number } | undefined;
    if (row) this.#deviceIds.set(device, row.id);
    return row?.id;
  }

  /** The same. A new device has a number from now on; its row comes with its readings. */
  numberOf(device: string): number {
    const known = this.#deviceIds.get(device) ?? this.findDevice(device);
    if (known !== undefined) return known;
    const id = ++this.#lastDeviceId;
    this.#deviceIds.set(device, id);
    this.newDevices.set(id, device);
    return id;
  }

  /** Its row has to be gone. */
  forgetDevice(device: string): void {
    this.newDevices.delete(this.#deviceIds.get(device) ?? 0);
    this.#deviceIds.delete(device);
  }

  /** Devices that were heard of since the file was opened, with their numbers. */
  heardOf(): Iterable<[string, number]> {
    return this.#deviceIds.entries();
  }

  /** Blocks of a bucket that belong to complete generations, in the order in which they were written. */
  blocks(bucket: number): BlockRow[] {
    return this.sql.blocks.all(bucket, this.meta.completeBlock) as unknown as BlockRow[];
  }

  /** Numbers of devices after this one. */
  devicesAfter(id: number, limit: number): number[] {
    return (this.sql.devicesAfter.all(id, limit) as { id: number }[]).map((row) => row.id);
  }

  /** Ids of devices after this one, in their order. */
  deviceNames(after: string, limit: number): string[] {
    return (this.sql.deviceNames.all(after, limit) as { device: string }[]).map((row) => row.device);
  }

  /** Chunks of a device that begin before this instant. */
  chunksOfDevice(deviceId: number, before: number): ChunkRow[] {
    const range = [seriesOf(deviceId, 0), seriesOf(deviceId + 1, 0)] as const;
    return this.sql.chunksBegunBefore.all(...range, before) as unknown as ChunkRow[];
  }

  erasures(): { seq: number; device: string }[] {
    return this.sql.erasures.all() as { seq: number; device: string }[];
  }

  events(deviceId: number, from: number, to: number, limit: number): StoredEvent[] {
    const rows = this.sql.events.all(deviceId, from, to, limit) as { at: number; event: number }[];
    return rows.map((row) => ({ event: eventById(row.event), at: row.at }));
  }

  addEvent(deviceId: number, { event, at }: StoredEvent): void {
    this.sql.addEvent.run(deviceId, at, EVENTS[event].id);
  }

  /** Bytes of the pages in use. */
  bytes(): number {
    const pragma = (name: string): number => {
      const row = this.#db.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
      return row[name] ?? 0;
    };
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }
}

/** Makes a copy say that it knows nothing after this input: it will be handed again what came after. */
export function lowerSealedSeq(file: string, seq: number): void {
  const copy = openSqliteFile(file);
  try {
    copy.db.prepare("update meta set value = min(value, ?) where key = 'sealedSeq'").run(seq);
  } finally {
    copy.close();
  }
}

/** A version that came after this one has changed the file: this one would not know what it reads. */
export class ReadingsNewer extends TextError {}

/** Brings the tables up to date, in a moment. @throws ReadingsNewer; nothing is changed then */
export function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION)
    throw new ReadingsNewer({
      zh: `读数库由更新的版本写成（格式 ${version}，本版本只认识到 ${SCHEMA_VERSION}），本版本不能打开，数据没有改动：请装回更新的版本，或恢复升级之前的备份`,
      en: `a newer version wrote the readings (version ${version} of the file, and this one knows ${SCHEMA_VERSION}), and this one opens none of it; nothing was changed: install the newer version again, or restore the backup from before the upgrade`,
    });
  // What stands in an older one can be read as it is; what is written from now on an older program could not.
  const missing = version === 0 ? SCHEMA + LOG_PIECES : LOG_PIECES;
  db.exec(`BEGIN; ${missing} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

const SQL = {
  meta: 'select value from meta where key = ?',
  setMeta: `insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value`,
  device: 'select id from devices where device = ?',
  deviceExists: 'select 1 from devices where id = ?',
  devicesAfter: 'select id from devices where id > ? order by id limit ?',
  deviceNames: 'select device from devices where device > ? order by device limit ?',
  lastDevice: "select seq from sqlite_sequence where name = 'devices'",
  addDevice: 'insert into devices (id, device) values (?, ?) on conflict (id) do nothing',
  removeDevice: 'delete from devices where device = ?',
  backlogs: `select bucket, count(*) as blocks, sum(points) as points from blocks where id <= ? group by bucket`,
  blocks: 'select id, points, bytes from blocks where bucket = ? and id <= ? order by id',
  addBlock: 'insert into blocks (bucket, points, bytes) values (?, ?, ?)',
  removeBlock: 'delete from blocks where id = ?',
  removeIncompleteBlocks: 'delete from blocks where id > ?',
  addPiece: 'insert into log_pieces (bytes) values (?)',
  pieces: 'select bytes from log_pieces order by id',
  removePieces: 'delete from log_pieces',
  lastChunkBefore: `select id, series, first_at, last_at, points from chunks where series = ? and first_at < ?
    order by first_at desc limit 1`,
  chunksBetween: `select id, series, first_at, last_at, points from chunks where series = ? and first_at >= ?
    and first_at < ? order by first_at`,
  chunksOver: `select bytes from chunks where series = ? and first_at >= coalesce((select max(first_at) from chunks
    where series = ? and first_at < ?), ?) and first_at < ? order by first_at`,
  nextChunk: `select id, series, first_at, last_at, points from chunks where series = ? and first_at > ?
    order by first_at limit 1`,
  chunksBegunBefore: `select id, series, first_at, last_at, points from chunks where series >= ? and series < ?
    and first_at < ?`,
  chunkBytes: 'select bytes from chunks where id = ?',
  addChunk: 'insert into chunks (series, first_at, last_at, points, bytes) values (?, ?, ?, ?, ?)',
  updateChunk: 'update chunks set first_at = ?, last_at = ?, points = ?, bytes = ? where id = ?',
  removeChunk: 'delete from chunks where id = ?',
  sumOfChunks: 'select coalesce(sum(points), 0) as points from chunks where series >= ? and series < ?',
  removeChunks: 'delete from chunks where series >= ? and series < ?',
  events:
    'select at, event from device_events where device = ? and at >= ? and at < ? order by at, event limit ?',
  addEvent: 'insert into device_events (device, at, event) values (?, ?, ?) on conflict do nothing',
  removeEvents: 'delete from device_events where device = ?',
  removeEventsBefore: 'delete from device_events where device = ? and at < ?',
  erasures: 'select seq, device from erasures',
  addErasure: 'insert into erasures (seq, device) values (?, ?)',
  removeErasures: 'delete from erasures where seq <= ?',
} as const;
