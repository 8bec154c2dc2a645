import type { ServerResponse } from 'node:http';
import { setImmediate as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { BoundedQueue } from '../lib/bounded-queue.ts';
import type { Clock } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { StreamEvent } from '../ports/records.ts';
import type { Service, StreamReader } from '../ports/service.ts';
import { isCovered } from './access.ts';
import type { NotesSight } from './notes-sight.ts';
import { encode, frame } from './stream-text.ts';

/**
 * Server-sent events. A reader first gets what it missed out of the records, then what is committed from now on:
 *
 *   replay pages until one is short → subscribe (events wait in the reader's queue) → replay the rest → drain the queue
 *
 * The last replay began after the subscription, so there is no gap; live events that the replay has shown already are
 * skipped by their id, so there is no double. Nobody waits for a reader: its queue is bounded, and a reader whose
 * socket does not drain is dropped and counted. It comes back with the last id that it saw.
 */
export interface StreamOptions {
  readonly heartbeatMs: number;
  readonly queueMax: number;
  readonly stallMsMax: number;
  readonly readersMax: number;
  readonly readersPerAccountMax: number;
}

export const STREAM_DEFAULTS: StreamOptions = {
  heartbeatMs: 15_000,
  queueMax: LIMITS.streamReaderQueueMax,
  stallMsMax: LIMITS.streamStallMsMax,
  readersMax: LIMITS.streamReadersMax,
  readersPerAccountMax: LIMITS.streamReadersPerAccountMax,
};

/** Ids of one page of a replay: some three milliseconds of work, also where most of them are of other nodes. */
const REPLAY_PAGE = 200;
/** Events that one write to the socket carries at most; between writes the socket is asked whether it keeps up. */
const EVENTS_PER_WRITE = 64;
/** A reader's account is looked up again every so many heartbeats: a session that ran out ends its stream within a minute. */
const HEARTBEATS_PER_RECHECK = 4;
/** What a browser waits before it comes back. */
const RETRY_MS = 2_000;

export type DropReason = 'slow-reader' | 'shutdown' | 'rights-changed' | 'replay-failed' | 'gave-way';

export class StreamHub {
  readonly #service: Service;
  readonly #wall: Clock;
  readonly #options: StreamOptions;
  readonly #onDropped: (reason: DropReason) => void;
  readonly #readers = new Set<SocketReader>();
  readonly #turns = new Turns();
  #heartbeat: NodeJS.Timeout | undefined;
  #closed = false;
  dropped = 0;

  constructor(
    service: Service,
    wall: Clock,
    options: StreamOptions = STREAM_DEFAULTS,
    onDropped: (reason: DropReason) => void = () => {},
  ) {
    this.#service = service;
    this.#wall = wall;
    this.#options = options;
    this.#onDropped = onDropped;
  }

  get readers(): number {
    return this.#readers.size;
  }

  get full(): boolean {
    return this.#closed || this.#readers.size >= this.#options.readersMax;
  }

  /**
   * Takes the socket of this reply and keeps it until the reader goes, is dropped or the hub closes.
   *
   * @param after the last id that the reader saw; undefined: only what comes from now on.
   * @param account whose reader it is: `recheck` finds it by that.
   * @param seesNotes whether the reader is shown what the notes of a home say.
   * @param stillAllowed asked once a minute, and when something about the account has changed.
   */
  async serve(
    reply: FastifyReply,
    { account, paths, seesNotes, after, stillAllowed }: Whose & { after: number | undefined },
  ): Promise<void> {
    reply.hijack();
    const socket = reply.raw;
    // Gone already, while its account was looked up: nobody would tell us again that it has closed.
    if (socket.destroyed) return;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) socket.setHeader(name, value);
    socket.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // A stream is a connection's last answer: with `close` it ends with the stream, also at shutdown.
      connection: 'close',
      'x-accel-buffering': 'no',
    });
    const reader = new SocketReader(
      socket,
      { account, paths, seesNotes, stillAllowed },
      this.#options,
      this.#wall,
      (reason) => this.#forget(reader, reason),
    );
    this.#makeRoom(account);
    this.#readers.add(reader);
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#options.heartbeatMs).unref();
    reader.write(`retry: ${RETRY_MS}\n\n`);
    // Its rights may have changed between the look at its account and the moment from which `recheck` finds it.
    await reader.recheck();
    try {
      await replay(this.#service, reader, after, this.#turns);
    } catch {
      // The reader comes back by itself; the cause is the records' and shows in readiness.
      reader.drop('replay-failed');
    }
  }

  /**
   * Something about this account has changed: its rights, its sessions, its tokens. When this resolves, no stream of it
   * goes on that would not be opened now.
   */
  async recheck(account: string): Promise<void> {
    const readers = [...this.#readers].filter((reader) => reader.account === account);
    await Promise.all(readers.map((reader) => reader.recheck()));
  }

  /** Of one account the newest are those that somebody looks at: one that was forgotten, or lost, is the oldest. */
  #makeRoom(account: string): void {
    const own = [...this.#readers].filter((reader) => reader.account === account);
    const tooMany = own.length + 1 - this.#options.readersPerAccountMax;
    for (const reader of own.slice(0, Math.max(0, tooMany))) reader.drop('gave-way');
  }

  close(): void {
    this.#closed = true;
    for (const reader of [...this.#readers]) reader.dropped('shutdown');
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  #beat(): void {
    for (const reader of [...this.#readers]) reader.beat();
  }

  #forget(reader: SocketReader, reason: DropReason | undefined): void {
    if (!this.#readers.delete(reader)) return;
    if (reason !== undefined) {
      if (reason === 'slow-reader') this.dropped++;
      this.#onDropped(reason);
    }
    if (this.#readers.size === 0) {
      clearInterval(this.#heartbeat);
      this.#heartbeat = undefined;
    }
  }
}

async function replay(
  service: Service,
  reader: SocketReader,
  after: number | undefined,
  turns: Turns,
): Promise<void> {
  let cursor = after ?? (await service.records.eventSpan()).last;
  let subscribed = false;
  // The id stands on the first event of all, so that a browser which loses the connection at once comes back with it.
  if (after === undefined) reader.write(frame('hello', cursor, JSON.stringify({ id: cursor })));
  while (!reader.closed) {
    const span = await service.records.eventSpan();
    if (cursor > span.last || cursor + 1 < span.first) {
      cursor = span.last;
      reader.write(frame('reset', cursor, JSON.stringify(span)));
    }
    const upTo = Math.min(cursor + REPLAY_PAGE, span.last);
    const from = cursor;
    const { paths, account } = reader;
    const page = await turns.next(() => service.records.events(from, paths, REPLAY_PAGE, account, upTo));
    for (let i = 0; i < page.length; i += EVENTS_PER_WRITE) {
      reader.write(
        page
          .slice(i, i + EVENTS_PER_WRITE)
          .map((event) => encode(event, reader))
          .join(''),
      );
      if (!(await reader.drained())) return;
    }
    cursor = upTo;
    const caughtUp = upTo === span.last;
    if (caughtUp && subscribed) return reader.goLive(cursor);
    if (caughtUp && !reader.closed) {
      reader.onClose(service.subscribe(reader));
      subscribed = true;
    }
  }
}

/**
 * All that is replayed goes page by page, each in turn, and something else in between: an SOS does not wait for those who
 * catch up, however many they are.
 */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  next<T>(page: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => pause()).then(page);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** Whose stream it is, and what they may see. */
interface Whose {
  readonly account: string;
  readonly paths: readonly string[];
  readonly seesNotes: NotesSight;
  readonly stillAllowed: () => Promise<boolean>;
}

class SocketReader implements StreamReader {
  readonly account: string;
  readonly paths: readonly string[];
  readonly seesNotes: NotesSight;
  readonly #socket: ServerResponse;
  readonly #stillAllowed: () => Promise<boolean>;
  readonly #queue: BoundedQueue<StreamEvent>;
  readonly #stallMsMax: number;
  readonly #wall: Clock;
  readonly #onEnd: (reason: DropReason | undefined) => void;
  readonly #cleanUp: (() => void)[] = [];
  #live = false;
  #replayedTo = 0;
  #flushPlanned = false;
  #blockedSince: number | undefined;
  #waiting: ((open: boolean) => void) | undefined;
  #beats = 0;
  closed = false;

  constructor(
    socket: ServerResponse,
    whose: Whose,
    options: StreamOptions,
    wall: Clock,
    onEnd: (reason: DropReason | undefined) => void,
  ) {
    this.#socket = socket;
    this.account = whose.account;
    this.paths = whose.paths;
    this.seesNotes = whose.seesNotes;
    this.#stillAllowed = whose.stillAllowed;
    this.#queue = new BoundedQueue(options.queueMax);
    this.#stallMsMax = options.stallMsMax;
    this.#wall = wall;
    this.#onEnd = onEnd;
    socket.on('drain', () => this.#unblock());
    socket.on('close', () => this.#end(undefined));
    socket.on('error', () => this.#end(undefined));
  }

  onClose(cleanUp: () => void): void {
    if (this.closed) cleanUp();
    else this.#cleanUp.push(cleanUp);
  }

  offer(event: StreamEvent): boolean {
    if (this.closed) return false;
    if (!isCovered(this.paths, event.path) && !event.accounts?.includes(this.account)) return true;
    if (!this.#queue.push(event)) {
      this.drop('slow-reader');
      return false;
    }
    // One write for all that a commit hands out in one go.
    if (this.#live && !this.#flushPlanned) {
      this.#flushPlanned = true;
      queueMicrotask(() => this.#send());
    }
    return true;
  }

  flush(): void {
    if (this.#flushPlanned) this.#send();
  }

  /** The replay has shown everything up to this id; from now on the queue goes out. */
  goLive(replayedTo: number): void {
    this.#replayedTo = replayedTo;
    this.#live = true;
    this.#send();
  }

  write(text: string): void {
    if (this.closed || text === '') return;
    const { socket } = this.#socket;
    // Node would hold it back until the work at hand is done, and write it then.
    socket?.cork();
    if (!this.#socket.write(text)) this.#blockedSince ??= this.#wall.now();
    socket?.uncork();
  }

  /** Resolves when the socket takes more: true, or false when the reader is gone. */
  drained(): Promise<boolean> {
    if (this.closed || this.#blockedSince === undefined) return Promise.resolve(!this.closed);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The comment keeps proxies from closing a quiet stream, and finds out whether anybody is still there. */
  beat(): void {
    if (this.#blockedSince === undefined) this.write(':\n\n');
    else if (this.#wall.now() - this.#blockedSince > this.#stallMsMax) this.drop('slow-reader');
    if (!this.closed && ++this.#beats % HEARTBEATS_PER_RECHECK === 0) void this.recheck();
  }

  /** Ends the stream if it would not be opened now. Where the records do not answer, the next look finds out. */
  async recheck(): Promise<void> {
    const allowed = await this.#stillAllowed().catch(() => true);
    if (!allowed) this.drop('rights-changed');
  }

  /** Ends the stream at once: the socket is not waited for. */
  drop(reason: DropReason): void {
    if (this.closed) return;
    this.#end(reason);
    this.#socket.destroy();
  }

  dropped(reason: 'slow-reader' | 'shutdown'): void {
    if (this.closed) return;
    if (reason === 'slow-reader' || this.#blockedSince !== undefined) {
      this.drop(reason);
    } else {
      this.#end(reason);
      this.#socket.end();
    }
  }

  #send(): void {
    this.#flushPlanned = false;
    while (this.#blockedSince === undefined && this.#queue.length > 0 && !this.closed) {
      let text = '';
      for (let taken = 0; taken < EVENTS_PER_WRITE && this.#queue.length > 0; taken++) {
        const event = this.#queue.shift();
        if (event && event.id > this.#replayedTo) text += encode(event, this);
      }
      this.write(text);
    }
  }

  #unblock(): void {
    this.#blockedSince = undefined;
    this.#waiting?.(true);
    this.#waiting = undefined;
    if (this.#live) this.#send();
  }

  #end(reason: DropReason | undefined): void {
    if (this.closed) return;
    this.closed = true;
    for (const cleanUp of this.#cleanUp) cleanUp();
    this.#waiting?.(false);
    this.#onEnd(reason);
  }
}
