import { eachPlace, pointsAt } from './block.ts';
import { ByteReader } from './bytes.ts';
import { encodeChunk, readChunk } from './chunk.ts';
import { firstIndexFrom, mergeLayers, type PointList, slicePoints } from './points.ts';
import { type BlockRow, type ChunkRow, deviceOf, firstSeriesOf, type TelemetryTables } from './tables.ts';

/** Points that are moved out of blocks together. */
const POINTS_TOGETHER = 8_192;

/** Returns whether no blocks remain. */
export type Moving = Generator<void, boolean>;

/**
 * Moves blocks of a bucket, the oldest first, into the chunks of their series. Every `next` moves one series, to be done
 * inside a transaction; the last one lets go of the blocks. Until then they hold what was moved as well, which readers
 * find once: a later layer stands. So whoever is stopped in between begins anew, and whoever moves the bucket otherwise
 * has to stop this.
 */
export function* movingOf(tables: TelemetryTables, bucket: number): Moving {
  const all = tables.blocks(bucket);
  const taken = blocksUpTo(all, POINTS_TOGETHER);
  const rest = { blocks: all.length - taken.length, points: sumOf(all.slice(taken.length)) };
  const waiting = { blocks: all.length, points: rest.points + sumOf(taken) };
  if (all.length > 0) tables.backlogs.set(bucket, waiting);
  for (const [series, places] of placesBySeries(taken, bucket)) {
    const layers = places.map(({ bytes, start }) => pointsAt(bytes, start));
    // The device may have been removed since: then this is the end of its readings.
    if (tables.sql.deviceExists.get(deviceOf(series))) addToChunks(tables, series, mergeLayers(layers));
    for (const { at } of layers) waiting.points -= at.length;
    yield;
  }
  for (const { id } of taken) tables.sql.removeBlock.run(id);
  if (rest.blocks === 0) tables.backlogs.delete(bucket);
  else tables.backlogs.set(bucket, rest);
  return rest.blocks === 0;
}

/** Moves all blocks of a bucket at once. */
export function moveBucket(tables: TelemetryTables, bucket: number): void {
  for (let done = false; !done; ) {
    const moving = movingOf(tables, bucket);
    let moved = moving.next();
    while (!moved.done) moved = moving.next();
    done = moved.value;
  }
  tables.setMeta('chunkPoints', tables.meta.chunkPoints);
}

const sumOf = (rows: readonly { points: number }[]): number => rows.reduce((sum, row) => sum + row.points, 0);

function blocksUpTo(blocks: readonly BlockRow[], points: number): BlockRow[] {
  const taken: BlockRow[] = [];
  let sum = 0;
  for (const block of blocks) {
    if (taken.length > 0 && sum + block.points > points) break;
    taken.push(block);
    sum += block.points;
  }
  return taken;
}

interface Place {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** Points are read when their series has its turn: what is kept until then is moved about whenever V8 collects. */
function placesBySeries(blocks: readonly BlockRow[], bucket: number): Map<number, Place[]> {
  const found = new Map<number, Place[]>();
  for (const { bytes } of blocks)
    eachPlace(bytes, firstSeriesOf(bucket), (series, start) => {
      const known = found.get(series);
      if (known) known.push({ bytes, start });
      else found.set(series, [{ bytes, start }]);
    });
  return found;
}

/**
 * Writes points into the chunks of a series. A chunk owns the time from its first point to the next chunk's, so that
 * chunks never overlap; what comes before the first chunk belongs to it as well.
 */
function addToChunks(tables: TelemetryTables, series: number, points: PointList): void {
  const last = points.at.at(-1) as number;
  const next = tables.sql.nextChunk.get(series, last) as ChunkRow | undefined;
  const owners = ownersOf(tables, series, points.at[0] as number, last);
  if (owners.length === 0 && next) owners.push(next);
  if (owners.length === 0) {
    writePieces(tables, series, undefined, cut(points, true, tables.chunkPoints));
    return;
  }
  let from = 0;
  owners.forEach((owner, i) => {
    const until = owners[i + 1]?.first_at;
    const to = until === undefined ? points.at.length : firstIndexFrom(points, until);
    const isTail = until === undefined && next === undefined;
    if (to > from) mergeIntoChunk(tables, owner, slicePoints(points, from, to), isTail);
    from = to;
  });
}

/** The chunks that begin up to `last`, from the one that owns `first`. */
function ownersOf(tables: TelemetryTables, series: number, first: number, last: number): ChunkRow[] {
  const before = tables.sql.lastChunkBefore.get(series, first + 1) as ChunkRow | undefined;
  const within = tables.sql.chunksBetween.all(series, first + 1, last + 1) as unknown as ChunkRow[];
  return before ? [before, ...within] : within;
}

function mergeIntoChunk(tables: TelemetryTables, owner: ChunkRow, points: PointList, isTail: boolean): void {
  const merged = mergeLayers([readChunkRow(tables, owner.id), points]);
  tables.meta.chunkPoints -= owner.points;
  writePieces(tables, owner.series, owner.id, cut(merged, isTail, tables.chunkPoints));
}

/** The tail grows to a full chunk and leaves the rest to the next; elsewhere the pieces are of one size. */
function cut(points: PointList, isTail: boolean, full: number): PointList[] {
  const count = points.at.length;
  if (count <= (isTail ? full : 2 * full)) return [points];
  const length = isTail ? full : Math.ceil(count / Math.ceil(count / full));
  const pieces: PointList[] = [];
  for (let from = 0; from < count; from += length) pieces.push(slicePoints(points, from, from + length));
  return pieces;
}

/** The first piece takes the place of the chunk that was, if there was one. */
function writePieces(
  tables: TelemetryTables,
  series: number,
  replaced: number | undefined,
  pieces: readonly PointList[],
): void {
  pieces.forEach((piece, i) => {
    const count = piece.at.length;
    const row = [piece.at[0] as number, piece.at.at(-1) as number, count, encodeChunk(piece)] as const;
    if (i === 0 && replaced !== undefined) tables.sql.updateChunk.run(...row, replaced);
    else tables.sql.addChunk.run(series, ...row);
    tables.meta.chunkPoints += count;
  });
}

export function readChunkRow(tables: TelemetryTables, id: number): PointList {
  const { bytes } = tables.sql.chunkBytes.get(id) as { bytes: Uint8Array };
  return readChunk(new ByteReader(bytes));
}

/** Drops the points of a chunk before this instant; how many those were. */
export function trimChunk(tables: TelemetryTables, chunk: ChunkRow, before: number): number {
  if (chunk.last_at < before) {
    tables.sql.removeChunk.run(chunk.id);
    tables.meta.chunkPoints -= chunk.points;
    return chunk.points;
  }
  const points = readChunkRow(tables, chunk.id);
  const dropped = firstIndexFrom(points, before);
  if (dropped > 0) {
    tables.meta.chunkPoints -= chunk.points;
    writePieces(tables, chunk.series, chunk.id, [slicePoints(points, dropped)]);
  }
  return dropped;
}
