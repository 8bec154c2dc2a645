import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { DAY, HOUR, MINUTE } from '../lib/clock.ts';
import { type Timers, wallTimers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import type { MetricName } from '../model/metrics.ts';
import type { GivenUpReason } from '../model/outside-store.ts';
import type {
  Bucket,
  DownsampleQuery,
  HistoryPiece,
  LastPoint,
  OutsideStatus,
  Period,
  Point,
  RangeQuery,
  SequencedReport,
  TelemetryStore,
} from '../ports/telemetry.ts';
import { reportLines } from './outside/lines.ts';
import {
  type Cutoffs,
  OUTSIDE_INSTANT_MAX,
  OUTSIDE_INSTANT_MIN,
  type OutsideStore,
} from './outside/outside-store.ts';
import { type Owed, owing } from './outside/owed.ts';
import { UnionReads } from './outside/reads.ts';
import { Sender } from './outside/sender.ts';
import { SetAside } from './outside/set-aside.ts';
import { Spool } from './outside/spool.ts';
import { isStateLost } from './outside/spool-state.ts';
import type { StoredEvent } from './telemetry/hot-log.ts';
import type { NearStore } from './telemetry/near-store.ts';

export interface OutsideTelemetryOptions {
  /** The store on this machine, which keeps what is fresh and what the server does not have yet. */
  readonly near: NearStore;
  readonly outside: OutsideStore;
  /** Folder of the spool. */
  readonly spoolDir: string;
  /** How long readings stay here although the server has them. */
  readonly keepMs: number;
  readonly spoolBytesMax: number;
  /** Size of the local store at which, while the server takes nothing, the oldest readings are given up. */
  readonly nearBytesMax: number;
  /** Room that the disk keeps for everything else; below it the oldest readings are given up. */
  readonly diskFreeBytesMin: number;
  /** How often what need not stay here any more is taken out. */
  readonly purgeEveryMs?: number;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly timers?: Timers;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly backoffMs?: { readonly first: number; readonly max: number };
  readonly freeBytes?: (dir: string) => number;
}

const ROOM_LOOKED_EVERY_MS = MINUTE;
/** So much of the time that waits is given up at once. */
const GIVEN_UP_SHARE = 0.05;
const ALL: Period = { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX };

/**
 * Readings in a store outside, behind a store on this machine. A reading goes into both at once: into the local store,
 * which answers for what is recent, and into a spool on disk, which is carried outside at its own pace. Nothing that the
 * service does waits for the server: see docs/decisions/0023-outside-telemetry.md.
 */
export function outsideTelemetry(options: OutsideTelemetryOptions): OutsideTelemetry {
  return new OutsideTelemetry(options);
}

export class OutsideTelemetry implements TelemetryStore {
  readonly #options: OutsideTelemetryOptions;
  readonly #near: NearStore;
  readonly #outside: OutsideStore;
  readonly #spool: Spool;
  readonly #setAside: SetAside;
  readonly #reads: UnionReads;
  readonly #now: () => number;
  readonly #givenUp: Partial<Record<GivenUpReason, number>> = {};
  #sender: Sender | undefined;
  #purgeAt = 0;
  #roomAt = 0;
  #purging: Promise<void> | undefined;
  #spoolProblem: string | undefined;
  /** Owed, and not yet written down: the disk takes nothing. */
  #owedInMemory: Period | undefined;

  constructor(options: OutsideTelemetryOptions) {
    this.#options = options;
    this.#near = options.near;
    this.#outside = options.outside;
    this.#spool = new Spool(options.spoolDir, options.spoolBytesMax);
    this.#setAside = new SetAside(join(options.spoolDir, 'set-aside.ndjson'));
    this.#now = options.now ?? Date.now;
    this.#reads = new UnionReads(this.#near, this.#outside, () => this.#open);
  }

  async open(): Promise<{ sealedSeq: number }> {
    const { sealedSeq } = await this.#near.open();
    try {
      if (isStateLost(this.#options.spoolDir))
        this.#options.logger.error(
          { spool: this.#options.spoolDir },
          'what the spool remembers cannot be read, as after a power cut: all readings that are here are sent once more. Devices that were removed while the outside store was away may still be there: remove them',
        );
      const known = this.#spool.open();
      // Readings of before this server was chosen, or of a backup: they are sent out of the local store.
      if (!known) {
        const hasPoints = (await this.#near.devices('', 1)).length > 0;
        this.#spool.remember({ lastSeq: sealedSeq, owed: hasPoints ? [{ ...ALL, after: '' }] : [] }, true);
        this.#spool.passed(sealedSeq);
        this.#spool.flush();
        this.#spool.sync();
      }
    } catch (error) {
      await this.#near.close();
      throw error;
    }
    this.#sender = new Sender({
      spool: this.#spool,
      outside: this.#outside,
      near: this.#near,
      setAside: this.#setAside,
      timers: this.#options.timers ?? wallTimers,
      now: this.#now,
      random: this.#options.random ?? Math.random,
      logger: this.#options.logger,
      ...(this.#options.backoffMs && { backoffMs: this.#options.backoffMs }),
    });
    this.#sender.wake();
    return { sealedSeq: this.#sealed(sealedSeq) };
  }

  async close(): Promise<void> {
    await this.#purging;
    try {
      this.#spool.flush();
    } catch (error) {
      this.#options.logger.error(
        { err: error },
        'the spool could not be written; its readings stay in the journal',
      );
    }
    await this.#sender?.stop();
    this.#spool.close();
    this.#outside.close();
    await this.#near.close();
    this.#sender = undefined;
  }

  get #open(): Sender {
    if (!this.#sender) throw new Error('the telemetry is not open');
    return this.#sender;
  }

  /** The journal may let go of what is on disk in both. */
  #sealed(near: number): number {
    return Math.min(near, this.#spool.syncedSeq);
  }

  async append(reports: readonly SequencedReport[], lastSeq = 0): Promise<void> {
    // What is handed over again after a crash stands in the spool already, before whatever came after it.
    const isNew = ({ seq }: SequencedReport): boolean => seq > this.#spool.lastSeq;
    const fresh = reports.filter(isNew);
    try {
      await this.#near.append(reports, lastSeq);
    } finally {
      // Also where the disk refuses the local store: it has them in memory, and what comes next goes on behind their numbers.
      for (const { seq, report } of fresh) this.#spool.addLines(reportLines(report), seq);
      this.#spool.passed(Math.max(lastSeq, reports.at(-1)?.seq ?? 0));
    }
    if (this.#spool.bufferedChars > LIMITS.spoolBufferCharsMax) this.#write();
  }

  async maintain(now: number): Promise<{ sealedSeq: number; hasMore: boolean }> {
    const { sealedSeq, hasMore } = await this.#near.maintain(now);
    this.#write();
    if (sealedSeq > this.#spool.syncedSeq && this.#spoolProblem === undefined) this.#spool.sync();
    this.#open.wake();
    if (now >= this.#roomAt) {
      this.#roomAt = now + ROOM_LOOKED_EVERY_MS;
      await this.#makeRoom();
    }
    // While the server is away, what is here is all that there is to be shown.
    if (now >= this.#purgeAt && this.#open.reached && !this.#open.trouble) {
      this.#purgeAt = now + (this.#options.purgeEveryMs ?? DAY);
      this.#purge(now);
    }
    return { sealedSeq: this.#sealed(sealedSeq), hasMore };
  }

  /** Into the spool's file. If that cannot be written, its readings wait in memory, and beyond the limit they are owed. */
  #write(): void {
    try {
      // First, because what is flushed after it counts as taken up to there.
      if (this.#owedInMemory)
        this.#spool.remember({ owed: owing(this.#spool.state.owed, this.#owedInMemory) }, true);
      this.#owedInMemory = undefined;
      this.#spool.flush();
      this.#spool.giveWay();
      this.#spoolProblem = undefined;
    } catch (error) {
      if (this.#spoolProblem === undefined)
        this.#options.logger.error(
          { err: error },
          'the spool cannot be written; its readings stay in the journal',
        );
      this.#spoolProblem = (error as Error).message;
      if (this.#spool.bufferedChars > LIMITS.spoolBufferCharsMax) this.#oweBuffer();
    }
  }

  #oweBuffer(): void {
    const period = this.#spool.dropBuffer();
    const known = this.#owedInMemory;
    if (!period || !known) this.#owedInMemory = known ?? period;
    else this.#owedInMemory = { from: Math.min(period.from, known.from), to: Math.max(period.to, known.to) };
  }

  /** What the server has as well, and is older than what is kept here, is taken out of the local store, at its own pace. */
  #purge(now: number): void {
    const { state } = this.#spool;
    if (this.#purging || state.owed.length > 0) return;
    let cutoff = now - this.#options.keepMs;
    for (const entry of this.#spool.unsent())
      if (entry.kind === 'lines') cutoff = Math.min(cutoff, entry.minAt);
    if (cutoff <= this.#near.localFrom()) return;
    this.#purging = this.#near
      .leaveToOthers(cutoff)
      .then(
        () => undefined,
        (error: unknown) =>
          this.#options.logger.error({ err: error }, 'the local store could not be made smaller'),
      )
      .finally(() => {
        this.#purging = undefined;
      });
  }

  /** While the server takes nothing, this machine must not run full: the journal of what happens now comes first. */
  async #makeRoom(): Promise<void> {
    const reason = await this.#lackOfRoom();
    if (!reason) return;
    const now = this.#now();
    const { state } = this.#spool;
    let oldest = Math.min(Number.POSITIVE_INFINITY, ...state.owed.map(({ from }) => from));
    for (const entry of this.#spool.unsent())
      if (entry.kind === 'lines') oldest = Math.min(oldest, entry.minAt);
    // All of it was here before this server was chosen: that it is large is not the server's doing.
    if (!Number.isFinite(oldest) || oldest <= ALL.from) return;
    const cutoff = oldest + Math.max(HOUR, (now - oldest) * GIVEN_UP_SHARE);
    this.#spool.remember({ owed: after(state.owed, cutoff) }, true);
    const count = await this.#near.leaveToOthers(cutoff);
    this.#givenUp[reason] = (this.#givenUp[reason] ?? 0) + count;
    this.#options.logger.error(
      { reason, count, before: new Date(cutoff).toISOString() },
      'the oldest readings that the outside store has not taken were given up',
    );
  }

  async #lackOfRoom(): Promise<GivenUpReason | undefined> {
    const { spoolDir, nearBytesMax, diskFreeBytesMin, freeBytes = freeBytesOf } = this.#options;
    if (this.#open.trouble === undefined) return undefined;
    if (freeBytes(spoolDir) < diskFreeBytesMin) return 'disk-full';
    return (await this.#near.stats()).bytes > nearBytesMax ? 'local-store-full' : undefined;
  }

  range(query: RangeQuery): Promise<Point[]> {
    return this.#reads.range(query);
  }
  downsample(query: DownsampleQuery): Promise<Bucket[]> {
    return this.#reads.downsample(query);
  }
  last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    return this.#reads.last(devices, metrics);
  }
  events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]> {
    return this.#reads.events(query);
  }
  devices(after: string, limit: number): Promise<string[]> {
    return this.#reads.devices(after, limit);
  }
  history(device: string, period: Period): AsyncGenerator<HistoryPiece> {
    return this.#reads.history(device, period);
  }

  async removeDevice(device: string): Promise<void> {
    await this.#near.removeDevice(device);
    this.#spool.addOperation({ kind: 'remove', device, lastSeq: this.#spool.lastSeq });
    this.#open.willRemove(device);
    this.#spool.flush();
    this.#spool.sync();
    this.#open.wake();
  }

  /**
   * Here at once; outside in its turn, after what was put in before. Where the server takes readings, that is awaited,
   * and its count is told; else it will be done when the spool is carried out, and the count is that of this machine.
   */
  async retain(olderThan: Cutoffs): Promise<number> {
    await this.#purging;
    const { owed } = this.#spool.state;
    const here = await this.#near.retain(olderThan);
    this.#spool.addOperation({ kind: 'retain', cutoffs: olderThan, lastSeq: this.#spool.lastSeq });
    this.#spool.flush();
    this.#spool.sync();
    const sender = this.#open;
    sender.wake();
    const isSoon =
      !sender.trouble && owed.length === 0 && this.#spool.waitingBytes < LIMITS.spoolSegmentBytesMax;
    if (this.#near.localFrom() === Number.NEGATIVE_INFINITY || !isSoon) return here;
    const before = sender.retained;
    await sender.settled();
    return sender.retained.times > before.times ? sender.retained.readings : here;
  }

  async stats(): Promise<{ points: number; hotPoints: number; bytes: number; sealedSeq: number }> {
    const near = await this.#near.stats();
    const points =
      this.#near.localFrom() === Number.NEGATIVE_INFINITY
        ? near.points
        : this.#spool.state.outsidePoints + this.#spool.waiting().points;
    return {
      points,
      hotPoints: near.hotPoints,
      bytes: near.bytes + this.#spool.bytes,
      sealedSeq: this.#sealed(near.sealedSeq),
    };
  }

  outside(): OutsideStatus {
    const sender = this.#open;
    const { points, minAt } = this.#spool.waiting();
    const { perSecond } = sender;
    const failing = this.#spoolProblem;
    const trouble =
      sender.trouble ??
      (failing === undefined
        ? undefined
        : { code: 'spool-failing' as const, detail: failing, since: this.#now(), nextTryAt: this.#now() });
    return {
      kind: this.#outside.kind,
      ...(trouble && { trouble }),
      waiting: { points, bytes: this.#spool.waitingBytes, ...(points > 0 && { since: minAt }) },
      owed: this.#spool.state.owed.map(({ from, to }) => ({ from, to })),
      sent: sender.sent,
      perSecond,
      ...(perSecond > 0 && points > 0 && { secondsLeft: Math.ceil(points / perSecond) }),
      setAside: this.#setAside.counts,
      givenUp: this.#givenUp,
      localFrom: this.#near.localFrom(),
    };
  }

  /** A copy of the local store. It holds all that the server does not have yet; the server has a backup of its own. */
  async backup(file: string): Promise<void> {
    await this.#near.backup(file);
  }

  /** Resolves when nothing is on its way to the server: all is there, or it waits to try again. */
  settled(): Promise<void> {
    return this.#open.settled();
  }

  /** Resolves when all that was taken so far is outside, or the server takes nothing. */
  async carriedOut(): Promise<void> {
    this.#write();
    this.#open.hurry();
    await this.#open.settled();
    await this.#purging;
  }
}

const freeBytesOf = (dir: string): number => {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
};

/** What is owed without what is older than this. */
const after = (owed: readonly Owed[], cutoff: number): Owed[] =>
  owed.filter(({ to }) => to > cutoff).map((one) => ({ ...one, from: Math.max(one.from, cutoff) }));
