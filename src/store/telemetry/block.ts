import { ByteReader, ByteWriter } from './bytes.ts';
import { readChunk, writeChunk } from './chunk.ts';
import type { Columns } from './columns.ts';
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

/** Writes blocks, one after the other, on the same memory. */
export class BlockWriter {
  readonly #bytes = new ByteWriter();
  #base = 0;
  #before = 0;
  /** In the block that is being written. */
  points = 0;

  /** `about` is an instant near which the readings are, `firstSeries` that of the bucket. */
  begin(about: number, firstSeries: number): void {
    this.#bytes.clear();
    const hours = Math.floor(about / HOUR);
    this.#bytes.signed(hours);
    this.#base = hours * HOUR;
    this.#before = firstSeries;
  }

  /** Points from `from` to `to`, at least one; series come in growing order. */
  add(series: number, points: Columns, from: number, to: number): void {
    this.#bytes.unsigned(series - this.#before);
    this.#before = series;
    const start = this.#bytes.open();
    writeChunk(this.#bytes, points, from, to, this.#base);
    this.#bytes.close(start);
    this.points += to - from;
  }

  /** The block, until the next one is begun. */
  end(): Uint8Array {
    this.points = 0;
    return this.#bytes.view();
  }
}

/** The wanted series of a block; all if none is named. */
export function decodeBlock(
  bytes: Uint8Array,
  firstSeries: number,
  wanted?: ReadonlySet<number>,
): SeriesPoints[] {
  const found: SeriesPoints[] = [];
  eachPlace(bytes, firstSeries, (series, start) => {
    if (!wanted || wanted.has(series)) found.push({ series, points: pointsAt(bytes, start) });
  });
  return found;
}

/** Where each series of a block begins. */
export function eachPlace(
  bytes: Uint8Array,
  firstSeries: number,
  take: (series: number, start: number) => void,
): void {
  const from = new ByteReader(bytes);
  from.signed();
  let series = firstSeries;
  while (!from.done) {
    series += from.unsigned();
    const length = from.unsigned();
    take(series, from.at);
    from.skip(length);
  }
}

/** The points of the series that begins here. */
export function pointsAt(bytes: Uint8Array, start: number): PointList {
  const base = new ByteReader(bytes).signed() * HOUR;
  return readChunk(new ByteReader(bytes, start), base);
}
