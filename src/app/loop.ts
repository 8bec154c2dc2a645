import type { Logger } from 'pino';
import { BoundedQueue } from '../lib/bounded-queue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Command, CommandInput, CommandReply } from '../model/command.ts';
import type { Effect, Input, Refusal, StepResult, TickInput } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { Rejection } from '../model/rejection.ts';
import type { InboundMessage } from '../ports/broker.ts';
import type { RecordStore, StreamEvent, SubjectRow } from '../ports/records.ts';
import type { SequencedReport } from '../ports/telemetry.ts';
import type { Core } from './core.ts';
import type { Decoder } from './decode.ts';
import { JournalWriter } from './journal.ts';
import { step } from './pipeline.ts';
import { storeNumbering, subjectRow } from './subject.ts';

/** What happened in a batch, told once it is on disk. */
export interface Committed {
  readonly events: readonly StreamEvent[];
  readonly effects: readonly Effect[];
  readonly reports: readonly SequencedReport[];
  readonly lastSeq: number;
}

export interface LoopOptions {
  readonly core: Core;
  readonly records: RecordStore;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs after each commit, before the next batch is taken. */
  readonly committed: (batch: Committed) => void;
  /** A pause between batches in which no input is half-way: for checkpoints. */
  readonly between: () => Promise<void> | void;
}

type Item =
  | {
      readonly kind: 'rejected';
      readonly message: Message;
      readonly device: string | undefined;
      readonly refusal: Refusal;
    }
  | { readonly kind: 'message'; readonly inbound: InboundMessage }
  | { readonly kind: 'input'; readonly input: CommandInput | TickInput };

interface Batch {
  readonly effects: Effect[];
  readonly done: (() => void)[];
  readonly reports: SequencedReport[];
  readonly touched: Set<string>;
  readonly firstSeq: number;
  /** False: nothing of it needs to be on disk (presence, a tick at which nothing was due). */
  written: boolean;
}

/** At a calm rate each message is committed at once; under load batches form while the disk is busy. */
const LINGER_MS_MAX = 4;
const CALM_BATCH = 2;
const COMMIT_RETRY_MS_FIRST = 100;
const COMMIT_RETRY_MS_MAX = 10_000;

/**
 * Inbox → step → commit → acknowledgements and everything that follows. One batch at a time: what a batch says is on
 * disk before anybody hears of it, and one fsync serves all of it.
 */
export class Loop {
  readonly #options: LoopOptions;
  readonly #inbox = new BoundedQueue<Item>(LIMITS.inboxLengthMax);
  readonly #replies = new Map<string, (reply: CommandReply) => void>();
  readonly #journal = new JournalWriter();
  readonly #waitingForRoom: (() => void)[] = [];
  #scheduled = false;
  #running = false;
  #stopped = false;
  #lastCommitAt = 0;
  #meanBatch = 1;
  #commandNumber = 0;
  #leptAt = 0;
  /** Commands that concern everybody wait until what is due has been worked off; messages pass by them. */
  readonly #deferred: Item[] = [];
  #idle: (() => void)[] = [];
  /** Set while the records refuse to commit: nothing is acknowledged meanwhile. */
  failing: string | undefined;
  readonly counts = { messages: 0, readings: 0, events: 0, rejected: 0, batches: 0, commitRetries: 0 };
  /** How long the last commit took, retries included, in milliseconds of the wall. */
  lastCommitMs = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  get inboxMax(): number {
    return this.#inbox.max;
  }

  get inboxLength(): number {
    return this.#inbox.length;
  }

  /** Takes a message; false when the inbox is full: nothing was taken, `onRoom` tells when to try again. */
  receive(inbound: InboundMessage): boolean {
    if (this.#stopped || !this.#inbox.push({ kind: 'message', inbound })) return false;
    this.#schedule();
    return true;
  }

  onRoom(resume: () => void): void {
    this.#waitingForRoom.push(resume);
  }

  /** Resolves with the answer after the commit. */
  submit(command: Command, by: string): Promise<CommandReply> {
    const id = `${this.#options.clock.now().toString(36)}-${++this.#commandNumber}`;
    const input: CommandInput = { kind: 'command', receivedAt: this.#options.clock.now(), id, by, command };
    if (this.#stopped || !this.#inbox.push({ kind: 'input', input })) {
      return Promise.resolve({ ok: false, failure: { code: 'NOT_READY' } });
    }
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.#schedule();
    });
  }

  /** Counts and shows what was refused before it became a message for us. When the inbox is full it is only counted. */
  reject(message: Message, device: string | undefined, refusal: Refusal): void {
    if (this.#stopped || !this.#inbox.push({ kind: 'rejected', message, device, refusal }))
      this.counts.rejected++;
    else this.#schedule();
  }

  /** Lets time pass. Skipped while messages wait: they carry the time themselves. */
  tick(listeningSince?: number): void {
    if (this.#stopped || (this.#inbox.length > 0 && listeningSince === undefined)) return;
    const receivedAt = this.#options.clock.now();
    this.#inbox.push({
      kind: 'input',
      input: { kind: 'tick', receivedAt, ...(listeningSince === undefined ? {} : { listeningSince }) },
    });
    this.#schedule();
  }

  /** Resolves when everything that was received has been committed. */
  async drained(): Promise<void> {
    if (!this.#running && !this.#scheduled && this.#inbox.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Takes nothing more, commits what is there. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.drained();
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    const sinceCommit = performance.now() - this.#lastCommitAt;
    const linger = this.#meanBatch <= CALM_BATCH ? 0 : LINGER_MS_MAX - sinceCommit;
    if (linger < 1) setImmediate(() => this.#start());
    else setTimeout(() => this.#start(), linger);
  }

  #start(): void {
    this.#scheduled = false;
    if (this.#running) return;
    this.#running = true;
    this.#drain().then(
      () => this.#finish(),
      (error: unknown) => {
        // A batch that cannot be reasoned about must not be acknowledged: the process stops and restarts from disk.
        this.#options.logger.fatal(error, 'the loop broke');
        setImmediate(() => {
          throw error;
        });
      },
    );
  }

  #finish(): void {
    this.#running = false;
    const { behind } = this.#options.core;
    if (this.#inbox.length > 0 || this.#deferred.length > 0 || (behind && !this.#stopped)) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #drain(): Promise<void> {
    const batch = this.#takeBatch();
    this.#tell(batch, batch.written ? await this.#commit(batch) : []);
    await this.#options.between();
  }

  /** Steps through what waits, up to a batch. */
  #takeBatch(): Batch {
    const { core } = this.#options;
    const batch: Batch = {
      effects: [],
      done: [],
      reports: [],
      touched: new Set(),
      firstSeq: core.seq + 1,
      written: false,
    };
    this.#journal.reset();
    this.#noticeLeap(batch);
    this.#workOff(batch);
    let items = 0;
    let latest = 0;
    while (items < LIMITS.batchLengthMax) {
      const item = (core.behind ? undefined : this.#deferred.shift()) ?? this.#inbox.shift();
      if (!item) break;
      if (core.behind && concernsAll(item)) {
        this.#deferred.push(item);
        continue;
      }
      items++;
      if (item.kind !== 'input') {
        const { receivedAt } = item.kind === 'message' ? item.inbound.message : item.message;
        if (receivedAt > latest) latest = receivedAt;
      }
      if (item.kind === 'message') this.#takeMessage(item.inbound, batch);
      else if (item.kind === 'rejected') this.#refuse(item.message, item.device, [item.refusal], batch);
      else this.#takeInput(item.input, batch);
    }
    this.#meanBatch = 0.8 * this.#meanBatch + 0.2 * items;
    if (this.#waitingForRoom.length > 0)
      for (const resume of this.#waitingForRoom.splice(0)) setImmediate(resume);
    // Messages that nobody can use carry the time as well: a flood of them must not hold back what is due.
    if (latest > core.now) this.#takeInput({ kind: 'tick', receivedAt: latest }, batch);
    // Rejections alone hold no input, but they too are counted on disk before anybody is told.
    if (batch.effects.length > 0 && !batch.written)
      this.#runStep({ kind: 'tick', receivedAt: core.now }, batch);
    return batch;
  }

  /** After the machine has slept nobody was silent meanwhile: we were deaf. Before any message lets that time pass. */
  #noticeLeap(batch: Batch): void {
    const leptAt = this.#options.clock.leptAt?.() ?? 0;
    if (leptAt <= this.#leptAt) return;
    this.#leptAt = leptAt;
    this.#takeInput({ kind: 'tick', receivedAt: leptAt, listeningSince: leptAt }, batch);
  }

  /** Where more is due than a step should take, a slice of it goes first, and so with each batch until all has fired. */
  #workOff(batch: Batch): void {
    const { core, clock } = this.#options;
    const receivedAt = Math.max(core.now, clock.now());
    if (core.behind || core.due.boundBefore(receivedAt, LIMITS.dueSliceMax) !== undefined)
      this.#letPass({ kind: 'tick', receivedAt }, batch);
  }

  /** Lets time pass, as far as one slice of what is due reaches. */
  #letPass(tick: TickInput, batch: Batch): void {
    const bound = this.#options.core.due.boundBefore(tick.receivedAt, LIMITS.dueSliceMax);
    this.#runStep(bound ? { ...tick, receivedAt: bound.due, through: bound.key } : tick, batch);
  }

  #takeMessage(inbound: InboundMessage, batch: Batch): void {
    const { core, decoder } = this.#options;
    const { message } = inbound;
    this.counts.messages++;
    batch.done.push(inbound.done);
    // Presence is known already. A topic of a device model may end like that too: it is a message like any other.
    if (message.topic.endsWith('/status') && decoder.deviceOf(message.topic) === undefined) return;
    const { report, device, refusals } = decoder.decode(core, message);
    this.#refuse(message, device, refusals, batch);
    if (!report) return;
    this.counts.readings += report.readings.length;
    this.counts.events += report.events.length;
    const seq = core.seq + 1;
    const receivedAt = Math.max(report.receivedAt, core.now);
    const { refusals: refused, accepted } = this.#runStep(
      receivedAt === report.receivedAt ? report : { ...report, receivedAt },
      batch,
    );
    this.#refuse(message, device, refused, batch);
    if (accepted) batch.reports.push({ seq, report: accepted });
  }

  #takeInput(input: CommandInput | TickInput, batch: Batch): void {
    const { core } = this.#options;
    if (input.kind === 'command') this.#runStep(input, batch);
    else if (input.listeningSince !== undefined) this.#letPass(input, batch);
    // What is left has its slice in each batch.
    else if (core.behind) return;
    // Nothing is due: time passes without a trace.
    else if (core.due.nextDue >= input.receivedAt) core.now = Math.max(core.now, input.receivedAt);
    else this.#letPass(input, batch);
  }

  #runStep(input: Input, batch: Batch): StepResult {
    const result = step(this.#options.core, input);
    this.#journal.add(input, result.accepted);
    for (const effect of result.effects) batch.effects.push(effect);
    for (const subject of result.touched) batch.touched.add(subject);
    batch.written = true;
    return result;
  }

  #refuse(message: Message, device: string | undefined, refusals: readonly Refusal[], batch: Batch): void {
    for (const refusal of refusals) {
      this.counts.rejected++;
      batch.effects.push({ type: 'rejection', rejection: rejectionOf(message, device, refusal) });
    }
  }

  /** Commits, and goes on trying: the state in memory is ahead, so there is no way back but a restart. */
  async #commit(batch: Batch): Promise<readonly StreamEvent[]> {
    const { core, records, logger } = this.#options;
    const subjects = this.#touchedRows(batch);
    const journal = this.#journal.bytes();
    const startedAt = performance.now();
    for (let waitMs = COMMIT_RETRY_MS_FIRST; ; waitMs = Math.min(waitMs * 2, COMMIT_RETRY_MS_MAX)) {
      try {
        const { firstSeq, effects } = batch;
        const result = await records.commit({
          firstSeq,
          lastSeq: core.seq,
          journal,
          effects,
          subjects,
          at: core.now,
        });
        this.failing = undefined;
        this.counts.batches++;
        this.#lastCommitAt = performance.now();
        this.lastCommitMs = this.#lastCommitAt - startedAt;
        return result.events;
      } catch (error) {
        this.counts.commitRetries++;
        this.failing = (error as Error).message;
        logger.error(
          { err: error, waitMs },
          'a batch could not be committed; nothing is acknowledged until it is',
        );
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  #touchedRows(batch: Batch): SubjectRow[] {
    const { core } = this.#options;
    return [...batch.touched].map((id) => {
      const subject = core.subject(id);
      if (!subject) {
        const numbering = core.retired.get(id);
        return { subject: id, seq: core.seq, state: numbering && storeNumbering(numbering) };
      }
      subject.savedSeq = core.seq;
      subject.dirty = false;
      return subjectRow(subject, core.seq, core.rules);
    });
  }

  #tell(batch: Batch, events: readonly StreamEvent[]): void {
    for (const done of batch.done) done();
    for (const effect of batch.effects) {
      if (effect.type !== 'reply') continue;
      this.#replies.get(effect.id)?.(effect.reply);
      this.#replies.delete(effect.id);
    }
    this.#options.committed({
      events,
      effects: batch.effects,
      reports: batch.reports,
      lastSeq: this.#options.core.seq,
    });
  }
}

const concernsAll = (item: Item): boolean =>
  item.kind === 'input' && item.input.kind === 'command' && !('case' in item.input.command);

function rejectionOf(message: Message, device: string | undefined, { reason, detail }: Refusal): Rejection {
  return {
    at: message.receivedAt,
    reason,
    topic: message.topic.slice(0, 500),
    from: message.client ?? device ?? '',
    ...(device === undefined ? {} : { device }),
    detail: detail.slice(0, 500),
    payload: message.payload.subarray(0, LIMITS.rejectionPayloadBytesMax),
    payloadBytes: message.payload.length,
  };
}
