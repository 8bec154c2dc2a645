import type { Chunk } from './recording-chunks.ts';
import type { KnownTopic } from './topic-cache.ts';

/** Messages of one block: some of them hold what is read of a file at once. */
const MESSAGES_MAX = 2048;

/**
 * Messages of a recording, side by side: what each says of itself stands in columns. A message often waits for an hour of
 * the recording until it is certain that none comes before it: an object for each would be copied by two collections.
 */
export class MessageBlock {
  length = 0;
  /** In epoch milliseconds. */
  readonly receivedAt = new Float64Array(MESSAGES_MAX);
  /** Number of the line, from 1 on. */
  readonly line = new Uint32Array(MESSAGES_MAX);
  readonly topic: KnownTopic[] = [];
  /** In what the payload lies, from where until where (excluded). */
  readonly bytes: Buffer[] = [];
  readonly from = new Uint32Array(MESSAGES_MAX);
  readonly to = new Uint32Array(MESSAGES_MAX);
  #waiting = 0;
  #chunk: Chunk | undefined;

  get isFull(): boolean {
    return this.length === MESSAGES_MAX;
  }

  /** Begins anew, with messages that lie in this chunk. */
  beginIn(chunk: Chunk | undefined): this {
    this.length = 0;
    this.#waiting = 0;
    this.#chunk = chunk;
    chunk?.hold();
    return this;
  }

  add(line: number, receivedAt: number, topic: KnownTopic, bytes: Buffer, from: number, to: number): void {
    const place = this.length++;
    this.#waiting++;
    this.receivedAt[place] = receivedAt;
    this.line[place] = line;
    this.topic[place] = topic;
    this.bytes[place] = bytes;
    this.from[place] = from;
    this.to[place] = to;
  }

  /** The payload of the message in this place. Part of a larger buffer: copy what is to be kept. */
  payload(place: number): Buffer {
    return (this.bytes[place] as Buffer).subarray(this.from[place], this.to[place]);
  }

  /**
   * One message of a block that was given out has been taken, and nothing of it is kept. After the last one the block and
   * the memory that it lies in are used again; where nobody says so, they are not.
   */
  taken(): void {
    if (--this.#waiting === 0) this.#chunk?.letGo(this);
  }
}
