import { ByteReader, ByteWriter } from './bytes.ts';
import { AS_FLOATS, DECIMALS_MAX, isExact, POWERS } from './chunk.ts';
import type { HotLog, LogRow } from './hot-log.ts';
import { NONE } from './series-table.ts';
import { deviceOf, metricOf, seriesOf, type TelemetryTables } from './tables.ts';

/**
 * The log of readings on disk, as they came: what is old enough to be on disk and too little for blocks. A piece is
 * some thousand rows, each as its difference from the row before: of the series, and of the instant where it is another;
 * then the value as a whole number or, where that does not suffice, as it is. What it is says the form before: the clock
 * in two bits, whether the instant is that of the row before, the decimals. Pieces are read only when the file is opened,
 * into the memory that they are the copy of, and go when the log has gone into blocks: soon, if a device was removed.
 */

const CLOCK_BITS = 3;
const SAME_INSTANT = 4;
const DECIMALS_SHIFT = 3;

/** Writes the rows from `from` to `to`, behind the pieces that there are. To be done inside a transaction. */
export function addPiece(tables: TelemetryTables, log: HotLog, from: number, to: number): void {
  const piece = new PieceWriter();
  const { series } = log;
  const { slot: slots, at, value, clock } = log.columns;
  for (let i = from; i < to; i++) {
    const slot = slots[i] as number;
    if (slot === NONE) continue;
    const number = seriesOf(series.device(slot), series.metric(slot));
    piece.add(number, at[i] as number, value[i] as number, clock[i] as number);
  }
  tables.sql.addPiece.run(piece.view());
}

/** Rows of devices that have none themselves were removed since: they are left out. @returns false if there are any */
export function readPieces(tables: TelemetryTables, take: (row: LogRow) => void): boolean {
  const found = new Map<number, boolean>();
  const isThere = (device: number): boolean => {
    const known = found.get(device) ?? tables.sql.deviceExists.get(device) !== undefined;
    found.set(device, known);
    return known;
  };
  for (const { bytes } of tables.sql.pieces.iterate())
    readPiece(bytes as Uint8Array, (row) => {
      if (isThere(row.device)) take(row);
    });
  return ![...found.values()].includes(false);
}

class PieceWriter {
  readonly #bytes = new ByteWriter();
  #series = 0;
  #at = 0;

  add(series: number, at: number, value: number, clock: number): void {
    let decimals = 0;
    while (decimals <= DECIMALS_MAX && !isExact(value, decimals)) decimals++;
    if (decimals > DECIMALS_MAX) decimals = AS_FLOATS;
    const isSame = at === this.#at;
    this.#bytes.byte(clock | (isSame ? SAME_INSTANT : 0) | (decimals << DECIMALS_SHIFT));
    this.#bytes.signed(series - this.#series);
    if (!isSame) this.#bytes.signed(at - this.#at);
    if (decimals === AS_FLOATS) this.#bytes.float(value);
    else this.#bytes.signed(Math.round(value * (POWERS[decimals] as number)));
    this.#series = series;
    this.#at = at;
  }

  view(): Uint8Array {
    return this.#bytes.view();
  }
}

/** @throws RangeError if the bytes are cut. */
function readPiece(bytes: Uint8Array, take: (row: LogRow) => void): void {
  const from = new ByteReader(bytes);
  let [series, at] = [0, 0];
  while (!from.done) {
    const form = from.byte();
    const decimals = form >> DECIMALS_SHIFT;
    series += from.signed();
    if ((form & SAME_INSTANT) === 0) at += from.signed();
    const value = decimals === AS_FLOATS ? from.float() : from.signed() / (POWERS[decimals] as number);
    take({ device: deviceOf(series), metric: metricOf(series), at, value, clock: form & CLOCK_BITS });
  }
}
