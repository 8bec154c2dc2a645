import type { Clock } from '../lib/clock.ts';
import type { Timers } from '../lib/timers.ts';
import { caseSubjectId } from '../model/case.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { LIMITS } from '../model/limits.ts';
import { isWithdrawal, NOTICE_FAILURES, type Notice, type NoticeFailure } from '../model/notice.ts';
import type { ChannelReply } from '../ports/channel-reply.ts';
import type { RecordStore, StreamEvent } from '../ports/records.ts';
import { digestOf } from './digest.ts';
import type { Lane } from './lane.ts';
import { asEnded } from './notice-state.ts';
import { heldUp } from './postponed.ts';
import { hasBecomeStuck, isGrave, isStuck } from './stuck.ts';
import { unreported } from './unreported.ts';

/** What the outbox writes to; pino fits. No address and no secret of a channel is ever logged. */
export interface OutboxLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface NoticeKeeperOptions {
  readonly records: Pick<
    RecordStore,
    'saveNotices' | 'notice' | 'noticeByProvider' | 'notices' | 'dueNotices' | 'case' | 'caseEntries'
  >;
  /** The clock of the service, by which notices are due. It may run faster than the wall. */
  readonly clock: Clock;
  readonly timers: Timers;
  /** Reports a result to the core, which writes it into the time line. */
  readonly submit: (
    command: Extract<Command, { type: 'notice.result' }>,
  ) => Promise<CommandReply | undefined>;
  /** An event for the readers of the stream. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly logger: OutboxLogger;
}

/** What is asked of each notice before it goes into a digest. */
interface MergeQuestions {
  /** Why nobody needs it any more. */
  readonly ended: (notice: Notice) => Promise<NoticeFailure | undefined>;
  /** The same with the number of its case. */
  readonly numbered: (notice: Notice) => Promise<Notice>;
}

interface Became {
  readonly state: Notice['state'];
  readonly failure?: NoticeFailure | undefined;
  readonly providerAnswer?: string | undefined;
}

/** What became of changes and words to those who had been told, since the start. */
export interface FollowUpCounts {
  readonly done: number;
  readonly failed: number;
  /** Not sent, because the case had moved on. */
  readonly outdated: number;
}

const SAVE_AGAIN_MS = 1_000;
/** Of what cannot be stored the log has a line so often. */
const SAID_EVERY = 60;
/** The core takes no more at the moment: after a night without a connection thousands of reports come at once. */
const REPORT_AGAIN_MS = 1_000;
const REPORT_TRIES_MAX = 60;

/**
 * The one writer of notices after they were queued: what the provider answered, and what came back later. A result goes
 * to disk, then to the stream, the counters and the time line. A notice is under way for one at a time.
 */
export class NoticeKeeper {
  readonly #options: NoticeKeeperOptions;
  readonly #lane: (channel: string) => Lane;
  readonly #stopping: AbortSignal;
  /** Something came to its end: others may go on. */
  readonly #wake: () => void;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #reports = new Set<Promise<void>>();
  readonly counts: {
    accepted: number;
    retried: number;
    saveErrors: number;
    reportErrors: number;
    readonly failed: Record<NoticeFailure, number>;
    readonly updates: { -readonly [N in keyof FollowUpCounts]: number };
  };

  constructor(
    options: NoticeKeeperOptions,
    lane: (channel: string) => Lane,
    stopping: AbortSignal,
    wake: () => void,
  ) {
    this.#options = options;
    this.#lane = lane;
    this.#stopping = stopping;
    this.#wake = wake;
    const names = Object.keys(NOTICE_FAILURES) as NoticeFailure[];
    const failed = Object.fromEntries(names.map((name) => [name, 0])) as Record<NoticeFailure, number>;
    const updates = { done: 0, failed: 0, outdated: 0 };
    this.counts = { accepted: 0, retried: 0, saveErrors: 0, reportErrors: 0, failed, updates };
  }

  get underWay(): ReadonlyMap<string, Promise<void>> {
    return this.#underWay;
  }

  /** What has to come to its end before nothing is under way. */
  get pending(): readonly Promise<void>[] {
    return [...this.#underWay.values(), ...this.#reports];
  }

  /**
   * The notice that a reply is about. What is under way on the channel comes to its end first if need be: a receipt may
   * be faster than our own note of what the provider called the notice.
   */
  async find({ channel, about }: Pick<ChannelReply, 'channel' | 'about'>): Promise<Notice | undefined> {
    const { records } = this.#options;
    if ('notice' in about) {
      const notice = await records.notice(about.notice);
      return notice?.channel === channel ? notice : undefined;
    }
    const known = await records.noticeByProvider(channel, about.providerId);
    if (known) return known;
    await Promise.all([...this.#underWay.values()]);
    return records.noticeByProvider(channel, about.providerId);
  }

  /**
   * Changes a stored notice, never at the same time as its own attempt: whoever is second sees what the first has
   * written. Undefined from `how`: nothing is to change. Resolves when it is on disk, with the notice as it is then.
   */
  change(id: string, how: (notice: Notice) => Notice | undefined): Promise<Notice | undefined> {
    const before = this.#underWay.get(id) ?? Promise.resolve();
    const work = before.then(() => this.#change(id, how));
    this.track(
      id,
      work.then(
        () => {},
        () => {},
      ),
    );
    return work;
  }

  /** The channel may not be used for so long: a P1 or P2 does not wait for that in silence. */
  holdUp(notice: Notice, waitMs: number): void {
    if (!Number.isFinite(waitMs) || waitMs < LIMITS.addressWaitMsMax || !isGrave(notice)) return;
    this.change(notice.id, (one) => heldUp(one, waitMs, this.#options.clock)).catch((error: unknown) => {
      this.#options.logger.error(
        { err: error, notice: notice.id },
        'A notice that has to wait cannot say so',
      );
    });
  }

  async #change(id: string, how: (notice: Notice) => Notice | undefined): Promise<Notice | undefined> {
    const notice = await this.#options.records.notice(id);
    const next = notice && how(notice);
    if (!next) return notice;
    await this.keep(this.#lane(next.channel), next);
    return next;
  }

  /**
   * Puts these into one digest: it and the end of each of them are one transaction. `own` is under way already, the
   * others are from here on. Returns what is to be sent now: the digest, the only one that is still needed, or nothing.
   */
  async merge(
    own: Notice,
    members: readonly Notice[],
    { ended, numbered }: MergeQuestions,
  ): Promise<Notice | undefined> {
    const done = Promise.withResolvers<void>();
    for (const { id } of members) if (id !== own.id) this.track(id, done.promise);
    try {
      const now = this.#options.clock.now();
      const [needed, ending]: [Notice[], Notice[]] = [[], []];
      for (const { id } of members) {
        const one = await this.#options.records.notice(id);
        if (one?.state !== 'queued') continue;
        const failure = await ended(one);
        if (failure === undefined) needed.push(one);
        else ending.push(asEnded(one, failure, '', now));
      }
      const digest = needed.length > 1 ? digestOf(await Promise.all(needed.map(numbered)), now) : undefined;
      for (const one of digest ? needed : [])
        ending.push({ ...asEnded(one, 'in-digest', '', now), digest: digest?.id ?? '' });
      // Until it was tried, by whoever has the notice itself under way.
      if (digest) this.track(digest.id, this.#underWay.get(own.id) ?? done.promise);
      if (!(await this.#store(digest ? [...ending, digest] : ending))) return undefined;
      for (const one of ending) {
        this.#count(this.#lane(one.channel), one);
        this.#tellCase(one);
      }
      return digest ?? needed.find(({ id }) => id === own.id);
    } finally {
      done.resolve();
    }
  }

  /** As long as it is under way nothing else touches the notice. */
  track(id: string, work: Promise<void>): void {
    const tracked = work.finally(() => {
      if (this.#underWay.get(id) === tracked) this.#underWay.delete(id);
      this.#wake();
    });
    this.#underWay.set(id, tracked);
  }

  /** A notice that nobody queued. False: the service ended first. */
  place(notice: Notice): Promise<boolean> {
    return this.#store([notice]);
  }

  /** Result to disk, then to the stream, the counters, and the time line. False: the service ended before the disk. */
  async keep(lane: Lane, notice: Notice): Promise<boolean> {
    if (!(await this.#store([notice]))) return false;
    this.#count(lane, notice);
    this.#tellCase(notice);
    return true;
  }

  /** What waits and was not tried in vain, and what is withdrawn for a reason that the case itself tells, is no news for its time line. */
  #tellCase(notice: Notice): void {
    const { clock } = this.#options;
    const at = { now: clock.now(), speed: clock.speed };
    const waits = notice.state === 'queued' && !hasBecomeStuck(notice, at);
    if (waits || notice.state === 'withdrawn' || notice.follows) return;
    this.#inBackground(this.#reportAll(notice));
  }

  /** What the process before this one stored, and may have had no time to tell; asked for until the records answer. */
  reportWhatIsOwed(tries = 1): void {
    const { records, clock, logger, timers } = this.#options;
    const signal = this.#stopping;
    const work = async (): Promise<void> => {
      const owed = await unreported(records, { now: clock.now(), speed: clock.speed });
      for (const { notice, became } of owed) await this.#report(notice, became);
    };
    const again = (error: unknown): void => {
      if (tries === 1)
        logger.warn({ err: error }, 'whether notices failed that no case has heard of cannot be read now');
      if (signal.aborted) return;
      const next = (): void => {
        signal.removeEventListener('abort', cancel);
        this.reportWhatIsOwed(tries + 1);
      };
      const cancel = timers.after(REPORT_AGAIN_MS, next);
      signal.addEventListener('abort', cancel, { once: true });
    };
    this.#inBackground(work().catch(again));
  }

  #inBackground(work: Promise<void>): void {
    const report = work.finally(() => this.#reports.delete(report));
    this.#reports.add(report);
  }

  /** Until the results are on disk nothing is sent again. False: the service ended first. */
  async #store(notices: readonly Notice[]): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        const events = await this.#options.records.saveNotices(notices);
        for (const event of events) this.#options.onEvent(event);
        return true;
      } catch (error) {
        this.counts.saveErrors++;
        const fields = { err: error, notice: notices[0]?.id };
        // Each notice that waits comes here once a second, for as long as a disk is full: the log may lie on it as well.
        if (tries === 1 || tries % SAID_EVERY === 0)
          this.#options.logger.error({ ...fields, tries }, 'The result of a notice could not be stored');
        if (this.#stopping.aborted) return false;
        await this.#wait(SAVE_AGAIN_MS);
      }
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const signal = this.#stopping;
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#options.timers.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }

  #count(lane: Lane, notice: Notice): void {
    if (notice.follows) this.#countFollowUp(notice);
    // That a card cannot be changed any more says nothing about its channel.
    if (notice.follows?.edits) return;
    const now = this.#options.clock.now();
    const { failure = 'provider-error', providerAnswer = '', state } = notice;
    if (state === 'accepted') {
      this.counts.accepted++;
      lane.accepted(now);
    } else if (state === 'delivered' || state === 'seen') {
      lane.proven(state, notice[`${state}At`] ?? now);
    } else if (state === 'queued') {
      this.counts.retried++;
      lane.retried(now, failure, providerAnswer, isStuck(notice));
    } else {
      this.counts.failed[failure]++;
      // That nobody needs a notice any more says nothing about its channel.
      if (isWithdrawal(failure)) return;
      lane.failed(now, failure, providerAnswer, isStuck(notice));
      this.#warn(notice, failure);
    }
  }

  #countFollowUp({ state }: Notice): void {
    const { updates } = this.counts;
    if (state === 'accepted') updates.done++;
    else if (state === 'failed') updates.failed++;
    else if (state === 'withdrawn') updates.outdated++;
  }

  #warn(notice: Notice, failure: NoticeFailure): void {
    const fields = { notice: notice.id, channel: notice.channel, failure, answer: notice.providerAnswer };
    const ours = failure === 'channel-misconfigured' || failure === 'channel-unknown';
    if (ours)
      this.#options.logger.error(fields, 'A notice failed because its channel is not configured rightly');
    else this.#options.logger.warn(fields, 'A notice failed');
  }

  /** What became of a digest became of each that it stands for. A test has no case to tell. */
  async #reportAll(notice: Notice): Promise<void> {
    const { standsFor, state, failure, providerAnswer } = notice;
    if (!standsFor) return notice.case === '' ? undefined : this.#report(notice, notice);
    for (const id of standsFor) {
      const member = await this.#options.records.notice(id).catch(() => undefined);
      if (member) await this.#report(member, { state, failure, providerAnswer });
    }
  }

  async #report(notice: Notice, became: Became): Promise<void> {
    const { id, recipient, channel } = notice;
    const { state, failure, providerAnswer } = became;
    await this.#submit({
      type: 'notice.result',
      notice: id,
      case: notice.case,
      subject: caseSubjectId(notice.case) ?? notice.home,
      state,
      recipient: recipient.name,
      channel,
      ...(failure === undefined ? {} : { failure }),
      ...(providerAnswer === undefined ? {} : { detail: providerAnswer }),
    });
  }

  /** By what is reported the case learns that nobody was reached, and that others are to be told: it is said until it is heard. */
  async #submit(result: Extract<Command, { type: 'notice.result' }>, tries = 1): Promise<void> {
    const why = await this.#refusalOf(result);
    if (why === undefined) return;
    this.counts.reportErrors++;
    if (tries === 1)
      this.#options.logger.warn(
        { ...why, notice: result.notice },
        'The time line did not take the result of a notice',
      );
    const { timers } = this.#options;
    const signal = this.#stopping;
    if (tries >= REPORT_TRIES_MAX || signal.aborted) return;
    const again = (): void => {
      signal.removeEventListener('abort', cancel);
      this.#inBackground(this.#submit(result, tries + 1));
    };
    const cancel = timers.after(REPORT_AGAIN_MS, again);
    signal.addEventListener('abort', cancel, { once: true });
  }

  async #refusalOf(result: Extract<Command, { type: 'notice.result' }>): Promise<object | undefined> {
    try {
      const reply = await this.#options.submit(result);
      return reply && !reply.ok && reply.failure.code === 'NOT_READY' ? reply.failure : undefined;
    } catch (error) {
      return { err: error };
    }
  }
}
