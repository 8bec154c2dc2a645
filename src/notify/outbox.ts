import { type Clock, wallClock } from '../lib/clock.ts';
import { type Timers, wallTimers } from '../lib/timers.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command } from '../model/command.ts';
import { LIMITS } from '../model/limits.ts';
import { NOTICE_FAILURES, type Notice, type NoticeFailure } from '../model/notice.ts';
import type { RecordStore, StreamEvent } from '../ports/records.ts';
import { attempt, shortAnswer, type Transports } from './attempt.ts';
import type { Answer, ChannelContext } from './define.ts';
import { sendHttp } from './http.ts';
import { Lane, type LaneStats } from './lane.ts';
import type { ConfiguredChannel } from './load.ts';

/** What the outbox writes to; pino fits. No address and no secret of a channel is ever logged. */
export interface OutboxLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface OutboxOptions extends Omit<Transports, 'http'> {
  readonly records: Pick<RecordStore, 'dueNotices' | 'nextNoticeAt' | 'saveNotice' | 'case'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  /** The clock of the service, by which notices are due. It may run faster than the wall. */
  readonly clock: Clock;
  /** Reports a result to the core, which writes it into the time line. */
  readonly submit: (command: Extract<Command, { type: 'notice.result' }>) => Promise<unknown>;
  /** An event for the readers of the stream. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly logger: OutboxLogger;
  readonly http?: Transports['http'];
  /** Where the case of a notice can be opened, if the service knows its own address. */
  readonly link?: (notice: Notice) => string | undefined;
  /** By which vendors count their minutes; the machine's, if absent. */
  readonly wall?: Clock;
  readonly timers?: Timers;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
}

export interface OutboxStats {
  readonly inFlight: number;
  readonly accepted: number;
  readonly retried: number;
  readonly failed: Readonly<Record<NoticeFailure, number>>;
  /** Results that the store did not take at first. */
  readonly saveErrors: number;
  /** Results that did not reach the time line. */
  readonly reportErrors: number;
  readonly channels: readonly LaneStats[];
}

/** Looks again after this long even if nobody says that there is work: a lost call must not silence the outbox. */
const IDLE_MS_MAX = 30_000;
/** While something is under way, the earliest due-date in the store may be that very notice. */
const BUSY_MS_MAX = 1_000;
const SAVE_AGAIN_MS = 1_000;
const DUE_AT_ONCE = 64;

export function outbox(options: OutboxOptions): Outbox {
  return new Outbox(options);
}

/**
 * Sends what stands queued in the records, the gravest first. A result is on disk before the next attempt, so that a
 * restart goes on where it was; a crash between the provider's answer and the disk sends once more (at least once; the
 * id of the notice tells a receiver). Every channel has its own lane: one that is down or slow delays no other.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #transports: Transports;
  readonly #wall: Clock;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #lanes = new Map<string, Lane>();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #reports = new Set<Promise<void>>();
  readonly #failed: Record<NoticeFailure, number>;
  readonly #stopping = new AbortController();
  #accepted = 0;
  #retried = 0;
  #saveErrors = 0;
  #reportErrors = 0;
  #pass: Promise<void> | undefined;
  #again = false;
  #started = false;
  #cancelTimer: () => void = () => {};

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { http = sendHttp, publish, print } = options;
    this.#transports = { http, publish, print };
    this.#wall = options.wall ?? wallClock();
    this.#timers = options.timers ?? wallTimers;
    this.#random = options.random ?? Math.random;
    const names = Object.keys(NOTICE_FAILURES) as NoticeFailure[];
    this.#failed = Object.fromEntries(names.map((name) => [name, 0])) as Record<NoticeFailure, number>;
    for (const [id, channel] of options.channels) this.#lanes.set(id, new Lane(id, channel));
  }

  /** Begins to send, also what was queued before a restart. */
  start(): void {
    this.#started = true;
    this.wake();
  }

  /** Something may be due: after a commit with notices, or when the clock was moved. Cheap; call it freely. */
  wake(): void {
    if (!this.#started || this.#stopping.signal.aborted) return;
    this.#again = true;
    this.#pass ??= this.#passes();
  }

  /** Ends. What is under way may finish for so many milliseconds of the wall; the rest is sent after the next start. */
  async stop(graceMs = 3_000): Promise<void> {
    this.#started = false;
    this.#cancelTimer();
    if (graceMs <= 0) this.#stopping.abort();
    const cancel = this.#timers.after(graceMs, () => this.#stopping.abort());
    await this.#settled();
    cancel();
    this.#stopping.abort();
  }

  /** Resolves when nothing is under way; what waits for its time keeps waiting. */
  async idle(): Promise<void> {
    await this.#settled();
  }

  /** Sends a drill over one channel, at once and without a record; says what the provider answered. */
  async test(channel: string, address: string): Promise<{ ok: boolean; detail: string; ms: number }> {
    const lane = this.#lanes.get(channel);
    if (!lane?.configured) return { ok: false, detail: NOTICE_FAILURES['channel-unknown'].en, ms: 0 };
    const begun = this.#wall.now();
    if (lane.freeAt('P1', begun) > begun) return { ok: false, detail: 'this channel has to wait', ms: 0 };
    lane.take(begun);
    const answer = await this.#try(drill(channel, address, this.#options.clock.now()), lane.configured);
    lane.giveBack(begun, false);
    const ms = this.#wall.now() - begun;
    const now = this.#options.clock.now();
    if (answer.kind === 'accepted') lane.accepted(now);
    else lane.failed(now, answer.failure, answer.detail);
    return { ok: answer.kind === 'accepted', detail: shortAnswer(answer.detail), ms };
  }

  stats(): OutboxStats {
    return {
      inFlight: this.#underWay.size,
      accepted: this.#accepted,
      retried: this.#retried,
      failed: { ...this.#failed },
      saveErrors: this.#saveErrors,
      reportErrors: this.#reportErrors,
      channels: [...this.#lanes.values()].map((lane) => lane.stats(this.#wall.now())),
    };
  }

  async #settled(): Promise<void> {
    while (this.#pass || this.#underWay.size > 0 || this.#reports.size > 0) {
      await this.#pass;
      await Promise.all([...this.#underWay.values(), ...this.#reports]);
    }
  }

  async #passes(): Promise<void> {
    let restMs = BUSY_MS_MAX;
    try {
      while (this.#again && this.#started) {
        this.#again = false;
        restMs = await this.#restMs(await this.#sendDue());
      }
    } catch (error) {
      this.#options.logger.error({ err: error }, 'The outbox could not read what is due; it tries again');
    } finally {
      this.#pass = undefined;
    }
    if (this.#again) this.wake();
    else this.#sleep(restMs);
  }

  /**
   * Sends what may be sent now. Channels that cannot take what is due are left out of the next question, so that they
   * do not hide what the others could send. Returns these, with the instant of the wall from which they can.
   */
  async #sendDue(): Promise<ReadonlyMap<string, number>> {
    const closed = new Map<string, number>();
    for (;;) {
      const limit = this.#underWay.size + DUE_AT_ONCE;
      const due = await this.#options.records.dueNotices(this.#options.clock.now(), limit, [
        ...closed.keys(),
      ]);
      let moved = false;
      for (const notice of due) {
        if (this.#underWay.has(notice.id) || closed.has(notice.channel)) continue;
        if (!this.#started) return closed;
        const lane = this.#lane(notice.channel);
        const now = this.#wall.now();
        const freeAt = lane.freeAt(notice.content.priority, now);
        if (freeAt > now) closed.set(notice.channel, freeAt);
        else this.#dispatch(lane, notice, now);
        moved = true;
      }
      if (!moved || due.length < limit) return closed;
    }
  }

  #lane(id: string): Lane {
    const known = this.#lanes.get(id);
    if (known) return known;
    const lane = new Lane(id, undefined);
    this.#lanes.set(id, lane);
    return lane;
  }

  #dispatch(lane: Lane, notice: Notice, takenAt: number): void {
    lane.take(takenAt);
    this.#underWay.set(notice.id, this.#carry(lane, notice, takenAt));
  }

  async #carry(lane: Lane, notice: Notice, takenAt: number): Promise<void> {
    let sent = true;
    try {
      sent = await this.#send(lane, notice);
    } catch (error) {
      // A defect of ours. The lane rests, so that it is not repeated without a pause.
      this.#options.logger.error({ err: error, notice: notice.id }, 'A notice could not be handled');
      lane.hold(this.#wall.now() + LIMITS.noticeBackoffMsFirst);
    }
    lane.giveBack(takenAt, !sent);
    this.#underWay.delete(notice.id);
    this.wake();
  }

  /** One notice, from the question whether it is still needed to its result on disk. False: nothing was sent. */
  async #send(lane: Lane, notice: Notice): Promise<boolean> {
    if (await this.#isMoot(notice)) {
      await this.#keep(lane, this.#asFailed(notice, 'case-resolved', ''));
      return false;
    }
    if (!lane.configured) {
      await this.#keep(lane, this.#asFailed(notice, 'channel-unknown', ''));
      return false;
    }
    const answer = await this.#try(notice, lane.configured);
    // Cut short by the end of the service: the notice stays as it is and is sent after the next start.
    if (this.#stopping.signal.aborted && answer.kind !== 'accepted') return true;
    await this.#keep(lane, this.#after(lane, { ...notice, attempts: notice.attempts + 1 }, answer));
    return true;
  }

  /** Nobody needs to be told of what is done; who is asked to call back is told until somebody has. */
  async #isMoot({ case: id, content }: Notice): Promise<boolean> {
    try {
      const status = (await this.#options.records.case(id))?.status;
      if (content.event === 'case-call-back') return status === 'open' || status === 'struck-off';
      return status === 'resolved' || status === 'struck-off';
    } catch {
      return false; // Better once too often than never.
    }
  }

  #try(notice: Notice, channel: ConfiguredChannel): Promise<Answer> {
    const context = (): ChannelContext => {
      const link = this.#options.link?.(notice);
      // Signatures carry the time of the wall: the receiver compares it with its own clock.
      return { now: this.#wall.now(), locale: channel.locale, ...(link === undefined ? {} : { link }) };
    };
    return attempt(notice, channel, context, this.#transports, this.#timers, this.#stopping.signal);
  }

  /** The notice as it is after this answer. */
  #after(lane: Lane, tried: Notice, answer: Answer): Notice {
    const now = this.#options.clock.now();
    const providerAnswer = shortAnswer(answer.detail);
    if (answer.kind === 'accepted') {
      const { nextAttemptAt: _due, failure: _failure, ...rest } = tried;
      const { providerId } = answer;
      const id = providerId === undefined ? {} : { providerId };
      return { ...rest, ...id, state: 'accepted', acceptedAt: now, providerAnswer };
    }
    if (answer.kind === 'refused') return this.#asFailed(tried, answer.failure, providerAnswer);
    if (tried.attempts >= LIMITS.noticeAttemptsMax) {
      return this.#asFailed(tried, 'attempts-exhausted', `${answer.failure}: ${providerAnswer}`);
    }
    const asked = Math.min(answer.afterMs ?? 0, LIMITS.noticeBackoffMsMax);
    if (asked > 0) lane.hold(this.#wall.now() + asked);
    const waitMs = Math.max(asked, backoffMs(tried.attempts, this.#random()));
    const nextAttemptAt = now + Math.ceil(waitMs * this.#options.clock.speed);
    return { ...tried, state: 'queued', failure: answer.failure, providerAnswer, nextAttemptAt };
  }

  #asFailed(notice: Notice, failure: NoticeFailure, providerAnswer: string): Notice {
    const { nextAttemptAt: _due, ...rest } = notice;
    const said = providerAnswer === '' ? {} : { providerAnswer: shortAnswer(providerAnswer) };
    return { ...rest, ...said, state: 'failed', failure, failedAt: this.#options.clock.now() };
  }

  /** Result to disk, then to the stream, the counters, and the time line. */
  async #keep(lane: Lane, notice: Notice): Promise<void> {
    const event = await this.#save(notice);
    if (!event) return;
    this.#count(lane, notice);
    this.#options.onEvent(event);
    if (notice.state === 'queued') return;
    const report = this.#report(notice).finally(() => this.#reports.delete(report));
    this.#reports.add(report);
  }

  /** Until the result is on disk the notice is not sent again. Undefined: the service ended first. */
  async #save(notice: Notice): Promise<StreamEvent | undefined> {
    for (;;) {
      try {
        return await this.#options.records.saveNotice(notice);
      } catch (error) {
        this.#saveErrors++;
        const fields = { err: error, notice: notice.id };
        this.#options.logger.error(fields, 'The result of a notice could not be stored');
        if (this.#stopping.signal.aborted) return undefined;
        await this.#wait(SAVE_AGAIN_MS);
      }
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#stopping;
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#timers.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }

  #count(lane: Lane, notice: Notice): void {
    const now = this.#options.clock.now();
    const { failure = 'provider-error', providerAnswer = '' } = notice;
    if (notice.state === 'accepted') {
      this.#accepted++;
      lane.accepted(now);
    } else if (notice.state === 'queued') {
      this.#retried++;
      lane.retried(now, failure, providerAnswer);
    } else {
      this.#failed[failure]++;
      lane.failed(now, failure, providerAnswer);
      this.#warn(notice, failure);
    }
  }

  #warn(notice: Notice, failure: NoticeFailure): void {
    if (failure === 'case-resolved') return;
    const fields = { notice: notice.id, channel: notice.channel, failure, answer: notice.providerAnswer };
    const ours = failure === 'channel-misconfigured' || failure === 'channel-unknown';
    if (ours)
      this.#options.logger.error(fields, 'A notice failed because its channel is not configured rightly');
    else this.#options.logger.warn(fields, 'A notice failed');
  }

  async #report(notice: Notice): Promise<void> {
    const { id, recipient, channel, failure, providerAnswer } = notice;
    try {
      await this.#options.submit({
        type: 'notice.result',
        notice: id,
        case: notice.case,
        subject: caseSubjectId(notice.case) ?? notice.home,
        state: notice.state,
        recipient: recipient.name,
        channel,
        ...(failure === undefined ? {} : { failure }),
        ...(providerAnswer === undefined ? {} : { detail: providerAnswer }),
      });
    } catch (error) {
      // The notice itself says what became of it; only the line in the time line is missing.
      this.#reportErrors++;
      this.#options.logger.warn(
        { err: error, notice: id },
        'The time line did not take the result of a notice',
      );
    }
  }

  /** How long there is nothing to do, in milliseconds of the wall. */
  async #restMs(closed: ReadonlyMap<string, number>): Promise<number> {
    const { clock, records } = this.#options;
    const opensMs = Math.min(Number.POSITIVE_INFINITY, ...closed.values()) - this.#wall.now();
    const next = await records.nextNoticeAt([...closed.keys()]);
    if (next === undefined) return opensMs;
    const dueMs = (next - clock.now()) / clock.speed;
    return Math.min(opensMs, dueMs > 0 ? dueMs : BUSY_MS_MAX);
  }

  #sleep(ms: number): void {
    if (!this.#started) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#timers.after(Math.min(Math.max(ms, 1), IDLE_MS_MAX), () => this.wake());
  }
}

/** 5 s, 10 s, 20 s … half an hour, spread by half to each side, so that what failed together does not return together. */
export function backoffMs(attempts: number, random: number): number {
  const base = LIMITS.noticeBackoffMsFirst * 2 ** (attempts - 1);
  return Math.min(base, LIMITS.noticeBackoffMsMax) * (0.5 + random);
}

/** A notice that says that it is none. */
function drill(channel: string, address: string, now: number): Notice {
  return {
    id: `test.${channel}.${now}`,
    case: '',
    alert: '',
    home: '',
    path: '',
    recipient: { kind: 'channel', id: channel, name: channel, role: '' },
    channel,
    address,
    content: {
      event: 'test',
      title: { zh: '【演练】守望测试通知', en: 'DRILL: test notice of Shouwang' },
      body: { zh: '收到即表示该渠道可用，无需处理。', en: 'This channel works. Nothing needs to be done.' },
      priority: 'P4',
    },
    createdAt: now,
    state: 'queued',
    attempts: 0,
  };
}
