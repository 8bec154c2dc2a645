import {
  createReadStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DAY } from '../../lib/clock.ts';
import {
  CLOCK_SOURCES,
  type ClockSource,
  type DeviceEvent,
  type Reading,
  type Report,
} from '../../model/message.ts';
import { EVENTS, type EventName, METRICS, type MetricName } from '../../model/metrics.ts';
import type { Period, TelemetryStore } from '../../ports/telemetry.ts';
import { type ParsedLine, type Precision, parseLine } from '../outside/lines.ts';
import { CSV_HEADER } from './part.ts';

export interface ImportRequest {
  /** Files of one export, in their order: line protocol (.lp) or CSV, gzip where the name ends in .gz. */
  readonly files: readonly string[];
  readonly store: TelemetryStore;
  /** The input up to which the store has everything: what comes in counts as older. */
  readonly sealedSeq: number;
  /** Where it is noted how far it has come. */
  readonly checkpoint: string;
  /** Of numbers without one, in line protocol. */
  readonly precision: Precision;
  /** Rows between two notes. */
  readonly rowsPerNote?: number;
  readonly onProgress?: (rows: number, share: number) => void;
}

export interface Imported {
  readonly rows: number;
  /** Lines that are none of ours: unknown metrics, other shapes. */
  readonly skipped: number;
  /** The first of them, with where it stands. */
  readonly firstSkipped?: string;
  /** Of all rows; undefined: there were none. */
  readonly period?: Period;
}

interface Note extends Imported {
  readonly v: 1;
  readonly files: readonly string[];
  /** Index of the file, and the lines of it that are in the store. */
  readonly file: number;
  readonly lines: number;
}

const ROWS_PER_NOTE = 500_000;
const ROWS_PER_BATCH = 5_000;

/**
 * Brings the files of an export into a store. The same instant of the same series twice is one reading, the later
 * stands: so that beginning again, or bringing in what is there, changes nothing. Cut off it goes on where the last note
 * was made, if it is called with the same files.
 */
export async function importFrom(request: ImportRequest): Promise<Imported> {
  const { files, store } = request;
  const sizes = files.map((file) => statSync(file).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let note = readNote(request);
  let noted = note.rows;
  let batch = new Batch(request.sealedSeq);
  const put = async (): Promise<void> => {
    if (batch.rows === 0) return;
    await store.append(batch.reports());
    batch = new Batch(request.sealedSeq);
  };
  for (const [i, file] of files.entries()) {
    if (i < note.file) continue;
    const before = sizes.slice(0, i).reduce((sum, size) => sum + size, 0);
    let lines = 0;
    const { rows, read } = rowsOf(file, request.precision);
    for await (const { text, row } of rows) {
      lines++;
      if (i === note.file && lines <= note.lines) continue;
      note = { ...counted(note, row, text, file, lines), file: i, lines };
      if (row) batch.add(row);
      if (batch.rows < ROWS_PER_BATCH) continue;
      await put();
      request.onProgress?.(note.rows, (before + read()) / total);
      if (note.rows - noted < (request.rowsPerNote ?? ROWS_PER_NOTE)) continue;
      await seal(store);
      writeNote(request.checkpoint, note);
      noted = note.rows;
    }
    await put();
    note = { ...note, file: i + 1, lines: 0 };
  }
  await seal(store);
  rmSync(request.checkpoint, { force: true });
  const { rows, skipped, firstSkipped, period } = note;
  return { rows, skipped, ...(firstSkipped !== undefined && { firstSkipped }), ...(period && { period }) };
}

/** Everything that was taken is written, however young it is. */
async function seal(store: TelemetryStore): Promise<void> {
  while ((await store.maintain(Date.now() + DAY)).moreToDo);
}

function counted(note: Note, row: ParsedLine | undefined, text: string, file: string, line: number): Note {
  if (!row) {
    if (text.trim() === '' || text.startsWith('#')) return note;
    return {
      ...note,
      skipped: note.skipped + 1,
      firstSkipped: note.firstSkipped ?? `${file}:${line}: ${text.slice(0, 200)}`,
    };
  }
  const { from = row.at, to = row.at } = note.period ?? {};
  return {
    ...note,
    rows: note.rows + 1,
    period: { from: Math.min(from, row.at), to: Math.max(to, row.at + 1) },
  };
}

/** Rows of one store batch, by device. */
class Batch {
  readonly #seq: number;
  readonly #devices = new Map<string, { readings: Reading[]; events: DeviceEvent[] }>();
  rows = 0;

  constructor(seq: number) {
    this.#seq = seq;
  }

  add(row: ParsedLine): void {
    const of = this.#devices.get(row.device) ?? { readings: [], events: [] };
    this.#devices.set(row.device, of);
    if ('metric' in row) {
      const { device: _, ...reading } = row;
      of.readings.push(reading);
    } else of.events.push({ event: row.event, at: row.at });
    this.rows++;
  }

  reports(): { seq: number; report: Report }[] {
    const receivedAt = Date.now();
    return [...this.#devices].map(([device, said]) => ({
      seq: this.#seq,
      report: { kind: 'report', receivedAt, device, clock: 'device', ...said },
    }));
  }
}

function rowsOf(
  file: string,
  precision: Precision,
): { rows: AsyncGenerator<{ text: string; row: ParsedLine | undefined }>; read: () => number } {
  const source = createReadStream(file);
  const input: Readable = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  if (input !== source) source.on('error', (error) => input.destroy(error));
  return { rows: parsed(input, precision), read: () => source.bytesRead };
}

async function* parsed(
  input: Readable,
  precision: Precision,
): AsyncGenerator<{ text: string; row: ParsedLine | undefined }> {
  let isCsv: boolean | undefined;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (isCsv === undefined && text === CSV_HEADER) {
      isCsv = true;
      yield { text: '', row: undefined };
      continue;
    }
    isCsv ??= false;
    yield { text, row: isCsv ? csvRow(text) : parseLine(text, precision) };
  }
}

const CSV_ROW = /^(?:"((?:[^"]|"")*)"|([^",]*)),(reading|event),([a-z0-9_]+),([^,]+),([^,]*),([a-z]*)$/;

function csvRow(text: string): ParsedLine | undefined {
  const [, quoted, plain = '', kind, name = '', time = '', number = '', clock = ''] =
    CSV_ROW.exec(text) ?? [];
  const device = quoted === undefined ? plain : quoted.replaceAll('""', '"');
  const at = Date.parse(time);
  if (device === '' || !Number.isInteger(at)) return undefined;
  if (kind === 'event')
    return Object.hasOwn(EVENTS, name) ? { device, event: name as EventName, at } : undefined;
  const value = Number(number);
  return Object.hasOwn(METRICS, name) && number !== '' && Number.isFinite(value)
    ? { device, metric: name as MetricName, at, value, ...clockNamed(clock) }
    : undefined;
}

const clockNamed = (name: string): { clock?: ClockSource } =>
  (CLOCK_SOURCES as readonly string[]).includes(name) ? { clock: name as ClockSource } : {};

function readNote({ checkpoint, files }: ImportRequest): Note {
  const fresh: Note = { v: 1, files, file: 0, lines: 0, rows: 0, skipped: 0 };
  if (!existsSync(checkpoint)) return fresh;
  const known = JSON.parse(readFileSync(checkpoint, 'utf8')) as Note;
  return known.v === 1 && known.files.join('\n') === files.join('\n') ? known : fresh;
}

function writeNote(file: string, note: Note): void {
  writeFileSync(`${file}.partial`, JSON.stringify(note), { mode: 0o600, flush: true });
  renameSync(`${file}.partial`, file);
}
