import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InstantReader, stands } from '../src/lib/instant-bytes.ts';
import { parseRfc3339 } from '../src/lib/rfc3339.ts';
import type { MessageBlock } from './message-block.ts';
import { CHUNK_BYTES, Chunk, ChunkReader, wholeLines } from './recording-chunks.ts';
import { RecordingError, type RecordingProblem } from './recording-problem.ts';
import { type KnownTopic, TopicCache } from './topic-cache.ts';

/**
 * A recording is NDJSON, one line a message: `{"receivedAt":"…","topic":"…","payload":<JSON>}`, or `payloadBase64`
 * where the payload is not JSON. It is compressed when its name ends in `.gz`.
 */
export interface RecordedMessage {
  /** Counts from 1. */
  readonly line: number;
  readonly receivedAt: number;
  readonly topic: string;
  /** The bytes as they came. Part of a larger buffer: copy what is to be kept. */
  readonly payload: Uint8Array;
}

/** A line above this is not a message. */
const LINE_BYTES_MAX = 64 << 20;
const BATCH_BYTES = 256 << 10;

/** One line of a recording, without its end. */
export function recordingLine(receivedAt: number, topic: string, payload: unknown): string {
  const at = new Date(receivedAt).toISOString();
  return `{"receivedAt":"${at}","topic":${JSON.stringify(topic)},"payload":${JSON.stringify(payload)}}`;
}

/** The same for a payload that came as bytes: JSON stands as it came, anything else as base64. */
export function recordingLineOfBytes(receivedAt: number, topic: string, payload: Uint8Array): string {
  const at = new Date(receivedAt).toISOString();
  const head = `{"receivedAt":"${at}","topic":${JSON.stringify(topic)}`;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const text = bytes.toString('utf8');
  // White space around a value would not come back.
  if (
    isJson(text) &&
    text.trim() === text &&
    !text.includes('\n') &&
    Buffer.byteLength(text) === bytes.length
  )
    return `${head},"payload":${text}}`;
  return `${head},"payloadBase64":"${bytes.toString('base64')}"}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes a recording. The same lines give the same bytes, compressed or not. It has its name when it is whole: what breaks
 * off leaves what stood there before, and no file that passes for a recording.
 */
export class RecordingWriter {
  lines = 0;
  #text = '';
  readonly #stream: NodeJS.WritableStream;
  /** Rejects when the disk does. */
  readonly #finished: Promise<unknown>;
  #failure: Error | undefined;
  readonly #file: string;
  /** Where it is written until then; the same where the name is a pipe or a device. */
  readonly #partial: string;

  constructor(file: string) {
    this.#file = file;
    const there = statSync(file, { throwIfNoEntry: false });
    this.#partial = there && !there.isFile() ? file : `${file}.partial`;
    const out = createWriteStream(this.#partial);
    if (file.endsWith('.gz')) {
      const zip = createGzip({ level: 4, chunkSize: CHUNK_BYTES });
      this.#stream = zip;
      this.#finished = pipeline(zip, out);
    } else {
      this.#stream = out;
      this.#finished = once(out, 'close');
      out.once('error', (error) => {
        this.#failure = error;
      });
    }
    this.#finished.catch((error: Error) => {
      this.#failure = error;
    });
  }

  /** Takes a line without its end. Wait for the promise where one is returned: the disk is slower than the writer. */
  write(line: string): Promise<void> | undefined {
    this.lines++;
    this.#text += line;
    this.#text += '\n';
    return this.#text.length < BATCH_BYTES ? undefined : this.#flush();
  }

  /** @throws the error of the disk, if it had one. */
  async close(): Promise<void> {
    if (this.#text) await this.#flush();
    this.#stream.end();
    await this.#finished.catch(() => undefined);
    await this.#refuseFailed();
    if (this.#partial !== this.#file) await rename(this.#partial, this.#file);
  }

  /** A recording that the disk did not take is none, and takes no room. */
  async #refuseFailed(): Promise<void> {
    if (!this.#failure) return;
    if (this.#partial !== this.#file) await rm(this.#partial, { force: true });
    throw this.#failure;
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.#refuseFailed();
    if (this.#stream.write(text)) return;
    await Promise.race([once(this.#stream, 'drain'), this.#finished]).catch(() => undefined);
    await this.#refuseFailed();
  }
}

export interface ReadOptions {
  /** Told of each line that is not a message; reading goes on. Without it the first such line ends the reading. */
  readonly onProblem?: (problem: RecordingError) => void;
  /** Told after each piece how many bytes of the file, as it lies on the disk, have been read. */
  readonly onBytes?: (bytes: number) => void;
  /** Messages under other topics are passed over. Asked once for each topic, or now and then again. */
  readonly wants?: (topic: string) => boolean;
  /** Told when each message arrived that was passed over. */
  readonly onPassed?: (receivedAt: number) => void;
}

/** `readBlocks` for whoever wants messages one by one. @throws RecordingError likewise. */
export async function* readRecording(
  file: string,
  options: ReadOptions = {},
): AsyncGenerator<RecordedMessage[], void, undefined> {
  for await (const block of readBlocks(file, options))
    yield Array.from({ length: block.length }, (_, place) => ({
      line: block.line[place] as number,
      receivedAt: block.receivedAt[place] as number,
      topic: (block.topic[place] as KnownTopic).text,
      payload: block.payload(place),
    }));
}

/**
 * Reads a recording, a block of messages at a time, as fast as lines can be told apart. The messages before a bad line
 * are given before it is reported. Where some are passed over, a block may be empty. Whoever tells a block of each message
 * that was taken lets its memory be used again. @throws RecordingError at a bad line or where a compressed file breaks off.
 */
export async function* readBlocks(
  file: string,
  options: ReadOptions = {},
): AsyncGenerator<MessageBlock, void, undefined> {
  const { onBytes } = options;
  const reader = new ChunkReader(file);
  const lines = new LineParser(file, reader, options);
  let rest: Buffer | undefined;
  try {
    for await (const chunk of reader.chunks()) {
      onBytes?.(reader.bytesRead);
      const whole = wholeLines(rest, chunk.bytes);
      if (whole.pieces.length > 0) yield* lines.take(whole.pieces, chunk);
      chunk.letGo();
      rest = whole.rest;
      if (rest && rest.length > LINE_BYTES_MAX) throw new RecordingError(file, lines.line + 1, 'no-end');
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(file, lines.line + 1, 'broken-off', (error as Error).message);
  }
  if (rest) yield* lines.take([rest], new Chunk(rest));
}

/** What the writer puts before, between and after: a line of this form is taken apart without parsing it. */
const BEFORE_TIME = Buffer.from('{"receivedAt":"');
const BEFORE_TOPIC = Buffer.from('","topic":"');
const BEFORE_PAYLOAD = Buffer.from('","payload":');
/** `2026-03-01T08:00:00.000Z` */
const TIME_LENGTH = 24;
const [NEWLINE, CARRIAGE_RETURN, QUOTE, BACKSLASH] = [10, 13, 34, 92];
/** Braces and brackets differ from each other by one bit only. */
const [OPENS, CLOSES, CLOSE_OBJECT, EITHER] = [123, 125, 125, 32];

class LineParser {
  line = 0;
  readonly #file: string;
  readonly #reader: ChunkReader;
  readonly #onProblem: ReadOptions['onProblem'];
  readonly #onPassed: ReadOptions['onPassed'];
  readonly #topics: TopicCache;
  readonly #instants = new InstantReader();
  /** What ends the reading. */
  #problem: RecordingError | undefined;

  constructor(file: string, reader: ChunkReader, { onProblem, onPassed, wants }: ReadOptions) {
    this.#file = file;
    this.#reader = reader;
    this.#onProblem = onProblem;
    this.#onPassed = onPassed;
    this.#topics = new TopicCache(wants);
  }

  /** Takes whole lines. Where some are passed over there may be no message in them: who reads on waits for none. */
  *take(pieces: readonly Buffer[], chunk: Chunk): Generator<MessageBlock, void, undefined> {
    let block = this.#reader.blockIn(chunk);
    for (const buffer of pieces) {
      for (let from = 0; from < buffer.length && !this.#problem; ) {
        if (block.isFull) {
          yield block;
          block = this.#reader.blockIn(chunk);
        }
        from = this.#fill(block, buffer, from);
      }
    }
    if (block.length > 0 || this.#onPassed) yield block;
    // Of an empty one nobody will say that it was taken.
    if (block.length === 0) chunk.letGo(block);
    if (this.#problem) throw this.#problem;
  }

  /**
   * Takes lines until the block is full, and says where the next one begins. Not within the generator above: what V8 makes
   * of a loop while it runs is thrown away where a generator leaves it, and made again for the next chunk.
   */
  #fill(block: MessageBlock, buffer: Buffer, begin: number): number {
    let from = begin;
    while (from < buffer.length && !block.isFull && !this.#problem) {
      this.line++;
      const next = this.#fast(buffer, from, block);
      if (next > 0) {
        from = next;
        continue;
      }
      const to = endOfLine(buffer, from);
      const fault = this.#slow(buffer, from, to, block);
      from = to + 1;
      if (fault) this.#problem = this.#report(fault);
    }
    return from;
  }

  /** The problem, if it ends the reading. */
  #report(problem: RecordingError): RecordingError | undefined {
    if (!this.#onProblem) return problem;
    this.#onProblem(problem);
    return undefined;
  }

  /**
   * Takes a line as our writer makes it, and says where the next one begins: each byte is looked at once. 0 for any other
   * line, which may be right all the same.
   */
  #fast(buffer: Buffer, line: number, block: MessageBlock): number {
    const time = line + BEFORE_TIME.length;
    if (!stands(BEFORE_TIME, buffer, line)) return 0;
    const receivedAt = this.#instants.read(buffer, time);
    if (Number.isNaN(receivedAt) || this.#instants.end !== time + TIME_LENGTH) return 0;
    if (!stands(BEFORE_TOPIC, buffer, time + TIME_LENGTH)) return 0;
    const topic = this.#topics.at(buffer, time + TIME_LENGTH + BEFORE_TOPIC.length);
    if (!topic || !stands(BEFORE_PAYLOAD, buffer, this.#topics.end)) return 0;
    const from = this.#topics.end + BEFORE_PAYLOAD.length;
    // What is wrong with its payload, whoever wants it will find.
    if (!topic.isWanted) {
      this.#onPassed?.(receivedAt);
      return endOfLine(buffer, from) + 1;
    }
    const to = endOfValue(buffer, from);
    if (to === 0 || buffer[to] !== CLOSE_OBJECT) return 0;
    const end = buffer[to + 1] === CARRIAGE_RETURN ? to + 2 : to + 1;
    if (end < buffer.length && buffer[end] !== NEWLINE) return 0;
    block.add(this.line, receivedAt, topic, buffer, from, to);
    return end + 1;
  }

  /** Takes any other line. What is wrong with it; undefined also for a line that says nothing, or that nobody asked for. */
  #slow(buffer: Buffer, from: number, to: number, block: MessageBlock): RecordingError | undefined {
    const text = buffer.toString('utf8', from, to).trim();
    if (text === '' || text === '\uFEFF') return undefined;
    const bad = (problem: RecordingProblem, found?: string): RecordingError =>
      new RecordingError(this.#file, this.line, problem, found);
    let fields: unknown;
    try {
      fields = JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch {
      return bad('no-json', text);
    }
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return bad('no-object', text);
    const { receivedAt: at, topic: topicText, payload, payloadBase64 } = fields as Record<string, unknown>;
    const receivedAt = typeof at === 'string' ? parseRfc3339(at) : at;
    if (typeof receivedAt !== 'number' || !Number.isFinite(receivedAt))
      return bad('no-time', JSON.stringify(at));
    if (typeof topicText !== 'string' || topicText === '') return bad('no-topic', JSON.stringify(topicText));
    if (payloadBase64 === undefined && payload === undefined) return bad('no-payload');
    if (payloadBase64 !== undefined && !isBase64(payloadBase64))
      return bad('bad-base64', JSON.stringify(payloadBase64));
    const topic = this.#topics.of(topicText);
    if (!topic.isWanted) {
      this.#onPassed?.(receivedAt);
      return undefined;
    }
    const bytes =
      payloadBase64 === undefined
        ? Buffer.from(JSON.stringify(payload))
        : Buffer.from(payloadBase64, 'base64');
    block.add(this.line, receivedAt, topic, bytes, 0, bytes.length);
    return undefined;
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** The same in the form for addresses (RFC 4648, section 5), which other programs write. */
const BASE64_URL = /^[A-Za-z0-9_-]*={0,2}$/;

/** Whatever else stands in it, Node leaves out without a word. Broken into lines, or without `=` at its end, it is as good. */
function isBase64(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const signs = value.replace(/\s+/g, '');
  if (!BASE64.test(signs) && !BASE64_URL.test(signs)) return false;
  return signs.endsWith('=') ? signs.length % 4 === 0 : signs.length % 4 !== 1;
}

function endOfLine(buffer: Buffer, from: number): number {
  const newline = buffer.indexOf(NEWLINE, from);
  return newline < 0 ? buffer.length : newline;
}

/** Behind the object or array that begins here; 0 if none does, or none ends on this line. */
function endOfValue(buffer: Buffer, from: number): number {
  if (((buffer[from] as number) | EITHER) !== OPENS) return 0;
  let depth = 0;
  for (let i = from; i < buffer.length; i++) {
    const byte = buffer[i] as number;
    if (byte === QUOTE) {
      i = endOfText(buffer, i);
      if (i === 0) return 0;
    } else if (byte === NEWLINE) return 0;
    else if ((byte | EITHER) === OPENS) depth++;
    else if ((byte | EITHER) === CLOSES && --depth === 0) return i + 1;
  }
  return 0;
}

/** The quote that ends the text that begins with this one; 0 if none does. Nothing else counts within but what escapes it. */
function endOfText(buffer: Buffer, quote: number): number {
  for (let i = quote + 1; i < buffer.length; i++) {
    const byte = buffer[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
    else if (byte === NEWLINE) return 0;
  }
  return 0;
}
