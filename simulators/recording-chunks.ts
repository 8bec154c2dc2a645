import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { MessageBlock } from './message-block.ts';

export const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/** A piece of a file, and who still needs it: whoever reads it, and each block with messages that lie in it. */
export class Chunk {
  readonly bytes: Buffer;
  readonly #pool: ChunkPool | undefined;
  #holders = 1;

  /** @param pool takes back the memory; absent where it is somebody else's */
  constructor(bytes: Buffer, pool?: ChunkPool) {
    this.bytes = bytes;
    this.#pool = pool;
  }

  hold(): void {
    this.#holders++;
  }

  /** @param block is not needed any more either */
  letGo(block?: MessageBlock): void {
    if (block) this.#pool?.blocks.push(block);
    if (--this.#holders === 0) this.#pool?.memory.push(this.bytes.buffer as ArrayBuffer);
  }
}

/**
 * Memory that a recording is read into, over and over again. A new megabyte for each megabyte of a file made V8 look
 * through its whole heap after every 64 of them: some 5 % of the processor time of a replay.
 */
class ChunkPool {
  readonly memory: ArrayBuffer[] = [];
  readonly blocks: MessageBlock[] = [];
}

/** Reads a file piece by piece, and gives out what its messages are put into. */
export class ChunkReader {
  readonly #pool = new ChunkPool();
  readonly #file: string;
  /** Of the file as it lies on the disk. */
  bytesRead = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** An empty block for messages that lie in this chunk. */
  blockIn(chunk: Chunk): MessageBlock {
    return (this.#pool.blocks.pop() ?? new MessageBlock()).beginIn(chunk);
  }

  chunks(): AsyncGenerator<Chunk, void, undefined> {
    return this.#file.endsWith('.gz') ? this.#unpacked() : this.#plain();
  }

  async *#plain(): AsyncGenerator<Chunk, void, undefined> {
    const { memory } = this.#pool;
    const handle = await open(this.#file);
    try {
      for (;;) {
        const buffer = memory.pop() ?? new ArrayBuffer(CHUNK_BYTES);
        const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, CHUNK_BYTES);
        if (bytesRead === 0) return;
        this.bytesRead += bytesRead;
        yield new Chunk(Buffer.from(buffer, 0, bytesRead), this.#pool);
      }
    } finally {
      await handle.close();
    }
  }

  /** What zlib unpacks lies in memory of its own. */
  async *#unpacked(): AsyncGenerator<Chunk, void, undefined> {
    const source = createReadStream(this.#file, { highWaterMark: CHUNK_BYTES });
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    // The failure of the file reaches whoever reads what is unpacked.
    source.once('error', (error) => gunzip.destroy(error));
    for await (const bytes of source.pipe(gunzip)) {
      // What was unpacked, and not what was read: a megabyte of the file may be a tenth of an hour's work.
      this.bytesRead = gunzip.bytesWritten;
      yield new Chunk(bytes as Buffer);
    }
  }
}

/** The lines that end in this chunk, and a copy of what begins in it; only the line that lies across its begin is put together. */
export function wholeLines(
  begun: Buffer | undefined,
  chunk: Buffer,
): { readonly pieces: readonly Buffer[]; readonly rest: Buffer | undefined } {
  const end = chunk.lastIndexOf(NEWLINE) + 1;
  if (end === 0) return { pieces: [], rest: Buffer.concat(begun ? [begun, chunk] : [chunk]) };
  const first = begun ? chunk.indexOf(NEWLINE) + 1 : 0;
  const lines = chunk.subarray(first, end);
  const pieces = begun ? [Buffer.concat([begun, chunk.subarray(0, first)]), lines] : [lines];
  // The memory of the chunk may be used again before the line has ended.
  return { pieces, rest: end < chunk.length ? Buffer.from(chunk.subarray(end)) : undefined };
}
