import { METRIC_NAMES, METRICS } from '../../model/metrics.ts';
import { moveBucket, trimChunk } from './compaction.ts';
import { bucketOf, type ChunkRow, metricOf, seriesOf, type TelemetryTables } from './tables.ts';

/** Its blocks are rewritten at once, so that nothing of the device stays in the file. */
export function removeFromDisk(tables: TelemetryTables, id: number): void {
  const range = [seriesOf(id, 0), seriesOf(id + 1, 0)] as const;
  const { points } = tables.sql.sumOfChunks.get(...range) as { points: number };
  tables.sql.removeChunks.run(...range);
  tables.sql.removeEvents.run(id);
  tables.setMeta('chunkPoints', tables.meta.chunkPoints - points);
  if (tables.backlogs.has(bucketOf(id))) moveBucket(tables, bucketOf(id));
}

/** Takes out of a device what is older than its metric's cutoff. @returns readings deleted */
export function retainDevice(
  tables: TelemetryTables,
  id: number,
  cutoffOf: (metric: number) => number,
  eventsBefore: number,
): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const name of METRIC_NAMES) latest = Math.max(latest, cutoffOf(METRICS[name].id));
  const chunks = tables.chunksOfDevice(id, latest);
  tables.sql.removeEventsBefore.run(id, eventsBefore);
  return chunks
    .filter((chunk: ChunkRow) => chunk.first_at < cutoffOf(metricOf(chunk.series)))
    .reduce((sum, chunk) => sum + trimChunk(tables, chunk, cutoffOf(metricOf(chunk.series))), 0);
}
