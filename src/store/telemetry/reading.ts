import { MICRO, micro } from '../../model/counter-history.ts';
import { METRICS, type MetricName } from '../../model/metrics.ts';
import type { Bucket, DownsampleQuery, Point } from '../../ports/telemetry.ts';
import { decodeBlock } from './block.ts';
import { readChunkRow } from './compaction.ts';
import type { HotLog } from './hot-log.ts';
import { clockOf, firstIndexFrom, mergeLayers, type PointList } from './points.ts';
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
export function readSeries(
  { tables, frozen, hot }: Layers,
  device: string,
  metrics: readonly MetricName[],
  from: number,
  to: number,
): PointList[] {
  const id = tables.findDevice(device);
  const series = metrics.map((metric) => (id === undefined ? -1 : seriesOf(id, METRICS[metric].id)));
  const fresh = id === undefined ? new Map<number, PointList[]>() : blockPoints(tables, id, series);
  return metrics.map((metric, i) => {
    const number = series[i] as number;
    return mergeLayers([
      ...(id === undefined ? [] : chunkPoints(tables, number, from, to)),
      ...(fresh.get(number) ?? []),
      ...(frozen ? [frozen.read(device, metric)] : []),
      hot.read(device, metric),
    ]);
  });
}

function chunkPoints(tables: TelemetryTables, series: number, from: number, to: number): PointList[] {
  const before = tables.sql.lastChunkBefore.get(series, Math.min(from, to)) as ChunkRow | undefined;
  const rows = tables.sql.chunksBetween.all(series, from, to) as unknown as ChunkRow[];
  return [...(before ? [before] : []), ...rows].map(({ id }) => readChunkRow(tables, id));
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
    found.push({ at, value: points.value[i] as number, ...clockOf(points.clock[i]) });
  }
  return found;
}

type OpenBucket = { -readonly [K in keyof Bucket]: Bucket[K] };

/** Buckets from `from` on, one for each step that holds a point; the point before the first of them counts for its increase. */
export function toBuckets(points: PointList, query: DownsampleQuery): Bucket[] {
  const { from, to, stepMs, limit = Number.POSITIVE_INFINITY } = query;
  const buckets: OpenBucket[] = [];
  const start = firstIndexFrom(points, from);
  const grown = METRICS[query.metric].semantics === 'counter' ? grownExactly : grownBy;
  let before = points.value[start - 1] ?? points.value[start];
  let sum = 0;
  for (let i = start; i < points.at.length; i++) {
    const at = points.at[i] as number;
    const value = points.value[i] as number;
    if (at >= to) break;
    const begin = from + Math.floor((at - from) / stepMs) * stepMs;
    let bucket = buckets.at(-1);
    if (bucket?.from !== begin) {
      if (buckets.length >= limit) break;
      bucket = {
        from: begin,
        count: 0,
        first: value,
        last: value,
        min: value,
        max: value,
        mean: 0,
        increase: 0,
      };
      buckets.push(bucket);
      sum = 0;
    }
    sum += value;
    addTo(bucket, value, sum, grown(bucket.increase, before as number, value));
    before = value;
  }
  return buckets;
}

const grownBy = (so: number, before: number, value: number): number => so + Math.max(0, value - before);

/** In whole millionths (millilitres of m³), so that no tail of fractions adds up over a day of readings. */
const grownExactly = (so: number, before: number, value: number): number =>
  (micro(so) + Math.max(0, micro(value) - micro(before))) / MICRO;

function addTo(bucket: OpenBucket, value: number, sum: number, increase: number): void {
  bucket.count++;
  bucket.last = value;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  bucket.mean = sum / bucket.count;
  bucket.increase = increase;
}
