import type { Command, CommandInput, CommandReply } from '../model/command.ts';
import type { Effect, Input, Refusal, StepResult, TickInput } from '../model/effect.ts';
import { saysMore } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { InboundMessage } from '../ports/broker.ts';
import type { StreamEvent } from '../ports/records.ts';
import { type Batch, emptyBatch, isFull, msLeft, notAfter, noteStep, takesAtOnce } from './batch.ts';
import { touchedRows } from './checkpoints.ts';
import type { DecodedMessage } from './decode.ts';
import { homesCalling } from './homes-calling.ts';
import { concernsAll, Inbox, type Item } from './inbox.ts';
import { JournalWriter } from './journal.ts';
import type { LoopOptions } from './loop-options.ts';
import { MessageRate } from './message-rate.ts';
import { step } from './pipeline.ts';
import { rejectionOf } from './rejected.ts';
import { isPresence } from './status-topic.ts';
import { Uncommitted } from './uncommitted.ts';
import { untilDone } from './until-done.ts';

/** Pauses in a row that may be put off: who calls all the time stops no checkpoint. */
const PAUSES_PUT_OFF_MAX = 10;

/** Where messages come so fast that some of them share a commit if it waits this long, it does. */
const LINGER_MS = 4;
const LINGER_FOR_MESSAGES = 4;

/**
 * Inbox → step → commit → acknowledgements and everything that follows. One batch at a time: what a batch says is on
 * disk before anybody hears of it, and one fsync serves all of it.
 *
 * What comes while nothing is being committed is stepped through at once, into the open batch. It is committed at the
 * end of this turn of the event loop; or, at a rate at which it pays, a little later, unless somebody is in need:
 * an event, an alert, a command of people ends the waiting. What comes during a commit, or beyond a full batch, waits
 * in the inbox.
 */
export class Loop {
  readonly #options: LoopOptions;
  readonly #inbox = new Inbox();
  readonly #replies = new Map<string, (reply: CommandReply) => void>();
  readonly #journal = new JournalWriter();
  #batch: Batch | undefined;
  #flushing: 'no' | 'lingers' | 'now' = 'no';
  #lingering: NodeJS.Timeout | undefined;
  #running = false;
  #stopped = false;
  readonly #rate = new MessageRate();
  #pausesPutOff = 0;
  #commandNumber = 0;
  #leptAt = 0;
  /** Commands that concern everybody wait until what is due has been worked off; messages pass by them. */
  readonly #deferred: Item[] = [];
  #idle: (() => void)[] = [];
  /** What the records refuse to commit: nothing is acknowledged meanwhile. */
  readonly uncommitted: Uncommitted;
  readonly counts = { messages: 0, readings: 0, events: 0, rejected: 0, batches: 0, commitRetries: 0 };
  /** How long the last commit took, retries included, in milliseconds of the wall. */
  lastCommitMs = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
    const { logger, core, decoder } = options;
    this.uncommitted = new Uncommitted(logger, (message) => homesCalling(core, decoder, message));
  }

  get inbox(): Pick<Inbox, 'max' | 'bytes' | 'filled'> {
    return this.#inbox;
  }

  get inboxLength(): number {
    return this.#inbox.length;
  }

  /** Takes a message; false when the inbox is full: nothing was taken, `onRoom` tells when to try again. */
  receive(inbound: InboundMessage): boolean {
    if (this.#stopped || !this.#inbox.hasRoomFor(inbound)) return false;
    this.uncommitted.heard(inbound.message);
    return this.#accept({ kind: 'message', inbound });
  }

  /** Messages that were acknowledged long ago, and refused for a clock: they are looked at once more. */
  receiveAgain(): void {
    this.#options.dating?.handBack((message) => this.receive({ message, qos: 0, done: () => {} }));
  }

  onRoom(resume: () => void, ahead?: boolean): void {
    this.#inbox.onRoom(resume, ahead);
  }

  /** Resolves with the answer after the commit. */
  submit(command: Command, by: string): Promise<CommandReply> {
    const id = `${this.#options.clock.now().toString(36)}-${++this.#commandNumber}`;
    const input: CommandInput = { kind: 'command', receivedAt: this.#options.clock.now(), id, by, command };
    if (this.#stopped || !this.#accept({ kind: 'input', input })) {
      return Promise.resolve({ ok: false, failure: { code: 'NOT_READY' } });
    }
    return new Promise((resolve) => this.#replies.set(id, resolve));
  }

  /**
   * Counts and shows what was refused before it became a message for us. When the inbox is full it is only counted.
   *
   * @param done called when it is on disk, and what follows from it; never, if it was only counted
   */
  reject(message: Message, device: string | undefined, refusal: Refusal, done?: () => void): void {
    if (this.#stopped || !this.#accept({ kind: 'rejected', message, device, refusal, done }))
      this.counts.rejected++;
  }

  /** Lets time pass. Skipped while messages wait, unless it says more: they carry the time themselves. */
  tick(more: Pick<TickInput, 'listeningSince' | 'deafSince' | 'absence'> = {}): void {
    if (this.#stopped || (this.#inbox.length > 0 && !saysMore(more))) return;
    const receivedAt = this.#options.clock.now();
    this.#accept({ kind: 'input', input: { kind: 'tick', receivedAt, ...more } });
  }

  /** Resolves when everything that was received has been committed. */
  async drained(): Promise<void> {
    if (!this.#running && this.#flushing === 'no' && this.#inbox.length === 0 && !this.#isBehind) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Takes nothing more, commits what is there. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.drained();
  }

  /** Steps through it now if nothing stands in its way; otherwise it waits in the inbox. False: there is no room. */
  #accept(item: Item): boolean {
    const open = this.#batch;
    const mustWait = this.#running || this.#inbox.length > 0 || (this.#isBehind && concernsAll(item));
    if (mustWait || (open && !takesAtOnce(open))) {
      if (!this.#inbox.push(item)) return false;
      this.#plan('now');
      return true;
    }
    try {
      const startedAt = this.#options.steadyNow();
      this.#batch = open ?? this.#beginBatch();
      const isUrgent = this.#take(item, this.#batch, Number.POSITIVE_INFINITY);
      this.#batch.workedMs += this.#options.steadyNow() - startedAt;
      this.#plan(isUrgent || !this.#isBusy ? 'now' : 'lingers');
    } catch (error) {
      this.#broke(error);
    }
    return true;
  }

  /** Not all that is due has fired, or commands wait for that. */
  get #isBehind(): boolean {
    return this.#options.core.behind || this.#deferred.length > 0;
  }

  get #isBusy(): boolean {
    return this.#rate.perMs * LINGER_MS >= LINGER_FOR_MESSAGES;
  }

  #plan(when: 'lingers' | 'now'): void {
    if (this.#running || this.#flushing === 'now' || this.#flushing === when) return;
    const lingerMs = when === 'now' ? 0 : this.#rate.lastAt + LINGER_MS - this.#options.steadyNow();
    clearTimeout(this.#lingering);
    this.#flushing = lingerMs < 1 ? 'now' : 'lingers';
    if (lingerMs < 1) setImmediate(() => this.#flush());
    else this.#lingering = setTimeout(() => this.#flush(), lingerMs);
  }

  #flush(): void {
    this.#flushing = 'no';
    if (this.#running) return;
    this.#running = true;
    this.#drain().then(
      () => this.#finish(),
      (error: unknown) => this.#broke(error),
    );
  }

  /** A batch that cannot be reasoned about must not be acknowledged: the process stops and restarts from disk. */
  #broke(error: unknown): void {
    this.#running = true;
    this.#options.logger.fatal(error, 'the loop broke');
    setImmediate(() => {
      throw error;
    });
  }

  #finish(): void {
    this.#running = false;
    const { behind } = this.#options.core;
    if (this.#inbox.length > 0 || this.#deferred.length > 0 || (behind && !this.#stopped)) this.#plan('now');
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #drain(): Promise<void> {
    const batch = this.#closeBatch();
    this.#tell(batch, batch.written ? await this.#commit(batch) : []);
    const hurried = this.#inbox.someoneCalls && this.#pausesPutOff < PAUSES_PUT_OFF_MAX;
    this.#pausesPutOff = hurried ? this.#pausesPutOff + 1 : 0;
    await this.#options.between(hurried);
  }

  #beginBatch(): Batch {
    this.#journal.reset();
    const batch = emptyBatch(this.#options.core.seq + 1);
    this.#workOff(batch);
    return batch;
  }

  /** Fills the open batch with what waits. */
  #closeBatch(): Batch {
    const { core } = this.#options;
    const batch = this.#batch ?? this.#beginBatch();
    this.#batch = undefined;
    this.#takeWaiting(batch);
    this.#rate.note(batch.items, this.#options.steadyNow());
    this.#inbox.tellOfRoom();
    // Messages that nobody can use carry the time as well: a flood of them must not hold back what is due.
    if (batch.latest > core.now) this.#takeInput({ kind: 'tick', receivedAt: batch.latest }, batch);
    // Rejections alone hold no input, but they too are counted on disk before anybody is told.
    if (batch.effects.length > 0 && !batch.written)
      this.#runStep({ kind: 'tick', receivedAt: core.now }, batch);
    return batch;
  }

  #takeWaiting(batch: Batch): void {
    let { ahead, until } = this.#inbox.letThroughWhoIsInNeed(LIMITS.batchLengthMax - batch.items);
    const timeIsUp = this.#options.steadyNow() + msLeft(batch, ahead > 0);
    while (!isFull(batch) && (ahead > 0 || this.#options.steadyNow() < timeIsUp)) {
      const isBehind = this.#options.core.behind;
      const deferred = isBehind ? undefined : this.#deferred.shift();
      const item = deferred ?? this.#inbox.shift();
      if (!item) break;
      if (!deferred && ahead-- === 0) until = Number.POSITIVE_INFINITY;
      if (isBehind && concernsAll(item)) {
        this.#deferred.push(item);
        continue;
      }
      this.#take(item, batch, until);
    }
  }

  /** After the machine has slept nobody was silent meanwhile: we were deaf. Before any message lets that time pass. */
  #noticeLeap(batch: Batch): void {
    const absence = this.#options.clock.lastLeap?.();
    if (!absence || absence.until <= this.#leptAt) return;
    const { until } = absence;
    this.#leptAt = until;
    this.#takeInput({ kind: 'tick', receivedAt: until, listeningSince: until, absence }, batch);
  }

  /** Where more is due than a step should take, a slice of it goes first, and so with each batch until all has fired. */
  #workOff(batch: Batch): void {
    const { core, clock } = this.#options;
    const receivedAt = Math.max(core.now, clock.now());
    this.#noticeLeap(batch);
    if (core.behind || core.due.boundBefore(receivedAt, LIMITS.dueSliceMax) !== undefined)
      this.#letPass({ kind: 'tick', receivedAt }, batch);
  }

  /** Lets time pass, as far as one slice of what is due reaches. */
  #letPass(tick: TickInput, batch: Batch): void {
    const bound = this.#options.core.due.boundBefore(tick.receivedAt, LIMITS.dueSliceMax);
    this.#runStep(bound ? { ...tick, receivedAt: bound.due, through: bound.key } : tick, batch);
  }

  /**
   * Takes one thing into the batch; true when somebody waits for what follows from it.
   *
   * @param until its time is not later than this
   */
  #take(item: Item, batch: Batch, until: number): boolean {
    this.#noticeLeap(batch);
    batch.items++;
    if (item.kind === 'input') {
      const before = batch.effects.length;
      this.#takeInput(notAfter(item.input, Math.max(until, this.#options.core.now)), batch);
      return item.input.kind === 'command' || batch.effects.length > before;
    }
    const { receivedAt } = item.kind === 'message' ? item.inbound.message : item.message;
    batch.latest = Math.max(batch.latest, Math.min(receivedAt, until));
    if (item.kind === 'message') return this.#takeMessage(item.inbound, batch, until);
    this.#refuse(item.message, item.device, [item.refusal], batch);
    if (item.done) batch.taken.push({ done: item.done });
    return item.done !== undefined;
  }

  #takeMessage(inbound: InboundMessage, batch: Batch, until: number): boolean {
    const { core, decoder } = this.#options;
    const { message } = inbound;
    this.counts.messages++;
    batch.taken.push(inbound);
    const speaker = decoder.speakerOf(core, message);
    if (speaker) return this.#takeDecoded(inbound, decoder.saidBy(speaker, message), batch, until);
    // Presence is known already. A topic of a device model may end like that too: it is a message like any other.
    if (isPresence(message) && !decoder.isDevices(message.topic)) return false;
    let awaited = false;
    decoder.decode(core, message, (decoded) => {
      if (this.#takeDecoded(inbound, decoded, batch, until)) awaited = true;
    });
    return awaited;
  }

  #takeDecoded(inbound: InboundMessage, decoded: DecodedMessage, batch: Batch, until: number): boolean {
    const { core } = this.#options;
    const { message } = inbound;
    const { device, refusals } = decoded;
    const { capture, dating } = this.#options;
    this.#refuse(message, device, refusals, batch);
    const said = decoded.report;
    const report = said && dating ? dating.dated(said, core.deviceOf(said.device)?.state) : said;
    if (!report) {
      inbound.heard?.(undefined, refusals);
      if (capture?.active) capture.note(message, decoded, []);
      return false;
    }
    this.counts.readings += report.readings.length;
    batch.readings += report.readings.length;
    this.counts.events += report.events.length;
    const seq = core.seq + 1;
    const receivedAt = Math.max(Math.min(report.receivedAt, until), core.now);
    const result = this.#runStep(
      receivedAt === report.receivedAt ? report : { ...report, receivedAt },
      batch,
    );
    const { accepted } = result;
    this.#refuse(message, device, result.refusals, batch);
    if (result.refusals.length > 0) dating?.hold(message, report, result.refusals);
    inbound.heard?.(accepted, [...refusals, ...result.refusals]);
    if (capture?.active) capture.note(message, decoded, result.refusals, accepted);
    if (accepted) batch.reports.push({ seq, report: accepted });
    return report.events.length > 0 || result.effects.some(isAwaited);
  }

  #takeInput(input: CommandInput | TickInput, batch: Batch): void {
    const { core } = this.#options;
    if (input.kind === 'command') this.#runStep(input, batch);
    else if (saysMore(input)) this.#letPass(input, batch);
    // What is left has its slice in each batch.
    else if (core.behind) return;
    // Nothing is due: time passes without a trace.
    else if (core.due.nextDue >= input.receivedAt) core.now = Math.max(core.now, input.receivedAt);
    else this.#letPass(input, batch);
  }

  #runStep(input: Input, batch: Batch): StepResult {
    const result = step(this.#options.core, input);
    this.#journal.addStep(input, result);
    noteStep(batch, result);
    return result;
  }

  #refuse(message: Message, device: string | undefined, refusals: readonly Refusal[], batch: Batch): void {
    for (const refusal of refusals) {
      this.counts.rejected++;
      batch.effects.push({ type: 'rejection', rejection: rejectionOf(message, device, refusal) });
    }
  }

  async #commit(batch: Batch): Promise<readonly StreamEvent[]> {
    const { core, records } = this.#options;
    const { firstSeq, effects } = batch;
    const subjects = touchedRows(core, batch);
    const journal = this.#journal.bytes();
    const startedAt = performance.now();
    const { events } = await untilDone(
      () => records.commit({ firstSeq, lastSeq: core.seq, journal, effects, subjects, at: core.now }),
      (error, waitMs) => {
        this.counts.commitRetries++;
        this.uncommitted.refused(error, waitMs, effects, this.#inbox.messages());
      },
    );
    this.uncommitted.committed();
    this.counts.batches++;
    this.lastCommitMs = performance.now() - startedAt;
    return events;
  }

  #tell(batch: Batch, events: readonly StreamEvent[]): void {
    const { taken, effects, reports } = batch;
    const stored = this.#options.callsStored?.(effects);
    if (stored) void stored.then((isSafe) => isSafe && tell(taken));
    else tell(taken);
    for (const effect of effects) {
      if (effect.type !== 'reply') continue;
      this.#replies.get(effect.id)?.(effect.reply);
      this.#replies.delete(effect.id);
    }
    this.#options.committed({ events, effects, reports, lastSeq: this.#options.core.seq });
  }
}

const tell = (taken: Batch['taken']): void => {
  for (const inbound of taken) inbound.done();
};

/** Every effect of a step is for somebody, but that a device spoke for the first time can wait. */
const isAwaited = (effect: Effect): boolean => effect.type !== 'device-heard';
