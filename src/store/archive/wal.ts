import { ftruncateSync, readSync } from 'node:fs';
import { writeWhole } from '../../lib/write-whole.ts';

/** Header of the log, and of each page in it: https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
/** What one step copies: short enough to stand between two batches. */
const STEP_BYTES = 1024 * 1024;

/** One life of a write-ahead log: SQLite begins it anew, under other salts, when its pages are in the database. */
export interface LogLife {
  readonly salts: string;
  readonly frameBytes: number;
}

/** Undefined: nothing is in the log yet. */
export function lifeOf(log: number): LogLife | undefined {
  const header = Buffer.alloc(LOG_HEADER_BYTES);
  const read = readSync(log, header, 0, LOG_HEADER_BYTES, 0);
  // The lowest bit only says in which order the checksums take the bytes.
  if (read < LOG_HEADER_BYTES || (header.readUInt32BE(0) & ~1) !== MAGIC) return undefined;
  return { salts: saltsAt(header, 16), frameBytes: FRAME_HEADER_BYTES + header.readUInt32BE(8) };
}

/** Pages in a log of this size. */
export const pagesOf = (life: LogLife | undefined, bytes: number): number =>
  life ? Math.floor((bytes - LOG_HEADER_BYTES) / life.frameBytes) : 0;

/**
 * Copies the next transactions of a log behind each other into a segment, which is itself a log that SQLite can read.
 * Pages behind the last whole transaction are left out: they may belong to one that is rolled back, or to an earlier
 * life, and be written over.
 *
 * @param from where the segment ends, 0 for a new one
 * @returns where it ends now; the same when there was nothing to copy
 */
export function copyStep(log: number, life: LogLife, segment: number, from: number): number {
  const start = Math.max(from, LOG_HEADER_BYTES);
  // A transaction may be larger than a step: then it is looked for further on, and copied whole.
  for (let bytes = STEP_BYTES; ; bytes *= 2) {
    const wanted = Math.max(1, Math.floor(bytes / life.frameBytes)) * life.frameBytes;
    const pages = Buffer.alloc(wanted);
    const read = readSync(log, pages, 0, wanted, start);
    const { whole, ended } = wholeTransactions(pages.subarray(0, read), life);
    if (whole === 0 && !ended && read === wanted) continue;
    if (whole === 0) return from;
    if (from === 0) copyHeader(log, segment);
    ftruncateSync(segment, start);
    writeWhole(segment, pages.subarray(0, whole), start);
    return start + whole;
  }
}

function wholeTransactions(pages: Buffer, { salts, frameBytes }: LogLife): { whole: number; ended: boolean } {
  let whole = 0;
  for (let at = 0; at + frameBytes <= pages.length; at += frameBytes) {
    if (saltsAt(pages, at + 8) !== salts) return { whole, ended: true };
    // The size of the database after a transaction stands in its last page alone.
    if (pages.readUInt32BE(at + 4) > 0) whole = at + frameBytes;
  }
  return { whole, ended: false };
}

function copyHeader(log: number, segment: number): void {
  const header = Buffer.alloc(LOG_HEADER_BYTES);
  readSync(log, header, 0, LOG_HEADER_BYTES, 0);
  writeWhole(segment, header, 0);
}

const saltsAt = (bytes: Buffer, at: number): string => bytes.toString('hex', at, at + 8);
