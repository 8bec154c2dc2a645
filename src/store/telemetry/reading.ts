import { MICRO, micro } from '../../model/counter-history.ts';
import { CLOCK_SOURCES } from '../../model/message.ts';
import { METRICS, type MetricName } from '../../model/metrics.ts';
import type { Bucket, DownsampleQuery, Point } from '../../ports/telemetry.ts';
import { decodeBlock } from './block.ts';
import { ByteReader } from './bytes.ts';
import { readChunk } from './chunk.ts';
import type { HotLog } from './hot-log.ts';
import { firstIndexFrom, mergeLayers, type PointList, rowOf } from './points.ts';
import { bucketOf, type ChunkRow, firstSeriesOf, seriesOf, type TelemetryTables } from './tables.ts';

/** Where readings may be: on disk, in the log that is being sealed, in the log that takes new ones. */
export interface Layers {
  readonly tables: TelemetryTables;
  readonly frozen: HotLog | undefined;
  readonly hot: HotLog;
}

/**
 * The points of some series of one device with at < to, and at least from the newest point before `from` on: a reader
 * of a counter needs to know where it came from.
 */
export const readSeries = (
  layers: Layers,
  device: string,
  metrics: readonly MetricName[],
  from: number,
  to: number,
): PointList[] => layersOf(layers, device, metrics, from, to).map(mergeLayers);

/** The same of one series, as pieces that follow one another. */
export const readRow = (
  layers: Layers,
  device: string,
  metric: MetricName,
  from: number,
  to: number,
): PointList[] => layersOf(layers, device, [metric], from, to).flatMap(rowOf);

/** For each series what there is of it, the oldest writing first. */
function layersOf(
  { tables, frozen, hot }: Layers,
  device: string,
  metrics: readonly MetricName[],
  from: number,
  to: number,
): PointList[][] {
  const id = tables.findDevice(device);
  if (id === undefined) return metrics.map(() => []);
  const ids = metrics.map((metric) => METRICS[metric].id);
  const sealed = blockPoints(
    tables,
    id,
    ids.map((metric) => seriesOf(id, metric)),
  );
  return ids.map((metric) => [
    ...chunkPoints(tables, seriesOf(id, metric), from, to),
    ...(sealed.get(seriesOf(id, metric)) ?? []),
    ...(frozen ? [frozen.read(id, metric)] : []),
    hot.read(id, metric),
  ]);
}

function chunkPoints(tables: TelemetryTables, series: number, from: number, to: number): PointList[] {
  const rows = tables.sql.chunksOver.all(series, series, Math.min(from, to), from, to);
  return rows.map(({ bytes }) => readChunk(new ByteReader(bytes as Uint8Array)));
}

function blockPoints(
  tables: TelemetryTables,
  deviceId: number,
  series: readonly number[],
): Map<number, PointList[]> {
  const bucket = bucketOf(deviceId);
  const wanted = new Set(series);
  const found = new Map<number, PointList[]>(series.map((number) => [number, []]));
  if (!tables.backlogs.has(bucket)) return found;
  for (const { bytes } of tables.blocks(bucket))
    for (const { series: of, points } of decodeBlock(bytes, firstSeriesOf(bucket), wanted))
      found.get(of)?.push(points);
  return found;
}

const CHUNKS_PER_PIECE = 16;

/** Periods that hold some thousand points each: so much of a series is in memory when all of it is read. */
export function piecesOf(
  tables: TelemetryTables,
  device: string,
  metric: MetricName,
  from: number,
  to: number,
): [number, number][] {
  const id = tables.findDevice(device);
  const chunks =
    id === undefined
      ? []
      : (tables.sql.chunksBetween.all(seriesOf(id, METRICS[metric].id), from, to) as unknown as ChunkRow[]);
  const edges = chunks.filter((_, i) => i > 0 && i % CHUNKS_PER_PIECE === 0).map((chunk) => chunk.first_at);
  const all = [from, ...edges.filter((edge) => edge > from), to];
  return all.slice(1).map((end, i) => [all[i] as number, end]);
}

export function toPoints(
  points: PointList,
  from: number,
  to: number,
  limit = Number.POSITIVE_INFINITY,
): Point[] {
  const found: Point[] = [];
  for (let i = firstIndexFrom(points, from); i < points.at.length && found.length < limit; i++) {
    const at = points.at[i] as number;
    if (at >= to) break;
    const value = points.value[i] as number;
    const clock = CLOCK_SOURCES[(points.clock[i] as number) - 1];
    found.push(clock === undefined ? { at, value } : { at, value, clock });
  }
  return found;
}

type OpenBucket = { -readonly [K in keyof Bucket]: Bucket[K] };

/**
 * Buckets from `from` on, one for each step that holds a point, of pieces that follow one another; the point before the
 * first of them counts for its increase.
 */
export function toBuckets(row: readonly PointList[], query: DownsampleQuery): Bucket[] {
  const { from, to, stepMs, limit = Number.POSITIVE_INFINITY } = query;
  const buckets: Bucket[] = [];
  const grown = METRICS[query.metric].semantics === 'counter' ? grownExactly : grownBy;
  let open: OpenBucket | undefined;
  let [end, sum] = [Number.NEGATIVE_INFINITY, 0];
  let before: number | undefined;
  for (const piece of row) {
    const start = firstIndexFrom(piece, from);
    if (start > 0) before = piece.value[start - 1];
    for (let i = start; i < piece.at.length; i++) {
      const at = piece.at[i] as number;
      const value = piece.value[i] as number;
      if (at >= to) return closed(buckets, open, sum);
      if (open === undefined || at >= end) {
        closed(buckets, open, sum);
        if (buckets.length >= limit) return buckets;
        const begin = from + Math.floor((at - from) / stepMs) * stepMs;
        end = begin + stepMs;
        open = {
          from: begin,
          count: 0,
          first: value,
          last: value,
          min: value,
          max: value,
          mean: 0,
          increase: 0,
        };
        sum = 0;
      }
      sum += value;
      open.count++;
      if (value < open.min) open.min = value;
      if (value > open.max) open.max = value;
      open.increase = grown(open.increase, before ?? value, value);
      open.last = value;
      before = value;
    }
  }
  return closed(buckets, open, sum);
}

function closed(buckets: Bucket[], open: OpenBucket | undefined, sum: number): Bucket[] {
  if (!open) return buckets;
  open.mean = sum / open.count;
  buckets.push(open);
  return buckets;
}

const grownBy = (so: number, before: number, value: number): number => so + Math.max(0, value - before);

/** In whole millionths (millilitres of m³), so that no tail of fractions adds up over a day of readings. */
const grownExactly = (so: number, before: number, value: number): number =>
  (micro(so) + Math.max(0, micro(value) - micro(before))) / MICRO;
