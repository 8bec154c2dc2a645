import type { Clock } from '../lib/clock.ts';
import type { Timers } from '../lib/timers.ts';
import type { Case } from '../model/case.ts';
import type { Notice, NoticeFailure } from '../model/notice.ts';
import type { TakeReply } from '../ports/channel-reply.ts';
import type { RecordStore } from '../ports/records.ts';
import type { PushSubscriptions } from '../ports/web-push.ts';
import type { Transports } from './attempt.ts';
import type { LaneStats, Proof } from './lane.ts';
import type { ConfiguredChannel } from './load.ts';
import type { FollowUpCounts, NoticeKeeperOptions } from './notice-keeper.ts';

export interface OutboxOptions
  extends Omit<Transports, 'http' | 'session'>,
    Omit<NoticeKeeperOptions, 'timers' | 'records'> {
  readonly records: NoticeKeeperOptions['records'] &
    Pick<RecordStore, 'meta' | 'saveMeta' | 'dueNoticesOf' | 'nextNoticeAt'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  /** Takes what comes back over the connections of channels. */
  readonly reply?: TakeReply;
  readonly push?: PushSubscriptions;
  /** What was proven of channels before this start. */
  readonly proofs?: ReadonlyMap<string, Proof>;
  readonly http?: Transports['http'];
  /**
   * Where a notice leads, if the service knows its own address: `personal`, to a page where its one person can
   * acknowledge; otherwise to the case, behind the login.
   */
  readonly link?: (notice: Notice, personal: boolean) => string | undefined;
  /**
   * Where its person is reached over its channel now: they may have left, or have another number, since it was queued. Undefined:
   * nowhere. Absent: where it was queued for.
   */
  readonly addressNow?: (notice: Notice) => string | undefined;
  /** Somebody has the case, and others are needed as before; absent: whoever has it is enough. */
  readonly isWanted?: (about: Case) => boolean;
  /** By which vendors count their minutes; the machine's, if absent. */
  readonly wall?: Clock;
  readonly timers?: Timers;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
}

/** What came of a test over a channel. */
export interface ChannelTest {
  readonly ok: boolean;
  /** The provider's code and words. */
  readonly detail: string;
  /** Why it was not taken. */
  readonly failure?: NoticeFailure;
  /** Until the provider answered, by the wall. */
  readonly ms: number;
  /** Its record, which what comes back changes; absent where nothing was sent. */
  readonly notice?: string;
}

export interface OutboxStats {
  readonly inFlight: number;
  readonly accepted: number;
  readonly retried: number;
  /** Notices that ended without being sent, by reason; withdrawn ones among them. */
  readonly failed: Readonly<Record<NoticeFailure, number>>;
  /** Notices sent again after a crash, of which nobody knows whether their provider had them. */
  readonly repeated: number;
  /** Changes of what was sent, and words about who has a case. */
  readonly updates: FollowUpCounts;
  /** Results that the store did not take at first. */
  readonly saveErrors: number;
  /** Results that did not reach the time line. */
  readonly reportErrors: number;
  readonly channels: readonly LaneStats[];
}
