import { LIMITS } from '../model/limits.ts';
import { isWithdrawal, type Notice, type NoticeFailure, type NoticeState } from '../model/notice.ts';
import type { ChannelReply } from '../ports/channel-reply.ts';
import { shortAnswer } from './attempt.ts';
import type { Answer } from './define.ts';

/** How far a notice has come. What proves more is never taken back by what proves less. */
const PROVEN: Record<NoticeState, number> = {
  queued: 0,
  withdrawn: 0,
  failed: 0,
  accepted: 1,
  delivered: 2,
  seen: 3,
};

/** The provider took it. */
export function asAccepted(
  tried: Notice,
  answer: Extract<Answer, { kind: 'accepted' }>,
  now: number,
): Notice {
  const { nextAttemptAt: _due, failure: _failure, ...rest } = tried;
  const { providerId } = answer;
  const id = providerId === undefined ? {} : { providerId };
  return { ...rest, ...id, state: 'accepted', acceptedAt: now, providerAnswer: shortAnswer(answer.detail) };
}

/** It will not be sent: given up, or withdrawn where the reason is nobody's fault. */
export function asEnded(notice: Notice, failure: NoticeFailure, detail: string, now: number): Notice {
  const { nextAttemptAt: _due, ...rest } = notice;
  const said = detail === '' ? {} : { providerAnswer: shortAnswer(detail) };
  const state = isWithdrawal(failure) ? 'withdrawn' : 'failed';
  return { ...rest, ...said, state, failure, failedAt: now };
}

/** It is tried again at `nextAttemptAt`. */
export const asRetried = (
  tried: Notice,
  { failure, detail }: Extract<Answer, { kind: 'retry' }>,
  nextAttemptAt: number,
): Notice => ({
  ...tried,
  state: 'queued',
  failure,
  providerAnswer: shortAnswer(detail),
  nextAttemptAt: Math.ceil(nextAttemptAt),
});

/**
 * The notice as it is after something came back about it; undefined: that was known. Receipts come twice and in any
 * order. One that arrived counts also where we had given it up: the provider had taken it, and its answer was lost.
 */
export function afterReply(notice: Notice, reply: ChannelReply): Notice | undefined {
  if (reply.kind === 'undelivered') {
    const isOpen = notice.state === 'accepted' || notice.state === 'queued';
    return isOpen ? asEnded(notice, reply.failure, reply.detail, reply.at) : undefined;
  }
  const state = reply.kind === 'delivered' ? 'delivered' : 'seen';
  if (PROVEN[notice.state] >= PROVEN[state]) return undefined;
  const { nextAttemptAt: _due, failure: _failure, failedAt: _failedAt, ...rest } = notice;
  const known = { acceptedAt: notice.acceptedAt ?? reply.at, deliveredAt: notice.deliveredAt ?? reply.at };
  return { ...rest, ...known, state, ...(state === 'seen' ? { seenAt: reply.at } : {}) };
}

/** 5 s, 10 s, 20 s … half an hour, spread by half to each side, so that what failed together does not return together. */
export function backoffMs(attempts: number, random: number): number {
  const base = LIMITS.noticeBackoffMsFirst * 2 ** (attempts - 1);
  return Math.min(base, LIMITS.noticeBackoffMsMax) * (0.5 + random);
}
