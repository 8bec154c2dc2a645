import { closeSync, fdatasyncSync, openSync, readFileSync } from 'node:fs';
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { writeWhole } from '../../lib/write-whole.ts';
import type { Lines } from './lines.ts';
import type { Cutoffs } from './outside-store.ts';

/** What is to be done outside, in the order in which it was done here. `lastSeq`: the last input that it stands for. */
export type SpoolEntry =
  | ({ readonly kind: 'lines'; readonly lastSeq: number } & Lines)
  | { readonly kind: 'remove'; readonly lastSeq: number; readonly device: string }
  | { readonly kind: 'retain'; readonly lastSeq: number; readonly cutoffs: Cutoffs };

/** An entry without the text of its lines, and where it ends in its segment. */
export type SpoolHead = (
  | Omit<Extract<SpoolEntry, { kind: 'lines' }>, 'text'>
  | Exclude<SpoolEntry, { kind: 'lines' }>
) & {
  readonly end: number;
};

const FRAME_HEAD_BYTES = 12;
/** Line protocol shrinks to about an eighth at the fastest level. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * One file of the spool, written from the front to the back and never changed: frames of length of the head, length of
 * the body, CRC-32 of both, head (JSON) and body (lines, zstd). What follows a frame that is not whole was being written
 * when the machine stopped, and never counted.
 */
export class Segment {
  readonly number: number;
  readonly file: string;
  readonly heads: SpoolHead[];
  bytes: number;
  /** Of all its lines. */
  points = 0;
  minAt = Number.POSITIVE_INFINITY;
  #handle: number | undefined;
  /** The whole file, while it is being read. */
  #content: Buffer | undefined;

  private constructor(number: number, file: string, handle: number | undefined, heads: SpoolHead[]) {
    this.number = number;
    this.file = file;
    this.heads = heads;
    this.bytes = heads.at(-1)?.end ?? 0;
    this.#handle = handle;
    heads.forEach((head) => {
      this.#sum(head);
    });
  }

  #sum(head: SpoolHead): void {
    if (head.kind !== 'lines') return;
    this.points += head.points;
    this.minAt = Math.min(this.minAt, head.minAt);
  }

  static create(number: number, file: string): Segment {
    return new Segment(number, file, openSync(file, 'wx', 0o600), []);
  }

  /** One that was written before. */
  static read(number: number, file: string): Segment {
    return new Segment(number, file, undefined, headsOf(readFileSync(file)));
  }

  /** Entries behind one another, in one writing. If that fails, it is as if nothing had been written. @throws what the disk says */
  append(entries: readonly SpoolEntry[]): void {
    if (this.#handle === undefined) throw new Error('this segment is complete');
    let end = this.bytes;
    const heads: SpoolHead[] = [];
    const frames: Buffer[] = [];
    for (const entry of entries) {
      const frame = frameOf(entry);
      end += frame.length;
      frames.push(frame);
      heads.push(headOf(entry, end));
    }
    writeWhole(this.#handle, Buffer.concat(frames), this.bytes);
    this.bytes = end;
    for (const head of heads) {
      this.heads.push(head);
      this.#sum(head);
    }
    this.#content = undefined;
  }

  sync(): void {
    if (this.#handle !== undefined) fdatasyncSync(this.#handle);
  }

  /** The text of the lines that end there. */
  text(index: number): string {
    this.#content ??= readFileSync(this.file);
    const begin = this.heads[index - 1]?.end ?? 0;
    const headBytes = this.#content.readUInt32LE(begin);
    const bodyBytes = this.#content.readUInt32LE(begin + 4);
    const from = begin + FRAME_HEAD_BYTES + headBytes;
    return zstdDecompressSync(this.#content.subarray(from, from + bodyBytes)).toString('utf8');
  }

  /** Lets go of the memory that reading takes. */
  rest(): void {
    this.#content = undefined;
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}

function headOf(entry: SpoolEntry, end: number): SpoolHead {
  if (entry.kind !== 'lines') return { ...entry, end };
  const { text: _, ...head } = entry;
  return { ...head, end };
}

function frameOf(entry: SpoolEntry): Buffer {
  const { end: _, ...plain } = headOf(entry, 0);
  const head = Buffer.from(JSON.stringify(plain));
  const body = entry.kind === 'lines' ? zstdCompressSync(entry.text, ZSTD) : Buffer.alloc(0);
  const frame = Buffer.alloc(FRAME_HEAD_BYTES);
  frame.writeUInt32LE(head.length, 0);
  frame.writeUInt32LE(body.length, 4);
  frame.writeUInt32LE(crc32(body, crc32(head)), 8);
  return Buffer.concat([frame, head, body]);
}

function headsOf(content: Buffer): SpoolHead[] {
  const heads: SpoolHead[] = [];
  for (let begin = 0; begin + FRAME_HEAD_BYTES <= content.length; ) {
    const headBytes = content.readUInt32LE(begin);
    const bodyBytes = content.readUInt32LE(begin + 4);
    const from = begin + FRAME_HEAD_BYTES;
    const end = from + headBytes + bodyBytes;
    if (end > content.length || crc32(content.subarray(from, end)) !== content.readUInt32LE(begin + 8)) break;
    const head = JSON.parse(content.toString('utf8', from, from + headBytes)) as SpoolHead;
    heads.push({ ...head, end });
    begin = end;
  }
  return heads;
}
