import { once } from 'node:events';
import { closeSync, createWriteStream, fsyncSync, openSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writeWhole } from '../../lib/write-whole.ts';
import type { HistoryPiece, Point } from '../../ports/telemetry.ts';
import { eventLine, pointLine } from '../outside/lines.ts';

export const FORMATS = ['line-protocol', 'csv', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export const ENDINGS: Readonly<Record<Format, string>> = {
  'line-protocol': 'lp.gz',
  csv: 'csv.gz',
  parquet: 'parquet',
};
export const CSV_HEADER = 'device,kind,name,at,value,clock';

/** One file of an export while it is written. It gets its name when it is whole. */
export interface Part {
  add(device: string, piece: HistoryPiece): Promise<void>;
  finish(): Promise<void>;
}

export function openPart(file: string, format: Format): Promise<Part> | Part {
  if (format === 'parquet') return parquetPart(file);
  const part = textPart(file, format === 'csv' ? csvRows : lines);
  return format === 'csv' ? part.begin(`${CSV_HEADER}\n`) : part;
}

export const rowsIn = (piece: HistoryPiece): number =>
  'points' in piece ? piece.points.length : piece.events.length;

/** Times in nanoseconds: what every tool takes a number without a precision for. */
const lines = (device: string, piece: HistoryPiece): string =>
  'points' in piece
    ? piece.points.map((point) => pointLine(device, piece.metric, point, 'ns')).join('')
    : piece.events.map(({ at, event }) => eventLine(device, event, at, 'ns')).join('');

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csvRows(device: string, piece: HistoryPiece): string {
  const id = cell(device);
  const time = (at: number): string => new Date(at).toISOString();
  return 'points' in piece
    ? piece.points
        .map(({ at, value, clock = '' }) => `${id},reading,${piece.metric},${time(at)},${value},${clock}\n`)
        .join('')
    : piece.events.map(({ at, event }) => `${id},event,${event},${time(at)},,\n`).join('');
}

function textPart(file: string, rows: (device: string, piece: HistoryPiece) => string) {
  const gzip = createGzip({ level: 6 });
  const target = createWriteStream(`${file}.partial`, { mode: 0o600, flush: true });
  const written = pipeline(gzip, target);
  // Whoever writes or finishes is told; until then nobody listens.
  written.catch(() => undefined);
  const write = async (text: string): Promise<void> => {
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
  };
  const part = {
    add: (device: string, piece: HistoryPiece) => write(rows(device, piece)),
    async finish() {
      gzip.end();
      await written;
      await rename(`${file}.partial`, file);
    },
    async begin(text: string) {
      await write(text);
      return part;
    },
  };
  return part;
}

const ROW_GROUP = 100_000;

/** Columns device, kind, name, at (UTC, milliseconds), value, clock: https://parquet.apache.org/docs/. */
async function parquetPart(file: string): Promise<Part> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  let rows = {
    device: [] as string[],
    kind: [] as string[],
    name: [] as string[],
    at: [] as Date[],
    value: [] as (number | null)[],
    clock: [] as (string | null)[],
  };
  const columns = () => [
    { name: 'device', data: rows.device, type: 'STRING' as const, nullable: false },
    { name: 'kind', data: rows.kind, type: 'STRING' as const, nullable: false },
    { name: 'name', data: rows.name, type: 'STRING' as const, nullable: false },
    { name: 'at', data: rows.at, type: 'TIMESTAMP' as const, nullable: false },
    { name: 'value', data: rows.value, type: 'DOUBLE' as const, nullable: true },
    { name: 'clock', data: rows.clock, type: 'STRING' as const, nullable: true },
  ];
  const handle = openSync(`${file}.partial`, 'w', 0o600);
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columns() }),
    createdBy: 'shouwang',
  });
  /** What is encoded goes to the disk and out of memory; the writer counts on with `offset`. */
  let end = 0;
  const flush = (): void => {
    writeWhole(handle, new Uint8Array(bytes.buffer, 0, bytes.index), end);
    end += bytes.index;
    bytes.index = 0;
  };
  const group = async (): Promise<void> => {
    if (rows.device.length === 0) return;
    await parquet.write({ columnData: columns(), rowGroupSize: ROW_GROUP });
    flush();
    rows = { device: [], kind: [], name: [], at: [], value: [], clock: [] };
  };
  return {
    async add(device, piece) {
      const isReading = 'points' in piece;
      for (const one of isReading ? piece.points : piece.events) {
        rows.device.push(device);
        rows.kind.push(isReading ? 'reading' : 'event');
        rows.name.push(isReading ? piece.metric : (one as { event: string }).event);
        rows.at.push(new Date(one.at));
        rows.value.push(isReading ? (one as Point).value : null);
        rows.clock.push((isReading && (one as Point).clock) || null);
      }
      if (rows.device.length >= ROW_GROUP) await group();
    },
    async finish() {
      await group();
      await parquet.finish();
      flush();
      fsyncSync(handle);
      closeSync(handle);
      await rename(`${file}.partial`, file);
    },
  };
}
