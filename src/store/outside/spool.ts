import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../model/limits.ts';
import type { Period } from '../../ports/telemetry.ts';
import type { Lines } from './lines.ts';
import { owing } from './owed.ts';
import { Segment, type SpoolEntry, type SpoolHead } from './segment.ts';
import { FRESH, isSpool, readState, type SpoolState, syncPath, writeState } from './spool-state.ts';

const SEGMENT = /^(\d{10})\.spool$/;

/** Entries to be done next, all of one kind: lines in one piece of text, or one removal, or one retention. */
export interface SpoolBatch {
  readonly entries: readonly SpoolHead[];
  readonly text: string;
  readonly segment: number;
  readonly offset: number;
}

/**
 * What an outside store has not taken yet, on disk, in order. Entries gather in memory until `flush`; what is flushed
 * may be read; what is synced outlives the machine. It is bounded: the oldest segment gives way, and its period is then
 * owed out of the local store.
 */
export class Spool {
  readonly #dir: string;
  readonly #bytesMax: number;
  #segments: Segment[] = [];
  #state: SpoolState = FRESH;
  #buffer: SpoolEntry[] = [];
  #bufferChars = 0;
  #lines: Lines | undefined;
  #bufferedSeq = 0;
  #flushedSeq = 0;
  #syncedSeq = 0;
  /** What is remembered stands in the file as well. */
  #isNoted = true;
  /** Segments with bytes that the disk may not have yet. */
  #unsynced = new Set<Segment>();

  constructor(dir: string, bytesMax: number) {
    this.#dir = dir;
    this.#bytesMax = bytesMax;
  }

  /** @returns whether there was one already */
  open(): boolean {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const known = readState(this.#dir);
    this.#state = known ?? FRESH;
    const { sent } = this.#state;
    for (const name of readdirSync(this.#dir).sort()) {
      const number = Number(SEGMENT.exec(name)?.[1] ?? -1);
      const file = join(this.#dir, name);
      if (number < 0) continue;
      const segment = number < sent.segment ? undefined : Segment.read(number, file);
      if (segment && segment.heads.length > 0) this.#segments.push(segment);
      else rmSync(file);
    }
    const last = this.#segments.at(-1);
    const isNumbered = (last?.number ?? 0) >= (this.#state.numberedFrom ?? 0);
    const inSegments = isNumbered ? (last?.heads.at(-1)?.lastSeq ?? 0) : 0;
    this.#bufferedSeq = Math.max(this.#state.lastSeq, inSegments);
    this.#flushedSeq = this.#bufferedSeq;
    // What a process left behind that was ended is in the hands of the system, not yet of the disk.
    for (const { file } of this.#segments) syncPath(file);
    this.#syncedSeq = this.#bufferedSeq;
    return known !== undefined;
  }

  /** The records know nothing after this input, and will use the numbers after it again: to be called before `open`. */
  renumber(seq: number): void {
    const state = readState(this.#dir);
    if (!state) return;
    const numbers = readdirSync(this.#dir).map((name) => Number(SEGMENT.exec(name)?.[1] ?? 0));
    const numberedFrom = Math.max(state.sent.segment, ...numbers) + 1;
    this.#state = state;
    this.remember({ lastSeq: seq, numberedFrom }, true);
  }

  get state(): SpoolState {
    return this.#state;
  }

  /** Changes what is remembered. `durably`: it is on disk when this returns. @throws what the disk says; then nothing has changed */
  remember(change: Partial<SpoolState>, durably = false): void {
    const state = { ...this.#state, ...change };
    writeState(this.#dir, state, durably);
    this.#state = state;
    this.#isNoted = true;
  }

  /** The last input that was put in, whether or not it has been flushed. */
  get lastSeq(): number {
    return this.#bufferedSeq;
  }
  get syncedSeq(): number {
    return this.#syncedSeq;
  }

  addLines(lines: Lines, seq: number): void {
    const before = this.#lines;
    this.#bufferedSeq = Math.max(this.#bufferedSeq, seq);
    if (lines.points === 0) return;
    this.#bufferChars += lines.text.length;
    this.#lines = before
      ? {
          text: before.text + lines.text,
          points: before.points + lines.points,
          minAt: Math.min(before.minAt, lines.minAt),
          maxAt: Math.max(before.maxAt, lines.maxAt),
        }
      : lines;
    if (this.#lines.points >= LIMITS.outsideBatchPointsMax) this.#cut();
  }

  addOperation(entry: Exclude<SpoolEntry, { kind: 'lines' }>): void {
    this.#cut();
    this.#bufferedSeq = Math.max(this.#bufferedSeq, entry.lastSeq);
    this.#buffer.push(entry);
  }

  /** What was measured in between may be nothing. */
  passed(seq: number): void {
    this.#bufferedSeq = Math.max(this.#bufferedSeq, seq);
  }

  #cut(): void {
    if (this.#lines) this.#buffer.push({ kind: 'lines', lastSeq: this.#bufferedSeq, ...this.#lines });
    this.#lines = undefined;
  }

  /** Writes what has gathered. @throws what the disk says; it is all kept for the next time */
  flush(): void {
    if (!this.#isNoted) this.remember({});
    this.#cut();
    if (this.#buffer.length > 0) {
      const segment = this.#writable();
      segment.append(this.#buffer);
      this.#unsynced.add(segment);
      this.#buffer = [];
      this.#bufferChars = 0;
    }
    this.#flushedSeq = this.#bufferedSeq;
  }

  /** Waits for the disk. */
  sync(): void {
    if (this.#syncedSeq === this.#flushedSeq) return;
    const seq = this.#flushedSeq;
    const isNew = this.#unsynced.size > 0;
    for (const segment of this.#unsynced) segment.sync();
    this.#unsynced.clear();
    if (isNew) syncPath(this.#dir);
    // A stretch without readings leaves no entry that would say how far it goes.
    if ((this.#segments.at(-1)?.heads.at(-1)?.lastSeq ?? 0) < seq) this.remember({ lastSeq: seq }, true);
    this.#syncedSeq = seq;
  }

  #writable(): Segment {
    const last = this.#segments.at(-1);
    if (last && this.#open === last && last.bytes < LIMITS.spoolSegmentBytesMax) return last;
    this.#open?.sync();
    this.#open?.close();
    const number = Math.max(last?.number ?? 0, this.#state.sent.segment) + 1;
    this.#open = Segment.create(number, join(this.#dir, `${String(number).padStart(10, '0')}.spool`));
    this.#segments.push(this.#open);
    return this.#open;
  }
  #open: Segment | undefined;

  /** Readings in memory that the disk has not taken. */
  get bufferedChars(): number {
    return this.#bufferChars;
  }

  /** Gives up what is in memory, because the disk takes nothing. @returns its period, undefined if it is nothing */
  dropBuffer(): Period | undefined {
    this.#cut();
    const lines = this.#buffer.filter((entry) => entry.kind === 'lines');
    this.#buffer = this.#buffer.filter((entry) => entry.kind !== 'lines');
    this.#bufferChars = 0;
    return lines.length === 0 ? undefined : periodOf(lines);
  }

  /** What is to be done next, if anything was flushed that is not done. At most so many lines, but at least one entry. */
  next(pointsMax: number): SpoolBatch | undefined {
    while (
      this.#segments[0] &&
      this.#segments[0] !== this.#open &&
      this.#unsent(this.#segments[0]).length === 0
    )
      this.#discard(this.#segments[0]);
    const { sent } = this.#state;
    const segment = this.#segments[0];
    if (!segment) return undefined;
    const offset = segment.number === sent.segment ? sent.offset : 0;
    const begin = segment.heads.findIndex(({ end }) => end > offset);
    if (begin < 0) return undefined;
    let end = begin;
    for (let points = 0; end < segment.heads.length; end++) {
      const head = segment.heads[end] as SpoolHead;
      if (head.kind !== 'lines') break;
      points += head.points;
      if (end > begin && points > pointsMax) break;
    }
    end = Math.max(end, begin + 1);
    const entries = segment.heads.slice(begin, end);
    const text = entries.map((head, i) => (head.kind === 'lines' ? segment.text(begin + i) : '')).join('');
    return { entries, text, segment: segment.number, offset: entries.at(-1)?.end ?? 0 };
  }

  /** This batch is done. A segment that is done goes. */
  done(batch: SpoolBatch, change: Partial<SpoolState> = {}): void {
    const segment = this.#segments[0];
    // It had to give way while it was being sent.
    if (segment?.number !== batch.segment) return;
    // Written down with the next flush: after a crash a second of lines is sent again, which changes nothing.
    this.#state = { ...this.#state, ...change, sent: { segment: batch.segment, offset: batch.offset } };
    this.#isNoted = false;
    if (batch.offset < segment.bytes) return;
    segment.rest();
    if (segment !== this.#open) this.#discard(segment);
    // Sent up to its end: nothing of it is needed, however small it is.
    else if (segment.bytes >= LIMITS.spoolSegmentBytesMax) {
      segment.close();
      this.#open = undefined;
      this.#discard(segment);
    }
  }

  #discard(segment: Segment): void {
    this.#segments = this.#segments.filter((one) => one !== segment);
    this.#unsynced.delete(segment);
    // Its last input must stay known when the file is gone.
    const inSegment =
      segment.number >= (this.#state.numberedFrom ?? 0) ? (segment.heads.at(-1)?.lastSeq ?? 0) : 0;
    const lastSeq = Math.max(this.#state.lastSeq, inSegment);
    this.remember({ lastSeq, sent: { segment: segment.number + 1, offset: 0 } });
    rmSync(segment.file, { force: true });
  }

  /** Lets the oldest segments go while there are too many bytes: their period is owed from now on. */
  giveWay(): void {
    while (this.bytes > this.#bytesMax && this.#segments.length > 1) {
      const segment = this.#segments[0] as Segment;
      const left = this.#unsent(segment);
      const lines = left.filter((head) => head.kind === 'lines');
      const removals = left.flatMap((head) => (head.kind === 'remove' ? [head.device] : []));
      const { state } = this;
      this.remember(
        {
          owed: lines.length > 0 ? owing(state.owed, periodOf(lines)) : state.owed,
          removals: [...new Set([...state.removals, ...removals])],
        },
        true,
      );
      this.#discard(segment);
    }
  }

  #unsent(segment: Segment): SpoolHead[] {
    const { sent } = this.#state;
    return segment.heads.filter(({ end }) => segment.number !== sent.segment || end > sent.offset);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Readings and events that are not done, and the oldest of them. */
  waiting(): { readonly points: number; readonly minAt: number } {
    let [points, minAt] = [0, Number.POSITIVE_INFINITY];
    const add = (some: { readonly points: number; readonly minAt: number }): void => {
      points += some.points;
      minAt = Math.min(minAt, some.minAt);
    };
    for (const segment of this.#segments) {
      if (segment.number !== this.#state.sent.segment) add(segment);
      else for (const head of this.#unsent(segment)) if (head.kind === 'lines') add(head);
    }
    for (const entry of this.#buffer) if (entry.kind === 'lines') add(entry);
    if (this.#lines) add(this.#lines);
    return { points, minAt };
  }

  /** Everything that is not done, flushed or not. */
  *unsent(): Generator<SpoolHead | SpoolEntry> {
    for (const segment of this.#segments) yield* this.#unsent(segment);
    yield* this.#buffer;
    if (this.#lines) yield { kind: 'lines', lastSeq: this.#bufferedSeq, ...this.#lines };
  }

  /** Bytes on disk that are not done. */
  get waitingBytes(): number {
    const { sent } = this.#state;
    const first = this.#segments[0];
    return this.bytes - (first && first.number === sent.segment ? sent.offset : 0);
  }

  close(): void {
    try {
      if (!this.#isNoted) this.remember({});
    } catch {
      // Then some lines are sent twice, which changes nothing.
    }
    this.#open?.close();
    this.#open = undefined;
  }
}

/** Has this period sent out of the local store, if there is a spool in this folder. For a store that nobody has open. */
export function oweOutside(dir: string, period: Period): void {
  if (!isSpool(dir)) return;
  const spool = new Spool(dir, Number.POSITIVE_INFINITY);
  spool.open();
  spool.remember({ owed: owing(spool.state.owed, period) }, true);
  spool.close();
}

/**
 * The records know nothing after this input, and will use the numbers after it again: those that the spool has of it are
 * others. For a store that nobody has open.
 */
export function renumberSpool(dir: string, lastSeq: number): void {
  if (!isSpool(dir)) return;
  const spool = new Spool(dir, Number.POSITIVE_INFINITY);
  spool.open();
  const isAhead = spool.lastSeq > lastSeq;
  spool.close();
  if (isAhead) spool.renumber(lastSeq);
}

const periodOf = (lines: readonly { readonly minAt: number; readonly maxAt: number }[]): Period => ({
  from: lines.reduce((min, { minAt }) => Math.min(min, minAt), Number.POSITIVE_INFINITY),
  to: 1 + lines.reduce((max, { maxAt }) => Math.max(max, maxAt), Number.NEGATIVE_INFINITY),
});
