import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DAY } from '../../lib/clock.ts';
import type { ImportRefusal } from '../../model/import-refusal.ts';
import type { DeviceEvent, Reading as DeviceReading, Report } from '../../model/message.ts';
import type { Period, TelemetryStore } from '../../ports/telemetry.ts';
import { fittingPrecision, type ParsedLine, type Precision } from '../outside/lines.ts';
import { type Reading, type ReadLine, rowsOf } from './import-rows.ts';

export interface ImportRequest extends Reading {
  /** Files of one export, in their order: line protocol or CSV, in gzip or not. */
  readonly files: readonly string[];
  /** Those of them that are parts of a whole export: our own nanoseconds, of instants that were judged when they came. */
  readonly exported?: ReadonlySet<string>;
  readonly store: TelemetryStore;
  /** The input up to which the store has everything: what comes in counts as older. */
  readonly sealedSeq: number;
  /** Where it is noted how far it has come. */
  readonly checkpoint: string;
  /** Rows between two notes. */
  readonly rowsPerNote?: number;
  /** Epoch milliseconds; what lies more than a day after it cannot be true. */
  readonly now?: number;
  readonly onProgress?: (rows: number, share: number) => void;
}

/** Lines that were not taken for one reason. */
export interface Refused {
  readonly count: number;
  /** Where the first of them stands, and what stands there, without characters that a terminal would act on. */
  readonly first: string;
  /** In which unit the time of the first would be one that can be true. */
  readonly fits?: Precision;
}
export type RefusedLines = Partial<Record<ImportRefusal, Refused>>;

export interface Imported {
  /** Lines that were taken, also those whose reading was there already. */
  readonly rows: number;
  /** Lines that were not. */
  readonly skipped: number;
  readonly refused: RefusedLines;
  /** Of all rows; undefined: there were none. */
  readonly period?: Period;
}

/** How far an import has come. Version 1 knew no reasons: what stands in one is begun again, which changes nothing. */
interface Note {
  readonly v: 2;
  /** Names and sizes: a note is of these files and not of others under their names. */
  readonly files: readonly string[];
  /** Index of the file, and the lines of it that are in the store. */
  file: number;
  lines: number;
  rows: number;
  refused: RefusedLines;
  from?: number;
  to?: number;
}

const ROWS_PER_NOTE = 500_000;
const ROWS_PER_BATCH = 5_000;
const SHOWN_CHARS_MAX = 200;
/** No reading of ours is older, and a number that was told in a smaller unit than is said lies in the seventies. */
const PLAUSIBLE_FROM = Date.UTC(2000, 0, 1);

/**
 * Brings the files of an export into a store. The same instant of the same series twice is one reading, the later
 * stands: so that beginning again, or bringing in what is there, changes nothing. Cut off it goes on where the last note
 * was made, if it is called with the same files.
 * @throws FileUnreadable for a file that ends early; what stood before that is in the store
 */
export async function importFrom(request: ImportRequest): Promise<Imported> {
  const importing = new Importing(request);
  for (const index of request.files.keys()) await importing.take(index);
  return importing.finish();
}

class Importing {
  readonly #request: ImportRequest;
  readonly #sizes: readonly number[];
  readonly #plausibleTo: number;
  readonly #note: Note;
  #noted: number;
  #batch: Batch;

  constructor(request: ImportRequest) {
    this.#request = request;
    this.#sizes = request.files.map((file) => statSync(file).size);
    this.#plausibleTo = (request.now ?? Date.now()) + DAY;
    this.#note = readNote(
      request.checkpoint,
      request.files.map((file, i) => `${file} ${this.#sizes[i]}`),
    );
    this.#noted = this.#note.rows;
    this.#batch = new Batch(request.sealedSeq);
  }

  /** Takes what of a file is not in the store yet. */
  async take(index: number): Promise<void> {
    const note = this.#note;
    if (index < note.file) return;
    const file = this.#request.files[index] as string;
    const known = note.lines;
    note.lines = 0;
    const isOwn = this.#request.exported?.has(file) ?? false;
    const { rows, read } = rowsOf(file, isOwn ? { ...this.#request, precision: 'ns' } : this.#request);
    for await (const lines of rows)
      for (const line of lines) {
        note.lines++;
        if (note.lines <= known) continue;
        this.#count(line, file, isOwn);
        if (this.#batch.rows >= ROWS_PER_BATCH) await this.#put(index, read());
      }
    await this.#flush();
    note.file = index + 1;
    note.lines = 0;
  }

  #count({ text, found }: ReadLine, file: string, isOwn: boolean): void {
    if (found === undefined) return;
    const note = this.#note;
    const refusal = typeof found === 'string' ? found : isOwn ? undefined : this.#implausible(found.at);
    if (refusal !== undefined) {
      const known = note.refused[refusal];
      note.refused[refusal] = known
        ? { ...known, count: known.count + 1 }
        : { count: 1, first: `${file}:${note.lines}: ${shown(text)}`, ...this.#fitting(refusal, text) };
      return;
    }
    const row = found as ParsedLine;
    note.rows++;
    if (note.from === undefined || row.at < note.from) note.from = row.at;
    if (note.to === undefined || row.at >= note.to) note.to = row.at + 1;
    this.#batch.add(row);
  }

  #implausible(at: number): ImportRefusal | undefined {
    return at < PLAUSIBLE_FROM || at > this.#plausibleTo ? 'time-implausible' : undefined;
  }

  #fitting(refusal: ImportRefusal, text: string): { fits?: Precision } {
    if (refusal !== 'time-implausible') return {};
    const fits = fittingPrecision(text, (at) => this.#implausible(at) === undefined);
    return fits === undefined ? {} : { fits };
  }

  async #flush(): Promise<void> {
    if (this.#batch.rows === 0) return;
    await this.#request.store.append(this.#batch.reports());
    this.#batch = new Batch(this.#request.sealedSeq);
  }

  async #put(index: number, read: number): Promise<void> {
    const { store, checkpoint, rowsPerNote = ROWS_PER_NOTE, onProgress } = this.#request;
    await this.#flush();
    const before = sum(this.#sizes.slice(0, index));
    onProgress?.(this.#note.rows, (before + read) / sum(this.#sizes));
    if (this.#note.rows - this.#noted < rowsPerNote) return;
    await seal(store);
    writeNote(checkpoint, { ...this.#note, file: index });
    this.#noted = this.#note.rows;
  }

  async finish(): Promise<Imported> {
    await seal(this.#request.store);
    rmSync(this.#request.checkpoint, { force: true });
    const { rows, refused, from, to } = this.#note;
    const skipped = sum(Object.values(refused).map(({ count }) => count));
    const period = from === undefined || to === undefined ? {} : { period: { from, to } };
    return { rows, skipped, refused, ...period };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What is no text would ring, clear or colour the terminal that it is shown on. */
const shown = (text: string): string =>
  text.slice(0, SHOWN_CHARS_MAX).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '\ufffd');

/** Everything that was taken is written, however young it is. */
async function seal(store: TelemetryStore): Promise<void> {
  while ((await store.maintain(Date.now() + DAY)).hasMore);
}

/** Rows of one store batch, by device. */
class Batch {
  readonly #seq: number;
  readonly #devices = new Map<string, { readings: DeviceReading[]; events: DeviceEvent[] }>();
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

function readNote(checkpoint: string, files: readonly string[]): Note {
  const fresh: Note = { v: 2, files, file: 0, lines: 0, rows: 0, refused: {} };
  if (!existsSync(checkpoint)) return fresh;
  const known = JSON.parse(readFileSync(checkpoint, 'utf8')) as Note;
  return known.v === 2 && known.files.join('\n') === files.join('\n') ? known : fresh;
}

function writeNote(file: string, note: Note): void {
  writeFileSync(`${file}.partial`, JSON.stringify(note), { mode: 0o600, flush: true });
  renameSync(`${file}.partial`, file);
}
