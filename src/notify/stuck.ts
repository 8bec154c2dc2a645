import { LIMITS } from '../model/limits.ts';
import { type Notice, urgencyOf } from '../model/notice.ts';

/** Somebody in need. */
export const isGrave = (notice: Notice): boolean => ['P1', 'P2'].includes(urgencyOf(notice));

/** Somebody in need, and the way to people does not open. */
export const isStuck = (notice: Notice): boolean =>
  isGrave(notice) && notice.attempts >= LIMITS.failingAttemptsMin;

/** The clock of the service, at one moment. */
export interface Moment {
  readonly now: number;
  readonly speed: number;
}

/** Before it is tried again others could long be told. */
const waitsLong = (notice: Notice, { now, speed }: Moment): boolean =>
  isGrave(notice) && ((notice.nextAttemptAt ?? now) - now) / speed >= LIMITS.addressWaitMsMax;

/** Whoever waits for it should be told otherwise meanwhile: it was tried so often, or before that it is not tried again for long. */
export const hasBecomeStuck = (notice: Notice, at: Moment): boolean =>
  isStuck(notice) ? notice.attempts === LIMITS.failingAttemptsMin : waitsLong(notice, at);

/** The case had to hear of it, now or at an attempt before. */
export const isNewsOfCase = (notice: Notice, at: Moment): boolean =>
  notice.state === 'failed' || (notice.state === 'queued' && (isStuck(notice) || waitsLong(notice, at)));
