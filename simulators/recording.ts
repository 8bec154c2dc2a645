import { isAscii } from 'node:buffer';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { parseRfc3339 } from '../src/lib/rfc3339.ts';
import { TopicCache } from './topic-cache.ts';

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
  /** The same as text, where that costs nothing. */
  readonly text?: string | undefined;
}

/** Whole lines as they were read; `text` where they are ASCII, so that places in it are places in the bytes. */
interface Block {
  readonly bytes: Buffer;
  readonly text: string | undefined;
}

/** A message that still lies in its block: its parts are made when somebody asks for them. */
class BlockMessage implements RecordedMessage {
  readonly line: number;
  readonly receivedAt: number;
  readonly topic: string;
  readonly #block: Block;
  readonly #start: number;
  readonly #end: number;

  constructor(line: number, receivedAt: number, topic: string, block: Block, start: number, end: number) {
    this.line = line;
    this.receivedAt = receivedAt;
    this.topic = topic;
    this.#block = block;
    this.#start = start;
    this.#end = end;
  }

  get payload(): Uint8Array {
    return this.#block.bytes.subarray(this.#start, this.#end);
  }

  get text(): string | undefined {
    return this.#block.text?.slice(this.#start, this.#end);
  }
}

/** A line that is not a recorded message, or a file that breaks off. */
export class RecordingError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

const CHUNK_BYTES = 1 << 20;
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

/** Writes a recording. The same lines give the same bytes, compressed or not. */
export class RecordingWriter {
  lines = 0;
  #text = '';
  readonly #stream: NodeJS.WritableStream;
  /** Rejects when the disk does. */
  readonly #finished: Promise<unknown>;
  #failure: Error | undefined;

  constructor(file: string) {
    const out = createWriteStream(file);
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
    await this.#finished;
    if (this.#failure) throw this.#failure;
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (this.#failure) throw this.#failure;
    if (this.#stream.write(text)) return;
    await Promise.race([once(this.#stream, 'drain'), this.#finished]);
    if (this.#failure) throw this.#failure;
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

/**
 * Reads a recording, a batch of messages at a time, as fast as lines can be told apart. The messages before a bad line
 * are given before it is reported. @throws RecordingError at a bad line or where a compressed file breaks off.
 */
export async function* readRecording(
  file: string,
  options: ReadOptions = {},
): AsyncGenerator<RecordedMessage[], void, undefined> {
  const { onBytes } = options;
  const lines = new LineParser(file, options);
  let rest: Buffer | undefined;
  try {
    const { chunks, source } = openChunks(file);
    for await (const chunk of chunks) {
      onBytes?.(source.bytesRead);
      const buffer: Buffer = rest ? Buffer.concat([rest, chunk]) : chunk;
      const end = buffer.lastIndexOf(10) + 1;
      if (end > 0) yield* lines.take(buffer.subarray(0, end));
      rest = end < buffer.length ? buffer.subarray(end) : undefined;
      if (rest && rest.length > LINE_BYTES_MAX)
        throw new RecordingError(file, lines.line + 1, 'the line has no end');
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(file, lines.line + 1, `cannot be read on: ${(error as Error).message}`);
  }
  if (rest) yield* lines.take(rest);
}

function openChunks(file: string): { chunks: AsyncIterable<Buffer>; source: ReadStream } {
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  if (!file.endsWith('.gz')) return { chunks: stream, source: stream };
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // The failure of the file reaches whoever reads what is unpacked.
  stream.once('error', (error) => gunzip.destroy(error));
  return { chunks: stream.pipe(gunzip), source: stream };
}

/** What the writer puts before, between and after: a line of this form is taken apart without parsing it. */
const BEFORE_TIME = Buffer.from('{"receivedAt":"');
const BEFORE_TOPIC = Buffer.from('","topic":"');
const BEFORE_PAYLOAD = Buffer.from('","payload":');
/** `2026-03-01T08:00:00.000Z` */
const TIME_LENGTH = 24;
const TIME_MASK = 'dddd-dd-ddTdd:dd:dd.dddZ';
const [QUOTE, BACKSLASH, ZERO, NINE, CARRIAGE_RETURN] = [34, 92, 48, 57, 13];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [123, 125, 91, 93];

/** A message that nobody asked for. */
const PASSED = Symbol('passed over');

class LineParser {
  line = 0;
  readonly #file: string;
  readonly #onProblem: ReadOptions['onProblem'];
  readonly #onPassed: ReadOptions['onPassed'];
  readonly #topics: TopicCache;
  #dateKey = -1;
  #midnight = 0;

  constructor(file: string, { onProblem, onPassed, wants }: ReadOptions) {
    this.#file = file;
    this.#onProblem = onProblem;
    this.#onPassed = onPassed;
    this.#topics = new TopicCache(wants);
  }

  *take(buffer: Buffer): Generator<RecordedMessage[], void, undefined> {
    const batch: RecordedMessage[] = [];
    const block = { bytes: buffer, text: isAscii(buffer) ? buffer.toString('latin1') : undefined };
    let problem: RecordingError | undefined;
    for (let from = 0; from < buffer.length && !problem; ) {
      const newline = buffer.indexOf(10, from);
      const to = newline < 0 ? buffer.length : newline;
      this.line++;
      const message = this.#fast(block, from, to) ?? this.#slow(buffer, from, to);
      from = to + 1;
      if (message instanceof RecordingError) problem = this.#report(message);
      else if (message && message !== PASSED) batch.push(message);
    }
    if (batch.length > 0 || this.#onPassed) yield batch;
    if (problem) throw problem;
  }

  /** The problem, if it ends the reading. */
  #report(problem: RecordingError): RecordingError | undefined {
    if (!this.#onProblem) return problem;
    this.#onProblem(problem);
    return undefined;
  }

  /** A line as our writer makes it; undefined for any other, which may be right all the same. */
  #fast(block: Block, from: number, to: number): RecordedMessage | typeof PASSED | undefined {
    const { bytes: buffer } = block;
    const time = from + BEFORE_TIME.length;
    const topicStart = time + TIME_LENGTH + BEFORE_TOPIC.length;
    if (!stands(BEFORE_TIME, buffer, from) || !stands(BEFORE_TOPIC, buffer, time + TIME_LENGTH))
      return undefined;
    const topicEnd = endOfPlain(buffer, topicStart, to);
    if (topicEnd < 0 || !stands(BEFORE_PAYLOAD, buffer, topicEnd)) return undefined;
    const receivedAt = this.#time(buffer, time);
    if (receivedAt === undefined) return undefined;
    const topic = this.#topics.of(
      block.text?.slice(topicStart, topicEnd) ?? buffer.toString('latin1', topicStart, topicEnd),
    );
    // What is wrong with its payload, whoever wants it will find.
    if (!topic.isWanted) return this.#pass(receivedAt);
    const start = topicEnd + BEFORE_PAYLOAD.length;
    const end = buffer[to - 1] === CARRIAGE_RETURN ? to - 2 : to - 1;
    if (!isOneValue(buffer, start, end)) return undefined;
    return new BlockMessage(this.line, receivedAt, topic.text, block, start, end);
  }

  #pass(receivedAt: number): typeof PASSED {
    this.#onPassed?.(receivedAt);
    return PASSED;
  }

  /** The instant that stands here as the writer writes it. The date is parsed when it changes, once a day. */
  #time(buffer: Buffer, at: number): number | undefined {
    for (let i = 0; i < TIME_LENGTH; i++) {
      const byte = buffer[at + i]!;
      const wanted = TIME_MASK.charCodeAt(i);
      if (wanted === 100 ? byte < ZERO || byte > NINE : byte !== wanted) return undefined;
    }
    const hour = twoDigits(buffer, at + 11);
    const minute = twoDigits(buffer, at + 14);
    const second = twoDigits(buffer, at + 17);
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const dateKey = dateDigits(buffer, at);
    if (dateKey !== this.#dateKey) {
      const midnight = parseRfc3339(`${buffer.toString('latin1', at, at + 10)}T00:00:00Z`);
      if (midnight === undefined) return undefined;
      this.#dateKey = dateKey;
      this.#midnight = midnight;
    }
    const millisecond = twoDigits(buffer, at + 20) * 10 + buffer[at + 22]! - ZERO;
    return this.#midnight + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
  }

  #slow(
    buffer: Buffer,
    from: number,
    to: number,
  ): RecordedMessage | RecordingError | typeof PASSED | undefined {
    const text = buffer.toString('utf8', from, to).trim();
    if (text === '' || text === '\uFEFF') return undefined;
    const bad = (message: string): RecordingError => new RecordingError(this.#file, this.line, message);
    let fields: unknown;
    try {
      fields = JSON.parse(text.replace(/^\uFEFF/, ''));
    } catch (error) {
      return bad(`not valid JSON: ${(error as Error).message}`);
    }
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      return bad('expected an object');
    const { receivedAt: at, topic, payload, payloadBase64 } = fields as Record<string, unknown>;
    const receivedAt = typeof at === 'string' ? parseRfc3339(at) : at;
    if (typeof receivedAt !== 'number' || !Number.isFinite(receivedAt))
      return bad(`receivedAt: found ${JSON.stringify(at)}, expected a time such as 2026-03-01T08:00:00Z`);
    if (typeof topic !== 'string' || topic === '') return bad('topic: expected a text that is not empty');
    if (payloadBase64 === undefined && payload === undefined) return bad('neither payload nor payloadBase64');
    if (payloadBase64 !== undefined && typeof payloadBase64 !== 'string')
      return bad('payloadBase64: expected a text');
    if (!this.#topics.of(topic).isWanted) return this.#pass(receivedAt);
    if (payloadBase64 === undefined)
      return { line: this.line, receivedAt, topic, payload: Buffer.from(JSON.stringify(payload)) };
    return { line: this.line, receivedAt, topic, payload: Buffer.from(payloadBase64, 'base64') };
  }
}

function stands(text: Buffer, buffer: Buffer, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (buffer[at + i] !== text[i]) return false;
  return true;
}

/** Where a text of plain ASCII ends that begins here; -1 if it is not plain: escapes, other scripts. */
function endOfPlain(buffer: Buffer, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const byte = buffer[i]!;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH || byte < 32 || byte > 126) return -1;
  }
  return -1;
}

const twoDigits = (buffer: Buffer, at: number): number => buffer[at]! * 10 + buffer[at + 1]! - 11 * ZERO;

/** Year, month and day of `2026-03-01` as one number. */
const dateDigits = (buffer: Buffer, at: number): number =>
  twoDigits(buffer, at) * 1_000_000 +
  twoDigits(buffer, at + 2) * 10_000 +
  twoDigits(buffer, at + 5) * 100 +
  twoDigits(buffer, at + 8);

/** Do these bytes hold one object or array from first to last, with nothing after it? */
function isOneValue(buffer: Buffer, start: number, end: number): boolean {
  const first = buffer[start];
  if ((first !== OPEN_OBJECT && first !== OPEN_ARRAY) || buffer[end] !== CLOSE_OBJECT) return false;
  let depth = 0;
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte === QUOTE) {
      // Within a text nothing counts but its end and what escapes it.
      for (i++; i < end && buffer[i] !== QUOTE; i++) if (buffer[i] === BACKSLASH) i++;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return i === end - 1;
  }
  return false;
}
