import { type Clock, wallClock } from '../lib/clock.ts';
import { type Timers, wallTimers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import { type CaseNews, type Notice, urgencyOf } from '../model/notice.ts';
import type { ChannelReply } from '../ports/channel-reply.ts';
import { attempt, shortAnswer, type Transports } from './attempt.ts';
import { withCaseNumber } from './case-number.ts';
import type { Answer, ChannelContext } from './define.ts';
import { canJoin, isUpkeep, isUrgent, together } from './digest.ts';
import { drillNotice, notSent } from './drill.ts';
import { FollowUps, wayOf } from './follow-ups.ts';
import { sendHttp } from './http.ts';
import { Lane } from './lane.ts';
import type { ConfiguredChannel } from './load.ts';
import { notNeeded, readdressed } from './needed.ts';
import { NoticeKeeper } from './notice-keeper.ts';
import { asAccepted, asEnded, asRetried, backoffMs } from './notice-state.ts';
import type { ChannelTest, OutboxOptions, OutboxStats } from './outbox-options.ts';
import { postponed } from './postponed.ts';
import { SendingLog } from './sending-log.ts';
import { Sessions } from './sessions.ts';

/** Looks again after this long even if nobody says that there is work: a lost call must not silence the outbox. */
const IDLE_MS_MAX = 30_000;
/** While something is under way, the earliest due-date in the store may be that very notice. */
const BUSY_MS_MAX = 1_000;
const nothing = (): void => {};
const DUE_AT_ONCE = 64;
const STOPPED: Answer = { kind: 'retry', failure: 'provider-unreachable', detail: 'the service is stopping' };
const defect = (detail: string): Answer => ({ kind: 'retry', failure: 'provider-error', detail });

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
  readonly #keeper: NoticeKeeper;
  readonly #log: SendingLog;
  readonly #sessions: Sessions;
  readonly #followUps: FollowUps;
  /** Addresses to which care and upkeep is on its way: what else there is for them goes along, or after it. */
  readonly #upkeepTo = new Set<string>();
  readonly #stopping = new AbortController();
  #pass: Promise<void> | undefined;
  #again = false;
  #blind = false;
  #started = false;
  #cancelTimer: () => void = () => {};

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { http = sendHttp, publish, print, channels, reply, push, logger } = options;
    const wall = options.wall ?? wallClock();
    const timers = options.timers ?? wallTimers;
    const random = options.random ?? Math.random;
    [this.#wall, this.#timers, this.#random] = [wall, timers, random];
    this.#sessions = new Sessions({
      channels,
      reply,
      push,
      now: () => wall.now(),
      timers,
      random,
      warn: (fields, message) => logger.warn(fields, message),
    });
    this.#transports = { http, publish, print, session: (channel) => this.#sessions.of(channel) };
    this.#log = new SendingLog(options.records);
    this.#keeper = new NoticeKeeper(
      { ...options, timers },
      (channel) => this.#lane(channel),
      this.#stopping.signal,
      () => this.wake(),
    );
    this.#followUps = new FollowUps({
      records: options.records,
      channels,
      keeper: this.#keeper,
      now: () => options.clock.now(),
      wake: () => this.wake(),
    });
    for (const [id, channel] of channels) this.#lanes.set(id, new Lane(id, channel, options.proofs?.get(id)));
  }

  /** Begins to send, also what was queued before a restart. */
  start(): void {
    if (!this.#started) this.#keeper.reportWhatIsOwed();
    this.#started = true;
    this.#sessions.open();
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
    await this.idle();
    cancel();
    this.#stopping.abort();
    await this.#log.close();
    await this.#sessions.close();
  }

  /** Sends a drill over one channel, at once and once; says what the provider answered. What comes back finds its record. */
  async test(channel: string, address: string): Promise<ChannelTest> {
    const lane = this.#lanes.get(channel);
    if (!lane?.configured) return notSent('channel-unknown');
    const begun = this.#wall.now();
    if (lane.freeAt('P1', begun) > begun) return notSent('provider-busy', 'this channel has to wait');
    const notice = drillNotice(channel, address, this.#options.clock.now());
    if (lane.addresses.freeAt(notice, begun) > begun) return notSent('address-limit');
    lane.addresses.take(notice, begun);
    const work = this.#drill(lane, notice, begun);
    this.#keeper.track(notice.id, work.then(nothing, nothing));
    return work;
  }

  async #drill(lane: Lane, notice: Notice, begun: number): Promise<ChannelTest> {
    // Before it is sent: a quick tap finds it.
    lane.take(begun);
    const answer = (await this.#keeper.place(notice))
      ? await this.#try(notice, lane.configured as ConfiguredChannel)
      : STOPPED;
    lane.giveBack(begun, false);
    const [ms, now] = [this.#wall.now() - begun, this.#options.clock.now()];
    const tried = { ...notice, attempts: 1 };
    const ok = answer.kind === 'accepted';
    const ended = ok ? asAccepted(tried, answer, now) : asEnded(tried, answer.failure, answer.detail, now);
    await this.#keeper.keep(lane, ended);
    const failure = ok || !ended.failure ? {} : { failure: ended.failure };
    return { ok, detail: shortAnswer(answer.detail), ms, notice: notice.id, ...failure };
  }

  stats(): OutboxStats {
    return {
      inFlight: this.#keeper.underWay.size,
      ...this.#keeper.counts,
      failed: { ...this.#keeper.counts.failed },
      updates: { ...this.#keeper.counts.updates },
      repeated: this.#log.repeated,
      channels: [...this.#lanes.values()].map((lane) =>
        lane.stats(this.#wall.now(), this.#sessions.state(lane.id)),
      ),
    };
  }

  /** The notice that a reply is about. */
  find(reply: Pick<ChannelReply, 'channel' | 'about'>): Promise<Notice | undefined> {
    return this.#keeper.find(reply);
  }

  /** Changes a stored notice: see `NoticeKeeper.change`. */
  change(...args: Parameters<NoticeKeeper['change']>): ReturnType<NoticeKeeper['change']> {
    return this.#keeper.change(...args);
  }

  /** Somebody took or resolved a case: whoever was told of it hears so. */
  caseNews(id: string, news: CaseNews): Promise<void> {
    return this.#followUps.tell(id, news);
  }

  /** Resolves when nothing is under way; what waits for its time keeps waiting. */
  async idle(): Promise<void> {
    for (;;) {
      const { pending } = this.#keeper;
      if (!this.#pass && pending.length === 0) return;
      await Promise.all([this.#pass, ...pending]);
    }
  }

  async #passes(): Promise<void> {
    let restMs = BUSY_MS_MAX;
    try {
      while (this.#again && this.#started) {
        this.#again = false;
        restMs = await this.#restMs(await this.#sendDue());
        this.#blind = false;
      }
    } catch (error) {
      if (!this.#blind) this.#options.logger.error({ err: error }, 'due notices cannot be read; trying on');
      this.#blind = true;
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
      const limit = this.#keeper.underWay.size + DUE_AT_ONCE;
      const due = await this.#options.records.dueNotices(this.#options.clock.now(), limit, [
        ...closed.keys(),
      ]);
      let moved = false;
      for (const notice of due) {
        if (this.#keeper.underWay.has(notice.id) || closed.has(notice.channel)) continue;
        if (!this.#started) return closed;
        const lane = this.#lane(notice.channel);
        if (lane.hasDigests && isUpkeep(notice) && this.#upkeepTo.has(wayOf(notice))) continue;
        const now = this.#wall.now();
        const freeAt = lane.freeAt(urgencyOf(notice), now);
        if (freeAt > now) {
          closed.set(notice.channel, freeAt);
          this.#keeper.holdUp(notice, freeAt - now);
          lane.noteShort(urgencyOf(notice), freeAt - now);
        } else this.#dispatch(lane, notice, now);
        moved = true;
      }
      if (!moved || due.length < limit) return closed;
    }
  }

  #lane(id: string): Lane {
    const lane = this.#lanes.get(id) ?? new Lane(id, undefined);
    this.#lanes.set(id, lane);
    return lane;
  }

  #dispatch(lane: Lane, notice: Notice, takenAt: number): void {
    lane.take(takenAt);
    this.#keeper.track(notice.id, this.#carry(lane, notice, takenAt));
  }

  async #carry(lane: Lane, notice: Notice, takenAt: number): Promise<void> {
    let sent = true;
    if (isUpkeep(notice)) this.#upkeepTo.add(wayOf(notice));
    try {
      sent = await this.#send(lane, notice);
    } catch (error) {
      this.#options.logger.error({ err: error, notice: notice.id }, 'A notice could not be handled');
      await this.#inVain(lane, notice, error as Error).catch(() =>
        lane.hold(this.#wall.now() + LIMITS.noticeBackoffMsFirst),
      );
    }
    if (isUpkeep(notice)) this.#upkeepTo.delete(wayOf(notice));
    lane.giveBack(takenAt, !sent);
  }

  /** A defect of ours: it is repeated with pauses, and its case hears that it does not get through. */
  async #inVain(lane: Lane, due: Notice, { message }: Error): Promise<void> {
    const found = await this.#asStored(due);
    if (found?.state !== 'queued') return;
    const tried = { ...found, attempts: found.attempts + 1 };
    await this.#keeper.keep(lane, this.#after(lane, tried, defect(message)));
  }

  /** One notice, from the question whether it is still needed to its result on disk. False: nothing was sent. */
  async #send(lane: Lane, due: Notice): Promise<boolean> {
    // As it is now: it may have been withdrawn between the question what is due and this moment.
    const found = await this.#asStored(due);
    if (found?.state !== 'queued') return false;
    const stored = readdressed(found, this.#options);
    const goesTogether = lane.isShort(urgencyOf(stored)) || (isUpkeep(stored) && lane.hasDigests);
    const notice = goesTogether ? await this.#merged(lane, stored) : stored;
    if (!notice) return false;
    const end = (await notNeeded(notice, this.#options)) ?? (lane.configured ? undefined : 'channel-unknown');
    if (end !== undefined || !lane.configured) {
      await this.#keeper.keep(lane, asEnded(notice, end ?? 'channel-unknown', '', this.#options.clock.now()));
      return false;
    }
    const now = this.#wall.now();
    const later = postponed(notice, lane.addresses, now, this.#options.clock);
    if (later) return this.#keeper.keep(lane, later).then(() => false);
    lane.addresses.take(notice, now);
    await this.#log.begin(notice.id);
    const answer = await this.#try(notice, lane.configured);
    // Cut short by the end of the service: the notice stays as it is and is sent after the next start.
    if (this.#stopping.signal.aborted && answer.kind !== 'accepted') return true;
    if (
      await this.#keeper.keep(lane, this.#after(lane, { ...notice, attempts: notice.attempts + 1 }, answer))
    )
      this.#log.end(notice.id);
    return true;
  }

  /**
   * The lane was short: what waits for the same address goes along, as one digest that stands in the records before it is
   * sent. The notice itself, where it is the only one; undefined, where nobody needs any of them.
   */
  async #merged(lane: Lane, notice: Notice): Promise<Notice | undefined> {
    if (!canJoin(notice)) return notice;
    const { records, clock } = this.#options;
    const { priority } = notice.content;
    const waiting = await records.dueNoticesOf(notice.channel, clock.now(), LIMITS.digestNoticesMax);
    const isFree = ({ id }: Notice): boolean => id === notice.id || !this.#keeper.underWay.has(id);
    // By where they go now: an address may be another person's since they were queued.
    const others = waiting.filter(isFree).map((one) => readdressed(one, this.#options));
    const mayJoin = lane.isShort(urgencyOf(notice)) ? others : others.filter(isUpkeep);
    const members = together(notice, mayJoin);
    const isLast = others.every(
      (one) => members.includes(one) || isUrgent(one.content.priority) !== isUrgent(priority),
    );
    if (isLast && waiting.length < LIMITS.digestNoticesMax) lane.noteEnough(priority);
    return members.length < 2
      ? notice
      : this.#keeper.merge(notice, members, {
          ended: (one) => notNeeded(one, this.#options),
          numbered: (one) => withCaseNumber(readdressed(one, this.#options), records),
        });
  }

  async #asStored(notice: Notice): Promise<Notice | undefined> {
    try {
      return await this.#options.records.notice(notice.id);
    } catch {
      return notice; // Better once too often than never.
    }
  }

  async #try(stored: Notice, channel: ConfiguredChannel): Promise<Answer> {
    const { records } = this.#options;
    const notice = await withCaseNumber(stored, records);
    const { definition, config } = channel;
    const { update } = definition;
    const { follows } = notice;
    if (!follows?.edits)
      return this.#attempt(channel, () => definition.deliver(notice, config, this.#context(notice, channel)));
    const card = await records.notice(follows.notice).catch(() => undefined);
    if (!card || !update)
      return { kind: 'refused', failure: 'recipient-invalid', detail: 'nothing to change' };
    const context = this.#context(card, channel);
    return this.#attempt(channel, () => update(card, follows.news, config, context));
  }

  #attempt(channel: ConfiguredChannel, make: Parameters<typeof attempt>[1]): Promise<Answer> {
    return attempt(channel, make, this.#transports, this.#timers, this.#stopping.signal);
  }

  #context(notice: Notice, { locale, definition, config }: ConfiguredChannel): ChannelContext {
    // In a group, whoever comes first would act in the name of the one it was sent to.
    // What says that somebody has the case leads to it, not to a button that takes it.
    // Those of the home have no account: their own page says who has it.
    const { kind } = notice.recipient;
    const isOwn = kind === 'contact' || kind === 'resident' || (kind !== 'channel' && !notice.follows);
    const isPersons = isOwn || notice.content.event === 'test';
    const link = this.#options.link?.(notice, isPersons && definition.personal?.(config) === true);
    // Signatures carry the time of the wall: the receiver compares it with its own clock.
    return { now: this.#wall.now(), locale, ...(link === undefined ? {} : { link }) };
  }

  /** The notice as it is after this answer. */
  #after(lane: Lane, tried: Notice, answer: Answer): Notice {
    const now = this.#options.clock.now();
    if (answer.kind === 'accepted') {
      // What comes back by the provider's id is about the card, not about its change.
      const { providerId: _, ...said } = answer;
      return asAccepted(tried, tried.follows?.edits ? said : answer, now);
    }
    const detail = shortAnswer(answer.detail);
    if (answer.kind === 'refused') return asEnded(tried, answer.failure, detail, now);
    if (tried.attempts >= LIMITS.noticeAttemptsMax)
      return asEnded(tried, 'attempts-exhausted', `${answer.failure}: ${detail}`, now);
    const asked = Math.min(answer.afterMs ?? 0, LIMITS.noticeBackoffMsMax);
    if (asked > 0 && answer.only === 'address') lane.addresses.hold(tried.address, this.#wall.now() + asked);
    else if (asked > 0) lane.hold(this.#wall.now() + asked);
    const waitMs = Math.max(asked, backoffMs(tried.attempts, this.#random()));
    return asRetried(tried, answer, now + waitMs * this.#options.clock.speed);
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
