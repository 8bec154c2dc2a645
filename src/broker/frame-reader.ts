import type { Duplex } from 'node:stream';
import { PACKET } from './frames.ts';

/** What becomes of a frame: the service has it, the MQTT library gets it, or it waits because there is no room. */
export type Verdict = 'taken' | 'passed' | 'waits';

/** Who hears what a reader finds. */
export interface FrameSink {
  /** A PUBLISH of QoS 0 or 1: not to be kept, the next one is told of by the same object. */
  onPublish(publish: FoundPublish): Verdict;
  /** Bytes that nobody can have yet, as they came: the reader is held. They are the reader's own: not to be kept. */
  onWaiting(bytes: Buffer): void;
  /** A subscriber confirmed what we sent it with QoS 1. */
  onPuback(packetId: number): void;
  /** A frame announced more bytes than allowed. The sink closes the connection. */
  onTooLarge(bytes: number): void;
  /** No MQTT. The sink closes the connection. */
  onMalformed(): void;
}

/** A PUBLISH where it lies in the bytes read. */
export class FoundPublish {
  bytes: Buffer = Buffer.alloc(0);
  topicAt = 0;
  topicEnd = 0;
  payloadAt = 0;
  end = 0;
  qos: 0 | 1 = 0;
  retain = false;
  /** 0 with QoS 0. */
  packetId = 0;

  get topic(): string {
    return this.bytes.toString('utf8', this.topicAt, this.topicEnd);
  }

  /** A view of the bytes read. */
  get payload(): Buffer {
    return this.bytes.subarray(this.payloadAt, this.end);
  }
}

/** One for all connections: to make one for each message costs more than to fill it. */
const found = new FoundPublish();

export interface FrameLimits {
  readonly connectFrameBytesMax: number;
  readonly frameBytesMax: number;
}

/** The broker's limit of levels in a topic; the MQTT library has the same and answers what lies beyond it. */
const TOPIC_LEVELS_MAX = 100;
const NUL = 0;
const HASH = 35;
const PLUS = 43;
const SLASH = 47;

/**
 * Stands between a connection and the MQTT library by taking the place of the connection's `push` and `read`: no further
 * stream and no copy. It sees the fixed header of each frame before the library does, so that a frame that announces too much
 * is refused before a byte of it is gathered. Publishes of QoS 0 and 1 of a client that is in go straight to the
 * service; everything else (handshake, subscriptions, pings, QoS 2) is the library's.
 *
 * Back-pressure: while the reader is held, nothing is read, and what was read and found no room is put back. The
 * library alone would not hold a client back: each event `readable` lowers its count of unfinished packets, so that a
 * client that sends one packet a segment is read on for ever (aedes 1.2.0).
 */
export class FrameReader {
  /** Set by each read; whoever watches over silence takes it back. */
  active = false;
  /** The client sent DISCONNECT: its end is no accident. */
  saidGoodbye = false;

  readonly #conn: Duplex;
  readonly #read: Duplex['read'];
  readonly #push: Duplex['push'];
  readonly #sink: FrameSink;
  readonly #limits: FrameLimits;
  /** First the CONNECT and nothing else; then nothing until the client is let in; then everything. */
  #phase: 'connect' | 'waiting' | 'open' = 'connect';
  #held = false;
  #refused = false;
  /** The first bytes of a frame whose length is not known yet. */
  #head: Buffer | undefined;
  /** A frame that did not come in one piece. */
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(conn: Duplex, sink: FrameSink, limits: FrameLimits) {
    this.#conn = conn;
    this.#sink = sink;
    this.#limits = limits;
    // Not bound: 10,000 connections share the one function.
    this.#read = conn.read;
    this.#push = conn.push;
    conn.push = (chunk: Buffer | null) => this.#arrived(chunk);
    // Node itself calls read(0) to fetch more; that one stays as it is.
    conn.read = (size?: number) => (size === 0 ? this.#read.call(conn, 0) : this.#take());
  }

  get held(): boolean {
    return this.#held;
  }

  /** The client was let in: from the next read on, all its frames count. */
  open(): void {
    this.#phase = 'open';
  }

  hold(): void {
    this.#held = true;
  }

  /** Reads on, from where the reader was held. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#conn.emit('readable');
  }

  /**
   * What the network brought, before it is in the stream. Nearly all of it is publishes, which never get there: to put a
   * message into a stream, to be told of it and to take it out again costs as much as all else that is done to read it.
   * From the first other thing on, or the first piece of a frame, all takes that way.
   */
  #arrived(chunk: Buffer | null): boolean {
    const conn = this.#conn;
    let rest = chunk;
    if (chunk && this.#isNothingBefore) {
      const taken = this.#takePublishes(chunk);
      if (taken === chunk.length || conn.destroyed) return !this.#stopped;
      rest = chunk.subarray(taken);
    }
    // While nothing is read some more still comes in, up to the stream's limit: all of it is shown.
    if (rest && this.#held) this.#sink.onWaiting(rest);
    return this.#push.call(conn, rest);
  }

  /** Whether what comes now is the next thing to be read, and begins a frame. */
  get #isNothingBefore(): boolean {
    return (
      this.#phase === 'open' &&
      !this.#stopped &&
      !this.#head &&
      !this.#partial &&
      this.#conn.readableLength === 0
    );
  }

  /** Takes whole publishes from the beginning, as long as there are some; how many bytes those were. */
  #takePublishes(buffer: Buffer): number {
    this.active = true;
    let at = 0;
    while (at + 4 < buffer.length && buffer[at]! >> 4 === PACKET.publish) {
      const low = buffer[at + 1]!;
      const high = low > 127 ? buffer[at + 2]! : 0;
      // Longer ones are rare.
      if (high > 127) break;
      const bodyAt = at + (low > 127 ? 3 : 2);
      const next = bodyAt + (low & 127) + (high << 7);
      if (next > buffer.length || next - at > this.#limits.frameBytesMax) break;
      const verdict = this.#publish(buffer, buffer[at]! & 15, bodyAt, next);
      if (verdict === 'waits') this.hold();
      if (verdict !== 'taken') break;
      at = next;
    }
    return at;
  }

  #take(): Buffer | null {
    if (this.#stopped) return null;
    let rest = this.#read.call(this.#conn) as Buffer | null;
    if (rest === null) return null;
    this.active = true;
    const passed: Buffer[] = [];
    if (this.#head) {
      rest = Buffer.concat([this.#head, rest]);
      this.#head = undefined;
    } else if (this.#partial) {
      const frame = this.#partial;
      const filled = this.#fill(frame, rest);
      rest = rest.subarray(filled);
      if (this.#partial) return null;
      if (this.#walk(frame, passed) === 0) {
        this.#putBack(rest);
        this.#putBack(frame);
        return null;
      }
    }
    this.#putBack(this.#stopped ? rest : rest.subarray(this.#walk(rest, passed)));
    if (passed.length === 0) return null;
    return passed.length === 1 ? passed[0]! : Buffer.concat(passed);
  }

  get #stopped(): boolean {
    return this.#held || this.#refused || this.#phase === 'waiting';
  }

  /** Bytes that were put back keep the end of the connection from being seen before they are dealt with. */
  #putBack(bytes: Buffer): void {
    if (bytes.length === 0 || this.#refused || this.#conn.destroyed) return;
    this.#conn.unshift(bytes);
    if (this.#held) this.#sink.onWaiting(bytes);
  }

  /** Adds what belongs to the frame begun earlier, and forgets it when it is complete; returns the bytes used. */
  #fill(frame: Buffer, chunk: Buffer): number {
    const filled = chunk.copy(frame, this.#filled);
    this.#filled += filled;
    if (this.#filled === frame.length) this.#partial = undefined;
    return filled;
  }

  /** Goes from frame to frame; returns how many bytes are dealt with. `passed` collects what the library gets. */
  #walk(buffer: Buffer, passed: Buffer[]): number {
    const end = buffer.length;
    const max = this.#phase === 'open' ? this.#limits.frameBytesMax : this.#limits.connectFrameBytesMax;
    let passFrom = -1;
    let at = 0;
    while (at < end) {
      let bodyAt = at + 1;
      let length = 0;
      let shift = 0;
      let byte = 128;
      while (byte > 127 && bodyAt < end && shift <= 21) {
        byte = buffer[bodyAt++]!;
        length |= (byte & 127) << shift;
        shift += 7;
      }
      if (byte > 127) {
        if (shift > 21) this.#refuse(() => this.#sink.onMalformed());
        else this.#head = Buffer.from(buffer.subarray(at));
        return this.#pass(buffer, passFrom, at, passed, end);
      }
      const next = bodyAt + length;
      if (next - at > max) {
        this.#refuse(() => this.#sink.onTooLarge(next - at));
        return this.#pass(buffer, passFrom, at, passed, end);
      }
      if (next > end) {
        this.#begin(buffer, at, next - at);
        return this.#pass(buffer, passFrom, at, passed, end);
      }
      const verdict = this.#judge(buffer, at, bodyAt, next);
      if (verdict === 'passed') {
        if (passFrom < 0) passFrom = at;
      } else {
        if (passFrom >= 0) passed.push(buffer.subarray(passFrom, at));
        passFrom = -1;
        if (verdict === 'waits') {
          this.hold();
          return at;
        }
        if (this.#refused) return end;
      }
      at = next;
      if (this.#phase === 'connect') {
        this.#phase = 'waiting';
        return this.#pass(buffer, passFrom, at, passed, at);
      }
    }
    return this.#pass(buffer, passFrom, at, passed, end);
  }

  #pass(buffer: Buffer, from: number, to: number, passed: Buffer[], result: number): number {
    if (from >= 0) passed.push(from === 0 && to === buffer.length ? buffer : buffer.subarray(from, to));
    return result;
  }

  #refuse(tell: () => void): void {
    this.#refused = true;
    tell();
  }

  /** Gathers a frame in a buffer of its announced (and allowed) size, so that drops of one byte cost no more. */
  #begin(buffer: Buffer, at: number, bytes: number): void {
    this.#partial = Buffer.allocUnsafeSlow(bytes);
    this.#filled = buffer.copy(this.#partial, 0, at);
  }

  #judge(buffer: Buffer, at: number, bodyAt: number, end: number): Verdict {
    if (this.#phase !== 'open') return 'passed';
    const first = buffer[at]!;
    switch (first >> 4) {
      case PACKET.publish:
        return this.#publish(buffer, first & 15, bodyAt, end);
      case PACKET.puback:
        if (end - bodyAt !== 2) return 'passed';
        this.#sink.onPuback((buffer[bodyAt]! << 8) | buffer[bodyAt + 1]!);
        return 'taken';
      case PACKET.disconnect:
        this.saidGoodbye = true;
        return 'passed';
      default:
        return 'passed';
    }
  }

  /** Whatever is wrong with a PUBLISH is left to the library, which has an answer for each case. */
  #publish(buffer: Buffer, flags: number, bodyAt: number, end: number): Verdict {
    const qos = (flags >> 1) & 3;
    if (qos > 1) return 'passed';
    const topicAt = bodyAt + 2;
    if (topicAt > end) return 'passed';
    const topicEnd = topicAt + ((buffer[bodyAt]! << 8) | buffer[bodyAt + 1]!);
    const payloadAt = topicEnd + 2 * qos;
    if (payloadAt > end || !plainTopic(buffer, topicAt, topicEnd)) return 'passed';
    const packetId = qos === 0 ? 0 : (buffer[topicEnd]! << 8) | buffer[topicEnd + 1]!;
    if (qos === 1 && packetId === 0) return 'passed';
    found.bytes = buffer;
    found.topicAt = topicAt;
    found.topicEnd = topicEnd;
    found.payloadAt = payloadAt;
    found.end = end;
    found.qos = qos === 0 ? 0 : 1;
    found.retain = (flags & 1) === 1;
    found.packetId = packetId;
    return this.#sink.onPublish(found);
  }
}

/** Not empty, no wildcard, no NUL, not too deep. */
function plainTopic(buffer: Buffer, from: number, to: number): boolean {
  let levels = 1;
  for (let i = from; i < to; i++) {
    const byte = buffer[i]!;
    if (byte === SLASH) levels++;
    else if (byte === HASH || byte === PLUS || byte === NUL) return false;
  }
  return to > from && levels <= TOPIC_LEVELS_MAX;
}
