import { BlockWriter } from './block.ts';
import { Columns } from './columns.ts';
import type { HotLog } from './hot-log.ts';
import { NONE } from './series-table.ts';
import {
  type Backlog,
  bucketOf,
  DEVICES_PER_BUCKET,
  deviceOf,
  firstSeriesOf,
  seriesOf,
  type TelemetryTables,
} from './tables.ts';

/** Yields what share of the work is done. */
export type Sealing = Generator<number, () => void>;

/** Devices that one unit of work enrols. */
const DEVICES_PER_UNIT = 500;
/** Of the time that a log takes in which all devices are new and have some points each. */
const ENROLLING_SHARE = 0.4;
/** Points of one block; more of one bucket go into several. */
const POINTS_PER_BLOCK = 4_096;

/**
 * Whether a batch has to do some of the sealing. Where more comes than is written beside, each pays its share: the log in
 * work is done when the next one is full. Otherwise one batch would wait for all of it, for seconds, and calls for help
 * behind it.
 *
 * @param sealedShare of the log in work; undefined: there is none
 */
export function isToSeal(
  hotRows: number,
  sealedShare: number | undefined,
  { sealPoints, hardPoints }: { readonly sealPoints: number; readonly hardPoints: number },
): boolean {
  if (hotRows >= hardPoints) return true;
  if (hotRows <= sealPoints || hardPoints === Number.POSITIVE_INFINITY) return false;
  return sealedShare === undefined || sealedShare < (hotRows - sealPoints) / (hardPoints - sealPoints);
}

/**
 * Writes a frozen log into blocks, unit by unit: every `next` is a bounded piece of work, to be done inside a
 * transaction. What it returns in the end moves `sealedSeq`; until then nothing of it counts. If a unit fails, start
 * anew.
 */
export function* sealLog(tables: TelemetryTables, log: HotLog): Sealing {
  tables.sql.removeIncompleteBlocks.run(tables.meta.completeBlock);
  const enrolled = [...tables.newDevices.keys()];
  yield* enrol(tables, log, enrolled);
  const blocks = new BlockTable(tables);
  const columns = new Columns();
  let written = 0;
  for (let bucket = 0; bucket <= bucketOf(log.series.devicesEnd); bucket++)
    for (const points of writeBucket(blocks, log, bucket, columns)) {
      written += points;
      yield ENROLLING_SHARE + (1 - ENROLLING_SHARE) * (written / log.rows);
    }
  return () => {
    blocks.count();
    for (const id of enrolled) tables.newDevices.delete(id);
    tables.sql.removePieces.run();
    logIsOnDisk(tables, log);
  };
}

/** What holds when all of a log is on disk. */
export function logIsOnDisk(tables: TelemetryTables, log: HotLog): void {
  tables.setMeta('sealedSeq', Math.max(tables.meta.sealedSeq, log.lastSeq));
  tables.sql.removeErasures.run(tables.meta.sealedSeq);
}

/** A device that was removed meanwhile is new no more, and has no events. */
function* enrol(tables: TelemetryTables, log: HotLog, enrolled: readonly number[]): Generator<number> {
  const count = enrolled.length + log.eventful.size;
  let done = 0;
  for (const id of enrolled) {
    const device = tables.newDevices.get(id);
    if (device !== undefined) tables.sql.addDevice.run(id, device);
    if (++done % DEVICES_PER_UNIT === 0) yield ENROLLING_SHARE * (done / count);
  }
  for (const [id, events] of log.eventful) {
    for (const event of events) tables.addEvent(id, event);
    if (++done % DEVICES_PER_UNIT === 0) yield ENROLLING_SHARE * (done / count);
  }
}

/** The series of these devices, cut into blocks. Yields how many points each has. */
function* writeBucket(blocks: BlockTable, log: HotLog, bucket: number, columns: Columns): Generator<number> {
  const first = bucket * DEVICES_PER_BUCKET;
  for (let device = first; device < first + DEVICES_PER_BUCKET; device++)
    for (let slot = log.series.firstOf(device); slot !== NONE; slot = log.series.next(slot)) {
      if (!log.collect(slot, columns)) continue;
      const series = seriesOf(device, log.series.metric(slot));
      for (let from = 0; from < columns.length; ) {
        const to = Math.min(columns.length, from + POINTS_PER_BLOCK - blocks.points);
        blocks.add(series, columns, from, to);
        from = to;
        if (blocks.points === POINTS_PER_BLOCK) yield blocks.end(bucket);
      }
    }
  if (blocks.points > 0) yield blocks.end(bucket);
}

/** The blocks of one generation, on their way to the disk. */
class BlockTable {
  readonly #tables: TelemetryTables;
  readonly #writer = new BlockWriter();
  readonly #added = new Map<number, Backlog>();
  #last: number;

  constructor(tables: TelemetryTables) {
    this.#tables = tables;
    this.#last = tables.meta.completeBlock;
  }

  /** In the block that is being written. */
  get points(): number {
    return this.#writer.points;
  }

  add(series: number, points: Columns, from: number, to: number): void {
    if (this.points === 0)
      this.#writer.begin(points.at[from] as number, firstSeriesOf(bucketOf(deviceOf(series))));
    this.#writer.add(series, points, from, to);
  }

  /** @returns its points */
  end(bucket: number): number {
    const { points } = this;
    const { lastInsertRowid } = this.#tables.sql.addBlock.run(bucket, points, this.#writer.end());
    this.#last = Number(lastInsertRowid);
    const { blocks, points: before } = this.#added.get(bucket) ?? { blocks: 0, points: 0 };
    this.#added.set(bucket, { blocks: blocks + 1, points: before + points });
    return points;
  }

  /** From now on they count. */
  count(): void {
    const { backlogs } = this.#tables;
    for (const [bucket, { blocks, points }] of this.#added) {
      const before = backlogs.get(bucket) ?? { blocks: 0, points: 0 };
      backlogs.set(bucket, { blocks: before.blocks + blocks, points: before.points + points });
    }
    this.#tables.setMeta('completeBlock', this.#last);
  }
}
