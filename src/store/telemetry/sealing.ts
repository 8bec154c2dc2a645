import { encodeBlock, type SeriesPoints } from './block.ts';
import type { HotLog } from './hot-log.ts';
import { slicePoints } from './points.ts';
import { type Backlog, bucketOf, firstSeriesOf, seriesOf, type TelemetryTables } from './tables.ts';

/** Yields what share of the work is done. */
export type Sealing = Generator<number, () => void>;

/** Devices that one unit of work looks up. */
const DEVICES_PER_UNIT = 500;
/** Of the time that a log takes in which each device has some points. */
const LOOKING_SHARE = 0.4;
/** Points of one block; more of one bucket go into several. */
const POINTS_PER_BLOCK = 4_096;

interface FrozenDevice {
  readonly id: number;
  readonly device: string;
}

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
  const buckets = new Map<number, FrozenDevice[]>();
  let looked = 0;
  for (const device of log.devices()) {
    const id = tables.enrolDevice(device);
    for (const event of log.events(device)) tables.addEvent(id, event);
    const bucket = buckets.get(bucketOf(id));
    if (bucket) bucket.push({ id, device });
    else buckets.set(bucketOf(id), [{ id, device }]);
    if (++looked % DEVICES_PER_UNIT === 0) yield LOOKING_SHARE * (looked / log.deviceCount);
  }
  const added = new Map<number, Backlog>();
  let lastBlock = tables.meta.completeBlock;
  let written = 0;
  for (const [bucket, devices] of buckets) {
    const backlog = { blocks: 0, points: 0 };
    for (const entries of blocksOf(log, devices)) {
      lastBlock = writeBlock(tables, bucket, entries, backlog);
      yield LOOKING_SHARE + (1 - LOOKING_SHARE) * ((written + backlog.points) / log.rows);
    }
    written += backlog.points;
    if (backlog.blocks > 0) added.set(bucket, backlog);
  }
  return () => complete(tables, log, lastBlock, added);
}

function writeBlock(
  tables: TelemetryTables,
  bucket: number,
  entries: readonly SeriesPoints[],
  backlog: Backlog,
): number {
  const points = entries.reduce((sum, entry) => sum + entry.points.at.length, 0);
  backlog.blocks++;
  backlog.points += points;
  const bytes = encodeBlock(entries, firstSeriesOf(bucket));
  return Number(tables.sql.addBlock.run(bucket, points, bytes).lastInsertRowid);
}

/** The series of these devices, cut into the contents of blocks. A device that was removed meanwhile is not in the log. */
function* blocksOf(log: HotLog, devices: readonly FrozenDevice[]): Generator<SeriesPoints[]> {
  let entries: SeriesPoints[] = [];
  let room = POINTS_PER_BLOCK;
  for (const { id, device } of [...devices].sort((a, b) => a.id - b.id)) {
    for (const { metric, points } of log.readDevice(device)) {
      for (let from = 0; from < points.at.length; ) {
        const piece = slicePoints(points, from, from + room);
        entries.push({ series: seriesOf(id, metric), points: piece });
        from += piece.at.length;
        room -= piece.at.length;
        if (room > 0) continue;
        yield entries;
        entries = [];
        room = POINTS_PER_BLOCK;
      }
    }
  }
  if (entries.length > 0) yield entries;
}

function complete(
  tables: TelemetryTables,
  log: HotLog,
  lastBlock: number,
  added: ReadonlyMap<number, Backlog>,
): void {
  for (const [bucket, { blocks, points }] of added) {
    const before = tables.backlogs.get(bucket) ?? { blocks: 0, points: 0 };
    tables.backlogs.set(bucket, { blocks: before.blocks + blocks, points: before.points + points });
  }
  tables.setMeta('completeBlock', lastBlock);
  tables.setMeta('sealedSeq', Math.max(tables.meta.sealedSeq, log.lastSeq));
  tables.sql.removeErasures.run(tables.meta.sealedSeq);
}
