import { ByteReader, ByteWriter } from './bytes.ts';
import { readChunk, writeChunk } from './chunk.ts';
import type { PointList } from './points.ts';

/**
 * What a few devices sent during one generation: series after series, each with its length, so that a reader can step
 * over those that it does not want. Instants are counted from a full hour that stands at the front.
 */

const HOUR = 3_600_000;

export interface SeriesPoints {
  readonly series: number;
  readonly points: PointList;
}

const whole = new ByteWriter();
const part = new ByteWriter();

/** Series in growing order, none empty; `firstSeries` is that of the bucket. */
export function encodeBlock(entries: readonly SeriesPoints[], firstSeries: number): Uint8Array {
  const earliest = Math.min(...entries.map(({ points }) => points.at[0] as number));
  const hours = Math.floor(earliest / HOUR);
  whole.clear();
  whole.signed(hours);
  let before = firstSeries;
  for (const { series, points } of entries) {
    part.clear();
    writeChunk(part, points, hours * HOUR);
    whole.unsigned(series - before);
    whole.unsigned(part.length);
    whole.bytes(part.take());
    before = series;
  }
  return whole.take();
}

/** The wanted series of a block; all if none is named. */
export function decodeBlock(
  bytes: Uint8Array,
  firstSeries: number,
  wanted?: ReadonlySet<number>,
): SeriesPoints[] {
  const from = new ByteReader(bytes);
  const base = from.signed() * HOUR;
  const found: SeriesPoints[] = [];
  let series = firstSeries;
  while (!from.done) {
    series += from.unsigned();
    const content = from.take(from.unsigned());
    if (!wanted || wanted.has(series))
      found.push({ series, points: readChunk(new ByteReader(content), base) });
  }
  return found;
}
